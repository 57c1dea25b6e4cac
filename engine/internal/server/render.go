package server

import (
	"encoding/json"
	"path"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/kustomize"
	"github.com/sluice-gitops/sluice/engine/internal/output"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
)

// render does the work of one request.
func render(fs *gitfs.FS, req protocol.Render) (reply, error) {
	dir := strings.TrimPrefix(path.Clean("/"+req.Path), "/")
	switch req.Kind {
	case "kustomize":
		return renderKustomize(fs, dir, req)
	default:
		return reply{}, fault.New(fault.Internal, "", "unknown kind of target %q", req.Kind)
	}
}

func options(raw json.RawMessage, into any) error {
	if len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fault.New(fault.Internal, "", "the options are not understood: %s", err)
	}
	return nil
}

func renderKustomize(fs *gitfs.FS, dir string, req protocol.Render) (reply, error) {
	var o kustomize.Options
	if err := options(req.Options, &o); err != nil {
		return reply{}, err
	}
	out, err := kustomize.Render(fs, dir, o)
	r := reply{warnings: out.Warnings, unpinned: out.Unpinned}
	if err != nil {
		return r, err
	}
	if n := int64(out.Resources.Size()); n > fs.Limits().Documents {
		return r, fault.Over("documents", "", "the render gives %d resources; %d are allowed", n, fs.Limits().Documents)
	}
	if req.Output == "yaml" {
		r.body, err = out.Resources.AsYaml()
		if err == nil && int64(len(r.body)) > fs.Limits().OutputBytes {
			err = fault.Over("outputBytes", "", "the render gives more than %d bytes", fs.Limits().OutputBytes)
		}
		return r, err
	}
	list := make([]output.Resource, out.Resources.Size())
	for i, res := range out.Resources.Resources() {
		object, err := res.MarshalJSON()
		if err != nil {
			return r, err
		}
		list[i] = output.Resource{Object: object, File: out.Origins[i].File, Line: out.Origins[i].Line}
	}
	r.body, err = output.List(list, fs.Limits().OutputBytes)
	return r, err
}
