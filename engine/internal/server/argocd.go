package server

import (
	"encoding/json"

	"github.com/sluice-gitops/sluice/engine/internal/applicationset"
	"github.com/sluice-gitops/sluice/engine/internal/argocd"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/output"
	"github.com/sluice-gitops/sluice/engine/internal/plain"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
)

func renderArgoCD(fs *gitfs.FS, req protocol.Render) (reply, error) {
	var o argocd.Options
	if err := options(req.Options, &o); err != nil {
		return reply{}, err
	}
	out, err := argocd.Render(fs, o)
	r := reply{warnings: out.Warnings, unpinned: out.Unpinned}
	if err != nil {
		return r, err
	}
	list := make([]output.Resource, len(out.Objects))
	for i, object := range out.Objects {
		raw, err := json.Marshal(object.Object)
		if err != nil {
			return r, err
		}
		list[i] = output.Resource{Object: raw, File: object.File, Line: object.Line}
	}
	r, err = r.with(fs, list, req.Output)
	r.partial = err == nil && out.Left != nil && req.Output != "yaml"
	if err == nil {
		err = asError(out.Left)
	}
	return r, err
}

func renderApplicationSet(fs *gitfs.FS, req protocol.Render) (reply, error) {
	var o applicationset.Options
	if err := options(req.Options, &o); err != nil {
		return reply{}, err
	}
	out, err := applicationset.Render(fs, o)
	r := reply{warnings: out.Warnings, unpinned: out.Unpinned}
	if err != nil {
		return r, err
	}
	list := make([]output.Resource, len(out.Applications))
	for i, raw := range out.Applications {
		list[i] = output.Resource{Object: raw}
	}
	return r.with(fs, list, req.Output)
}

// with gives the reply the resources as its body.
func (r reply) with(fs *gitfs.FS, list []output.Resource, format string) (reply, error) {
	var err error
	if format == "yaml" {
		r.body, err = plain.YAML(list)
	} else {
		r.body, err = output.List(list, fs.Limits().OutputBytes)
	}
	return r, err
}
