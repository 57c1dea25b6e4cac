package gitfs

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/objects"
	"github.com/sluice-gitops/sluice/engine/internal/trace"
)

// Mount is where the root of the tree stands in the renderers' file system. It is not "/", so that a path that climbs above the root is
// seen and not clamped to it.
const Mount = "/=tree="

// node is what a path leads to. A directory that only the overlay makes has no oid.
type node struct {
	rel     string
	kind    objects.EntryKind
	oid     string
	overlay bool
}

// Rel gives the path in the tree of a path of the renderers ("" for the root), and whether it lies inside.
func Rel(p string) (string, bool) {
	if !path.IsAbs(p) {
		p = path.Join(Mount, p)
	}
	p = path.Clean(p)
	if p == Mount {
		return "", true
	}
	rel, ok := strings.CutPrefix(p, Mount+"/")
	return rel, ok
}

// Abs gives the renderers' path of a path in the tree.
func Abs(rel string) string { return path.Join(Mount, rel) }

// Strip takes the mount point out of a text, so that messages name paths in the tree.
func Strip(text string) string {
	text = strings.ReplaceAll(text, Mount+"/", "")
	return strings.ReplaceAll(text, Mount, ".")
}

// lookup walks to p. Nothing is traced but symlinks and submodules on the way; those and paths outside the view are refused.
func (f *FS) lookup(p string) (node, error) {
	rel, ok := Rel(p)
	if !ok || f.leaves(rel) {
		return node{}, f.refuse(fault.New(fault.Refused, "", "the path %q lies outside %s", outside(p), f.jailName()))
	}
	if f.hidden(rel) {
		return node{}, f.absent(rel)
	}
	if f.artifact.outsideOf(rel) {
		return node{}, f.refuse(fault.New(fault.Refused, "", "the path %q lies outside the source %q", rel, f.artifact.root))
	}
	if n, ok := f.overlayNode(rel); ok {
		return n, nil
	}
	if rel == "" {
		return node{kind: objects.Dir, oid: f.root}, nil
	}
	n, err := f.walk(rel)
	if err != nil {
		return n, err
	}
	if out, err := f.leavesOut(rel, n.kind, n.oid); err != nil || out {
		return node{}, cmp.Or(err, gone(rel))
	}
	return n, nil
}

func (f *FS) walk(rel string) (node, error) { return f.walkOn(rel, 0) }

// walkOn walks to a path after that many links.
func (f *FS) walkOn(rel string, links int) (node, error) {
	if f.root == "" {
		return node{}, f.absent(rel)
	}
	oid := f.root
	parts := strings.Split(rel, "/")
	for i, name := range parts {
		tree, err := f.store.Tree(oid)
		if err != nil {
			return node{}, err
		}
		here := strings.Join(parts[:i+1], "/")
		entry, ok := tree.Get(name)
		if !ok {
			return node{}, f.absent(rel)
		}
		switch entry.Kind {
		case objects.Link, objects.Module:
			if entry.Kind == objects.Link && f.follow {
				return f.through(here, strings.TrimPrefix(rel, here), entry.Oid, links)
			}
			return node{}, f.link(here, rel, entry)
		case objects.Blob:
			if i < len(parts)-1 {
				return node{}, f.absent(rel)
			}
		case objects.Dir:
		}
		if i == len(parts)-1 {
			return node{rel: rel, kind: entry.Kind, oid: entry.Oid}, nil
		}
		oid = entry.Oid
	}
	return node{}, f.absent(rel)
}

func (f *FS) absent(rel string) error {
	f.trace.Add(rel, trace.Absent, "")
	return fmt.Errorf("'%s' doesn't exist: %w", Abs(rel), fs.ErrNotExist)
}

func (f *FS) overlayNode(rel string) (node, bool) {
	if len(f.overlay) == 0 {
		return node{}, false
	}
	if _, ok := f.overlay[rel]; ok {
		return node{rel: rel, kind: objects.Blob, overlay: true}, true
	}
	if !f.overlayDirs[rel] {
		return node{}, false
	}
	n := node{rel: rel, kind: objects.Dir, overlay: true}
	if under, err := f.peek(rel); err == nil && under.kind == objects.Dir {
		n.oid = under.oid
	}
	return n, true
}

// peek looks below the overlay without tracing.
func (f *FS) peek(rel string) (node, error) {
	if rel == "" {
		return node{kind: objects.Dir, oid: f.root}, nil
	}
	quiet := &FS{state: &state{store: f.store, root: f.root, trace: trace.New()}}
	return quiet.walk(rel)
}

// outside shows a path that climbs out without the mount point.
func outside(p string) string {
	if strings.HasPrefix(p, Mount) {
		return Strip(p)
	}
	return path.Clean(p)
}
