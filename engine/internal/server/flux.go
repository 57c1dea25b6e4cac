package server

import (
	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/flux"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/output"
	"github.com/sluice-gitops/sluice/engine/internal/plain"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
)

func renderFlux(fs *gitfs.FS, req protocol.Render) (reply, error) {
	var o flux.Options
	if err := options(req.Options, &o); err != nil {
		return reply{}, err
	}
	out, err := flux.Kustomization(fs, o)
	return fluxReply(fs, req, out, err)
}

func renderHelmRelease(fs *gitfs.FS, dir string, req protocol.Render) (reply, error) {
	var o flux.ReleaseOptions
	if err := options(req.Options, &o); err != nil {
		return reply{}, err
	}
	out, err := flux.HelmRelease(fs, dir, o)
	return fluxReply(fs, req, out, err)
}

func renderResourceSet(fs *gitfs.FS, req protocol.Render) (reply, error) {
	var o flux.SetOptions
	if err := options(req.Options, &o); err != nil {
		return reply{}, err
	}
	out, err := flux.ResourceSet(o, fs.Limits())
	return fluxReply(fs, req, out, err)
}

// fluxReply writes what a controller of Flux would apply.
func fluxReply(fs *gitfs.FS, req protocol.Render, out flux.Output, err error) (reply, error) {
	r := reply{warnings: out.Warnings, unpinned: out.Unpinned}
	if err != nil {
		return r, err
	}
	if n := int64(len(out.Resources)); n > fs.Limits().Documents {
		return r, fault.Over("documents", "", "the render gives %d resources; %d are allowed", n, fs.Limits().Documents)
	}
	if req.Output == "yaml" {
		if out.Left != nil {
			return r, out.Left
		}
		r.body, err = plain.YAML(out.Resources)
		return r, err
	}
	if r.body, err = output.List(out.Resources, fs.Limits().OutputBytes); err != nil {
		return r, err
	}
	r.partial = out.Left != nil
	return r, out.Left
}
