// Package gitfs gives the renderers a file system over Git tree objects.
package gitfs

import (
	"fmt"
	"path"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/limits"
	"github.com/sluice-gitops/sluice/engine/internal/objects"
	"github.com/sluice-gitops/sluice/engine/internal/trace"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// FS is the file system of one render, or the part of it that one source is: a Git tree with virtual files laid over it. Every lookup is traced
// with its answer, except that of overlay files. It cannot be written.
type FS struct {
	*state
	overlay     map[string][]byte
	overlayDirs map[string]bool
	// jail is the source that the view is confined to; nil for the view of everything.
	jail *string
	// follow is set for the view that follows links.
	follow bool
	// artifact is set for the view that Flux has of a source.
	artifact *artifact
}

// state is what all views of a render share.
type state struct {
	store   *objects.Store
	root    string
	trace   *trace.Trace
	limits  limits.Limits
	mounts  Mounts
	refusal *fault.Fault
	read    map[string]bool
}

var _ filesys.FileSystem = (*FS)(nil)

// New makes the file system of the tree with the id root. It sees the mounts too.
func New(store *objects.Store, root string, overlay map[string][]byte, m Mounts, l limits.Limits, t *trace.Trace) *FS {
	f := &FS{state: &state{store: store, root: root, trace: t, limits: l, mounts: m, read: map[string]bool{}}}
	return f.With(overlay)
}

// Trace gives the lookups so far.
func (f *FS) Trace() *trace.Trace { return f.trace }

// Limits gives what the render may use.
func (f *FS) Limits() limits.Limits { return f.limits }

// Refusal gives the first lookup that was refused. Renderers may swallow the error of a lookup; a render with a refusal must fail.
func (f *FS) Refusal() *fault.Fault { return f.refusal }

// Refuse records a refusal that was found elsewhere and gives it back.
func (f *FS) Refuse(fa *fault.Fault) error { return f.refuse(fa) }

func (f *FS) refuse(fa *fault.Fault) error {
	if f.refusal == nil {
		f.refusal = fa
	}
	return fa
}

// Oid gives the blob id of a file in the tree, "" for one of the overlay or none. It is not traced.
func (f *FS) Oid(rel string) string {
	if _, ok := f.overlay[rel]; ok {
		return ""
	}
	n, err := f.peek(rel)
	if err != nil || n.kind != objects.Blob {
		return ""
	}
	return n.oid
}

// Memo remembers what make computes from the file's content as long as the content is held.
func (f *FS) Memo(rel, name string, make func() any) any {
	oid := f.Oid(rel)
	if oid == "" {
		return make()
	}
	return f.store.Memo(oid, name, make)
}

// ReadFile gives the content of a file. Callers must not change it.
func (f *FS) ReadFile(p string) ([]byte, error) {
	n, err := f.lookup(p)
	if err != nil {
		return nil, err
	}
	if n.kind == objects.Dir {
		f.dir(n)
		return nil, fmt.Errorf("read %s: is a directory", p)
	}
	if n.overlay {
		return f.overlay[n.rel], nil
	}
	f.trace.Add(n.rel, trace.File, n.oid)
	content, err := f.store.Blob(n.oid)
	if err != nil {
		return nil, err
	}
	return content, f.account(n, content)
}

// account holds a file that is read against the limits, once per content.
func (f *FS) account(n node, content []byte) error {
	if f.read[n.oid] {
		return nil
	}
	f.read[n.oid] = true
	if int64(len(f.read)) > f.limits.Files {
		return f.refuse(fault.Over("files", n.rel, "the render reads more than %d files", f.limits.Files))
	}
	if int64(len(content)) > f.limits.FileBytes {
		return f.refuse(fault.Over("fileBytes", n.rel, "the file has %d bytes; %d are allowed", len(content), f.limits.FileBytes))
	}
	checked, _ := f.store.Memo(n.oid, f.limits, func() any { return limits.CheckYAML(content, n.rel, f.limits) }).(error)
	if checked != nil {
		fa := *fault.Of(checked)
		fa.File = n.rel
		return f.refuse(&fa)
	}
	return nil
}

// dir traces that a directory was found.
func (f *FS) dir(n node) {
	if !n.overlay || n.oid != "" {
		f.trace.Add(n.rel, trace.Dir, "")
	}
}

// CleanedAbs tells the directory and the file that a path leads to, as the interface asks.
func (f *FS) CleanedAbs(p string) (filesys.ConfirmedDir, string, error) {
	n, err := f.lookup(p)
	if err != nil {
		return "", "", err
	}
	abs := Abs(n.rel)
	if n.kind == objects.Dir {
		f.dir(n)
		f.enter(n)
		return filesys.ConfirmedDir(abs), "", nil
	}
	if !n.overlay {
		f.trace.Add(n.rel, trace.File, n.oid)
	}
	return filesys.ConfirmedDir(path.Dir(abs)), path.Base(abs), nil
}

// enter brings what a renderer will likely read next in one question.
func (f *FS) enter(n node) {
	if n.oid == "" {
		return
	}
	tree, err := f.store.Tree(n.oid)
	if err != nil {
		return
	}
	var oids []string
	for _, e := range tree.Entries {
		if e.Kind == objects.Dir || e.Kind == objects.Blob && likely(e.Name) {
			oids = append(oids, e.Oid)
		}
	}
	if len(oids) <= maxPrefetch {
		// A failure shows again, with its place, when the object is used.
		_ = f.store.Prefetch(oids)
	}
}

const maxPrefetch = 200

func likely(name string) bool {
	switch path.Ext(name) {
	case ".yaml", ".yml", ".json", ".env", ".properties", ".conf", ".toml", ".txt":
		return true
	default:
		return name == "Kustomization"
	}
}
