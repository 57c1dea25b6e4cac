package gitfs

import (
	"errors"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/objects"
	"github.com/sluice-gitops/sluice/engine/internal/trace"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

var errReadOnly = errors.New("the file system cannot be written")

// Create is refused.
func (f *FS) Create(string) (filesys.File, error) { return nil, errReadOnly }

// Mkdir is refused.
func (f *FS) Mkdir(string) error { return errReadOnly }

// MkdirAll is refused.
func (f *FS) MkdirAll(string) error { return errReadOnly }

// RemoveAll is refused.
func (f *FS) RemoveAll(string) error { return errReadOnly }

// WriteFile is refused.
func (f *FS) WriteFile(string, []byte) error { return errReadOnly }

// Open is refused: no renderer needs a handle.
func (f *FS) Open(string) (filesys.File, error) {
	return nil, errors.New("files can only be read whole")
}

// Walk is refused: the renderers that walk are given File lists by this package.
func (f *FS) Walk(string, filepath.WalkFunc) error {
	return errors.New("the file system cannot be walked")
}

// Glob is refused: a glob's answer cannot be traced.
func (f *FS) Glob(string) ([]string, error) {
	return nil, errors.New("globs are not supported")
}

// IsDir says whether the path is a directory.
func (f *FS) IsDir(p string) bool {
	n, err := f.lookup(p)
	if err != nil {
		return false
	}
	f.found(n)
	return n.kind == objects.Dir
}

// Exists says whether there is anything at the path.
func (f *FS) Exists(p string) bool {
	n, err := f.lookup(p)
	if err != nil {
		return false
	}
	f.found(n)
	return true
}

func (f *FS) found(n node) {
	switch {
	case n.kind == objects.Dir:
		f.dir(n)
	case !n.overlay:
		f.trace.Add(n.rel, trace.File, n.oid)
	}
}

// ReadDir lists the names in a directory, sorted. The whole folder counts as looked up.
func (f *FS) ReadDir(p string) ([]string, error) {
	entries, err := f.List(p)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name
	}
	return names, nil
}

// File is one file of a folder: its path below the folder, its path in the tree, and its blob id ("" in the overlay).
type File struct {
	Name    string
	Rel     string
	oid     string
	content []byte
}

// Files lists every file below a folder, sorted by path, and traces the whole folder by its tree id. skip is asked for each entry by its path
// below the folder; links and submodules that are not skipped are refused.
func (f *FS) Files(p string, skip func(name string, dir bool) bool) ([]File, error) {
	n, err := f.lookup(p)
	if err != nil {
		return nil, err
	}
	if n.kind != objects.Dir {
		f.found(n)
		return nil, fault.New(fault.Input, n.rel, "%q is a file, not a directory", n.rel)
	}
	c := collector{fs: f, top: n.rel, skip: func(name string, dir bool) bool { return n.rel == "" && f.unlisted(name) || skip(name, dir) }}
	if n.oid != "" {
		f.trace.Add(n.rel, trace.Tree, n.oid)
		if err := c.levels(n.oid); err != nil {
			return nil, err
		}
	}
	c.fromOverlay()
	slices.SortFunc(c.files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return c.files, nil
}

// Contents reads the listed files, all that are lacking in one question.
func (f *FS) Contents(files []File) ([][]byte, error) {
	var oids []string
	for _, file := range files {
		if file.oid != "" {
			oids = append(oids, file.oid)
		}
	}
	if int64(len(oids)) > f.limits.Files {
		return nil, f.refuse(fault.Over("files", "", "the render reads more than %d files", f.limits.Files))
	}
	if err := f.store.Prefetch(oids); err != nil {
		return nil, err
	}
	out := make([][]byte, len(files))
	for i, file := range files {
		if file.oid == "" {
			out[i] = file.content
			continue
		}
		content, err := f.store.Blob(file.oid)
		if err != nil {
			return nil, err
		}
		if err := f.account(node{rel: file.Rel, oid: file.oid}, content); err != nil {
			return nil, err
		}
		out[i] = content
	}
	return out, nil
}

type folder struct{ name, oid string }

type collector struct {
	fs    *FS
	top   string
	skip  func(name string, dir bool) bool
	files []File
}

// levels goes down the folder breadth first, so that each level costs one question.
func (c *collector) levels(oid string) error {
	level := []folder{{"", oid}}
	for len(level) > 0 {
		oids := make([]string, len(level))
		for i, d := range level {
			oids[i] = d.oid
		}
		if err := c.fs.store.Prefetch(oids); err != nil {
			return err
		}
		var next []folder
		for _, d := range level {
			below, err := c.folder(d)
			if err != nil {
				return err
			}
			next = append(next, below...)
		}
		level = next
	}
	return nil
}

func (c *collector) folder(d folder) ([]folder, error) {
	tree, err := c.fs.store.Tree(d.oid)
	if err != nil {
		return nil, err
	}
	var below []folder
	for _, e := range tree.Entries {
		name := path.Join(d.name, e.Name)
		if c.skip(name, e.Kind == objects.Dir) {
			continue
		}
		rel := path.Join(c.top, name)
		switch e.Kind {
		case objects.Dir:
			below = append(below, folder{name, e.Oid})
		case objects.Blob:
			there, err := c.fs.child(rel, e)
			if err != nil {
				return nil, err
			}
			if _, over := c.fs.overlay[rel]; there && !over {
				c.files = append(c.files, File{Name: name, Rel: rel, oid: e.Oid})
			}
		case objects.Link, objects.Module:
			if e.Kind == objects.Link && c.fs.follow {
				found, err := c.linked(name, rel)
				if err != nil {
					return nil, err
				}
				below = append(below, found...)
				continue
			}
			if _, err := c.fs.walk(rel); c.fs.artifact == nil {
				return nil, err
			}
		}
	}
	return below, nil
}

func (c *collector) fromOverlay() {
	for rel, content := range c.fs.overlay {
		name, ok := below(rel, c.top)
		if !ok || c.skipped(name) {
			continue
		}
		c.files = append(c.files, File{Name: name, Rel: rel, content: content})
	}
}

func (c *collector) skipped(name string) bool {
	parts := strings.Split(name, "/")
	for i := 1; i < len(parts); i++ {
		if c.skip(strings.Join(parts[:i], "/"), true) {
			return true
		}
	}
	return c.skip(name, false)
}

// below gives the rest of a path under a folder.
func below(name, dir string) (string, bool) {
	if dir == "" {
		return name, true
	}
	return strings.CutPrefix(name, dir+"/")
}
