package gitfs

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/fluxcd/pkg/sourceignore/gitignore"
	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/objects"
	"github.com/sluice-gitops/sluice/engine/internal/trace"
)

// artifact is what source-controller packs of a source: plain files below its root that no rule leaves out.
type artifact struct {
	root    string
	last    []gitignore.Pattern
	folders map[string]folderRules
	full    map[string]bool
	passed  []Passed
	// elsewhere is whether a folder that is not looked into has rules of its own, once that was asked.
	elsewhere *bool
}

// Passed is a link or submodule that an artifact does not have.
type Passed struct {
	Rel    string
	Module bool
}

// Artifact gives the view of the source in the folder root as Flux sees it. Nothing outside of the root is there, no links and submodules, and nothing that
// the `.sourceignore` files, the source's `spec.ignore` or the default rules leave out.
func (f *FS) Artifact(root, ignore string) *FS {
	view := f.At(root)
	view.artifact = &artifact{root: root, folders: map[string]folderRules{}, full: map[string]bool{}, last: patterns([]byte(ignore), nil)}
	return view
}

// Passed lists the links and submodules that were asked for and are not in the artifact.
func (f *FS) Passed() []Passed {
	if f.artifact == nil {
		return nil
	}
	return f.artifact.passed
}

// outsideOf says whether a path of the tree does not belong to the source.
func (a *artifact) outsideOf(rel string) bool {
	return a != nil && a.root != "" && rel != a.root && !strings.HasPrefix(rel, a.root+"/")
}

// parts gives the path below the root, as rules are matched against it.
func (a *artifact) parts(rel string) []string {
	rel = strings.TrimPrefix(strings.TrimPrefix(rel, a.root), "/")
	if rel == "" {
		return nil
	}
	return strings.Split(rel, "/")
}

// leavesOut says whether what stands at a path is not in the artifact.
func (f *FS) leavesOut(rel string, kind objects.EntryKind, oid string) (bool, error) {
	a := f.artifact
	if a == nil || rel == a.root {
		return false, nil
	}
	ignored, err := f.ignored(rel, kind == objects.Dir)
	if err != nil || !ignored || kind != objects.Dir || oid == "" {
		return ignored, err
	}
	// A folder comes with the first file in it that is packed.
	full, known := a.full[rel]
	if !known {
		f.trace.Add(rel, trace.Tree, oid)
		c := collector{fs: f, top: rel, skip: func(string, bool) bool { return false }}
		if err := c.levels(oid); err != nil {
			return false, err
		}
		full = len(c.files) > 0
		a.full[rel] = full
	}
	return !full, nil
}

// pass leaves out a link or submodule, and remembers it unless a rule leaves it out anyway.
func (f *FS) pass(rel string, kind objects.EntryKind) {
	passed := Passed{rel, kind == objects.Module}
	if ignored, err := f.ignored(rel, false); err == nil && !ignored && !slices.Contains(f.artifact.passed, passed) {
		f.artifact.passed = append(f.artifact.passed, passed)
	}
}

// link answers for a link or submodule on the way to a path.
func (f *FS) link(here, rel string, entry objects.Entry) error {
	kind, name, fix := trace.Link, "symbolic link", "links are not followed"
	if entry.Kind == objects.Module {
		kind, name, fix = trace.Module, "submodule", "submodules are not read"
	}
	f.trace.Add(here, kind, entry.Oid)
	if f.artifact != nil {
		f.pass(here, entry.Kind)
		return gone(rel)
	}
	return f.refuse(fault.New(fault.Refused, here, "%q is a %s; %s", here, name, fix))
}

// gone is the error for what is in the tree and not in the view. It is not traced: that it is not there is no fact about the tree.
func gone(rel string) error {
	return fmt.Errorf("'%s' doesn't exist: %w", Abs(rel), fs.ErrNotExist)
}

// child says whether an entry of a folder is in the view.
func (f *FS) child(rel string, e objects.Entry) (bool, error) {
	if f.unlisted(rel) && path.Dir(rel) == "." {
		return false, nil
	}
	if f.artifact == nil {
		return true, nil
	}
	if e.Kind == objects.Link || e.Kind == objects.Module {
		f.pass(rel, e.Kind)
		return false, nil
	}
	out, err := f.leavesOut(rel, e.Kind, e.Oid)
	return !out, err
}

func folderOf(rel string) string {
	if dir := path.Dir(rel); dir != "." {
		return dir
	}
	return ""
}
