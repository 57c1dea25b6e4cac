package kustomize

import (
	"fmt"
	"path"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
	"sigs.k8s.io/kustomize/api/ifc"
)

// remote notes a reference to something that no mount has and makes the fault that tells of it.
func (r *run) remote(dir, reference, kind string) *fault.Fault {
	file := r.kustFiles[dir]
	f := fault.New(fault.Refused, file, "%q is a remote reference, and the engine fetches nothing", reference)
	f.Line = r.lineOf(file, reference)
	r.unpinned = append(r.unpinned, protocol.Unpinned{
		File: file, Line: f.Line, Reference: reference, Reason: "remote references are not fetched", Kind: kind, Source: sourceOf(reference, kind),
	})
	return f
}

// kindOf tells whether an address is that of a file or, as kustomize tries next, of a repository.
func kindOf(address string) string {
	address, _, _ = strings.Cut(address, "?")
	switch path.Ext(address) {
	case ".yaml", ".yml", ".json":
		return "file"
	default:
		return "base"
	}
}

// sourceOf tells what to bring for a remote reference.
func sourceOf(reference, kind string) any {
	spec, err := newRepoSpecFromURL(reference)
	if kind == "file" || err != nil {
		return protocol.File(reference)
	}
	return protocol.Git(spec.host+spec.repoPath, spec.ref, spec.submodules)
}

// remoteFile reads the one file of a mount. A mount with anything else is a repository, and kustomize is told to enter it.
func (r *run) remoteFile(at, location string) (rel string, content []byte, err error) {
	view := r.fs.At(at)
	names, err := view.ReadDir(gitfs.Abs(at))
	if err != nil {
		return "", nil, err
	}
	if len(names) != 1 || kindOf(location) != "file" && isKustomizationName(names[0]) {
		return "", nil, notAFile(location)
	}
	rel = path.Join(at, names[0])
	if content, err = view.ReadFile(gitfs.Abs(rel)); err != nil {
		return "", nil, notAFile(location)
	}
	r.lastFile = rel
	return rel, content, nil
}

// notAFile is what kustomize hears of a directory that it reads as a file, before it enters it.
func notAFile(location string) error { return fmt.Errorf("read %s: is a directory", location) }

// enter goes into a repository that is mounted, as kustomize goes into a clone: nothing outside of it is read from there.
func (l *loader) enter(at string, spec *repoSpec) (ifc.Loader, error) {
	dir, _ := gitfs.Rel(l.Root())
	file := l.run.kustFiles[dir]
	wrong := func(format string, args ...any) error {
		return l.run.fs.Refuse(fault.New(fault.Input, file, format, args...).At(l.run.lineOf(file, spec.raw)))
	}
	for up := l; up != nil; up = up.parent {
		if strings.HasPrefix(up.reference, spec.raw) {
			return nil, wrong("cycle detected: URI %q referenced by previous URI %q", spec.raw, up.reference)
		}
	}
	view, root := l.run.fs.At(at), gitfs.Abs(path.Join(at, spec.kustRootPath))
	if !view.IsDir(root) {
		if refusal := l.run.fs.Refusal(); refusal != nil {
			return nil, refusal
		}
		return nil, wrong("%q has no folder %q", spec.raw, spec.kustRootPath)
	}
	inner, err := newFileLoader(restrictionRootOnly, root, view)
	if err != nil {
		return nil, err
	}
	return &loader{Loader: inner, run: l.run, parent: l, reference: spec.raw}, nil
}
