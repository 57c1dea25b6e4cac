package gitfs

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/objects"
	"github.com/sluice-gitops/sluice/engine/internal/trace"
)

// maxLinks is how many links one path may lead through, and maxDepth how deep a folder may nest behind links.
const (
	maxLinks = 10
	maxDepth = 64
)

// Following gives the view in which links lead on, as long as they stay in their source.
func (f *FS) Following() *FS {
	view := *f
	view.follow = true
	return &view
}

// through goes on at what the link at here points to. rest is the way from there, with its slash.
func (f *FS) through(here, rest, oid string, links int) (node, error) {
	f.trace.Add(here, trace.Link, oid)
	if links >= maxLinks {
		return node{}, f.refuse(fault.New(fault.Refused, here, "%q leads through more than %d symbolic links", here, maxLinks))
	}
	target, err := f.store.Blob(oid)
	if err != nil {
		return node{}, err
	}
	rel := path.Join(path.Dir(here), string(target), rest)
	if path.IsAbs(string(target)) || rel == ".." || strings.HasPrefix(rel, "../") || f.sourceOf(rel) != f.sourceOf(here) || f.unlisted(rel) != f.unlisted(here) {
		return node{}, f.refuse(fault.New(fault.Refused, here, "the symbolic link %q points out of its repository", here))
	}
	if rel == "." {
		return node{kind: objects.Dir, oid: f.root}, nil
	}
	return f.walkOn(rel, links+1)
}

// linked gives what the entry of a folder that is a link leads to: a file, or a folder to go down. A link to nothing gives neither.
func (c *collector) linked(name, rel string) ([]folder, error) {
	n, err := c.fs.walk(rel)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case strings.Count(name, "/") >= maxDepth:
		return nil, c.fs.refuse(fault.New(fault.Refused, rel, "%q nests deeper than %d folders behind symbolic links", rel, maxDepth))
	case n.kind == objects.Dir:
		c.fs.trace.Add(n.rel, trace.Tree, n.oid)
		return []folder{{name, n.oid}}, nil
	default:
		c.fs.found(n)
		c.files = append(c.files, File{Name: name, Rel: n.rel, oid: n.oid})
		return nil, nil
	}
}
