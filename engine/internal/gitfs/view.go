package gitfs

import (
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/limits"
	"github.com/sluice-gitops/sluice/engine/internal/objects"
	"github.com/sluice-gitops/sluice/engine/internal/trace"
)

// With gives a view with more virtual files laid over the tree.
func (f *FS) With(overlay map[string][]byte) *FS {
	view := *f
	view.overlay, view.overlayDirs = map[string][]byte{}, map[string]bool{}
	maps.Copy(view.overlay, f.overlay)
	maps.Copy(view.overlayDirs, f.overlayDirs)
	for name, content := range overlay {
		rel := strings.TrimPrefix(path.Clean("/"+name), "/")
		view.overlay[rel] = content
		for dir := path.Dir(rel); ; dir = path.Dir(dir) {
			if dir == "." {
				view.overlayDirs[""] = true
				break
			}
			view.overlayDirs[dir] = true
		}
	}
	return &view
}

// Virtual is a file system of nothing but virtual files.
func Virtual(files map[string][]byte, l limits.Limits) *FS {
	return New(objects.NewStore(nil, 0), "", files, Mounts{}, l, trace.New())
}

// Entry is one name in a folder and what stands there.
type Entry struct {
	Name string
	Kind objects.EntryKind
}

// List gives the entries of a folder, sorted by name, links and submodules too: those are refused only when something reads them. The whole
// folder counts as looked up.
func (f *FS) List(p string) ([]Entry, error) {
	n, err := f.lookup(p)
	if err != nil {
		return nil, err
	}
	if n.kind != objects.Dir {
		f.found(n)
		return nil, &fs.PathError{Op: "readdir", Path: p, Err: errors.New("not a directory")}
	}
	kinds := map[string]objects.EntryKind{}
	if n.oid != "" {
		f.trace.Add(n.rel, trace.Tree, n.oid)
		tree, err := f.store.Tree(n.oid)
		if err != nil {
			return nil, err
		}
		for _, e := range tree.Entries {
			there, err := f.child(path.Join(n.rel, e.Name), e)
			if err != nil {
				return nil, err
			}
			if there {
				kinds[e.Name] = e.Kind
			}
		}
	}
	for name := range f.overlay {
		if rest, ok := below(name, n.rel); ok && !(n.rel == "" && f.unlisted(name)) {
			first, _, deeper := strings.Cut(rest, "/")
			kinds[first] = objects.Blob
			if deeper {
				kinds[first] = objects.Dir
			}
		}
	}
	out := make([]Entry, 0, len(kinds))
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		out = append(out, Entry{Name: name, Kind: kinds[name]})
	}
	return out, nil
}

// IsDir says whether the entry is a folder of the tree.
func (e Entry) IsDir() bool { return e.Kind == objects.Dir }
