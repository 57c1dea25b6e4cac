package gitfs

import "strings"

// Mounts are the sources besides the repository that stand in the tree of a render, all in one folder at its root.
type Mounts struct {
	// Points are the paths of their roots.
	Points []string
	// Remotes gives the path for what a file of a source names, word for word.
	Remotes map[string]string
}

// Remote tells where the source stands that a file names by this reference.
func (f *FS) Remote(reference string) (at string, ok bool) {
	at, ok = f.mounts.Remotes[reference]
	return at, ok
}

// At gives the view of the source that a path of the tree lies in. In a mount, a path that leaves it is refused. In the repository, the mounts
// are not there.
func (f *FS) At(rel string) *FS {
	source := f.sourceOf(rel)
	view := *f
	view.jail = &source
	if f.artifact != nil && f.sourceOf(f.artifact.root) != source {
		view.artifact = nil
	}
	return &view
}

// sourceOf gives the mount that a path lies in, "" for the repository.
func (f *FS) sourceOf(rel string) string {
	for _, point := range f.mounts.Points {
		if within(rel, point) {
			return point
		}
	}
	return ""
}

// leaves says whether the path lies outside the mount that the view is confined to.
func (f *FS) leaves(rel string) bool {
	return f.jail != nil && *f.jail != "" && !within(rel, *f.jail)
}

// hidden says whether the path is one of the mounts, and the view that of the repository.
func (f *FS) hidden(rel string) bool {
	return f.jail != nil && *f.jail == "" && f.unlisted(rel)
}

// unlisted says whether the path is one of the mounts: a list of the root's entries has none of them.
func (f *FS) unlisted(rel string) bool {
	if len(f.mounts.Points) == 0 {
		return false
	}
	folder, _, _ := strings.Cut(f.mounts.Points[0], "/")
	return within(rel, folder)
}

// jailName tells people what the view is confined to.
func (f *FS) jailName() string {
	if f.jail == nil || *f.jail == "" {
		return "the repository"
	}
	return *f.jail
}

func within(rel, dir string) bool {
	return rel == dir || strings.HasPrefix(rel, dir+"/")
}
