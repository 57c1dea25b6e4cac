// Package gitglob finds files of a Git tree by patterns. What the answer depends on is traced.
package gitglob

import (
	"errors"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/objects"
)

// Files gives what a pattern of doublestar (`**`, `*` for one level, `?`, `[…]`, `{…}`) matches, as paths in the tree, sorted within each folder.
// Folders match too.
func Files(f *gitfs.FS, pattern string) ([]string, error) {
	base, rest := doublestar.SplitPattern(pattern)
	if base == "." {
		base = ""
	}
	found, err := doublestar.Glob(treeFS{f, base}, rest)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	for i, name := range found {
		found[i] = path.Join(base, name)
	}
	if refusal := f.Refusal(); refusal != nil {
		return nil, refusal
	}
	return found, err
}

// treeFS is a folder of the tree as a file system that can be listed, but not read.
type treeFS struct {
	tree *gitfs.FS
	base string
}

// Open is refused: a glob needs no content.
func (t treeFS) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
}

// ReadDir lists a folder.
func (t treeFS) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := t.tree.List(gitfs.Abs(path.Join(t.base, name)))
	if err != nil {
		return nil, err
	}
	out := make([]fs.DirEntry, len(entries))
	for i, e := range entries {
		out[i] = fs.FileInfoToDirEntry(info{e.Name, e.Kind})
	}
	return out, nil
}

// Stat looks a name up in its folder: a name that is not there is no lookup of its own then.
func (t treeFS) Stat(name string) (fs.FileInfo, error) {
	full := path.Join(t.base, name)
	if full == "" || full == "." {
		return info{".", objects.Dir}, nil
	}
	dir := path.Dir(full)
	if dir == "." {
		dir = ""
	}
	entries, err := t.tree.List(gitfs.Abs(dir))
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.Name != path.Base(full) {
			continue
		}
		if e.Kind == objects.Link && t.tree.IsDir(gitfs.Abs(full)) {
			return info{e.Name, objects.Dir}, nil
		}
		return info{e.Name, e.Kind}, nil
	}
	return nil, &fs.PathError{Op: "stat", Path: strings.TrimPrefix(full, "/"), Err: fs.ErrNotExist}
}

// info is the little that a glob asks of an entry.
type info struct {
	name string
	kind objects.EntryKind
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return 0 }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.kind == objects.Dir }
func (i info) Sys() any           { return nil }

func (i info) Mode() fs.FileMode {
	switch i.kind {
	case objects.Dir:
		return fs.ModeDir
	case objects.Link:
		return fs.ModeSymlink
	case objects.Module:
		return fs.ModeIrregular
	default:
		return 0
	}
}
