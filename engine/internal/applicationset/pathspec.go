package applicationset

import (
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/gobwas/glob"
	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/gitglob"
)

// matching gives the files of a repository that a pattern of a git generator means: as `git ls-files` reads it, or, where Argo CD is set so, as a
// glob in which `*` stands for one level.
func (s *set) matching(root, pattern string) ([]string, error) {
	if s.Settings["applicationsetcontroller.enable.new.git.file.globbing"] == "true" {
		return s.globbed(root, pattern)
	}
	if pattern == "" {
		pattern = "."
	}
	spec, err := newPathspec(pattern)
	if err != nil {
		return nil, err
	}
	top := path.Join(root, spec.top)
	if !s.fs.Exists(gitfs.Abs(top)) {
		return nil, s.refusal()
	}
	if !s.fs.IsDir(gitfs.Abs(top)) {
		if spec.matches(spec.top) {
			return []string{spec.top}, nil
		}
		return nil, nil
	}
	found, err := s.fs.Files(gitfs.Abs(top), func(name string, dir bool) bool { return !dir && !spec.matches(path.Join(spec.top, name)) })
	if err != nil {
		return nil, err
	}
	names := make([]string, len(found))
	for i, file := range found {
		names[i] = path.Join(spec.top, file.Name)
	}
	s.compareModes(pattern, names)
	return names, nil
}

func (s *set) refusal() error {
	if known := s.fs.Refusal(); known != nil {
		return known
	}
	return nil
}

// compareModes warns where the other way to read a pattern takes other files.
func (s *set) compareModes(pattern string, names []string) {
	if !strings.ContainsAny(pattern, "*?[") {
		return
	}
	other := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !doublestar.MatchUnvalidated(path.Clean(pattern), name) })
	if len(other) != len(names) {
		s.warn("the pattern %q takes %d files, as `*` crosses folders there; with applicationsetcontroller.enable.new.git.file.globbing it takes %d",
			pattern, len(names), len(other))
	}
}

// globbed reads a pattern as a glob.
func (s *set) globbed(root, pattern string) ([]string, error) {
	clean := strings.TrimPrefix(path.Clean("/"+pattern), "/")
	found, err := gitglob.Files(s.fs, path.Join(root, clean))
	if err != nil {
		return nil, fault.Of(err)
	}
	for i, name := range found {
		found[i] = strings.TrimPrefix(strings.TrimPrefix(name, root), "/")
	}
	return found, nil
}

// pathspec is a pattern as git reads it without magic: `*` and `?` match slashes too, and a folder means all below it.
type pathspec struct {
	top     string
	literal string
	glob    glob.Glob
}

func newPathspec(pattern string) (pathspec, error) {
	if strings.HasPrefix(pattern, ":") {
		return pathspec{}, fault.New(fault.Input, "", "the pattern %q of a git generator has git's pathspec magic, which is not read here", pattern)
	}
	folder := strings.HasSuffix(pattern, "/")
	clean := path.Clean(pattern)
	if clean == ".." || strings.HasPrefix(clean, "../") || path.IsAbs(clean) {
		return pathspec{}, fault.New(fault.Input, "", "the pattern %q of a git generator leaves the repository", pattern)
	}
	if clean == "." {
		return pathspec{}, nil
	}
	p := pathspec{literal: clean, top: clean}
	special := strings.IndexAny(clean, `*?[\`)
	if special < 0 {
		return p, nil
	}
	p.top = ""
	if slash := strings.LastIndexByte(clean[:special], '/'); slash >= 0 {
		p.top = clean[:slash]
	}
	if folder {
		// Git matches such a pattern against files, whose names end in no slash.
		return p, nil
	}
	g, err := glob.Compile(strings.NewReplacer("{", `\{`, "}", `\}`).Replace(clean))
	if err != nil {
		return pathspec{}, fault.New(fault.Input, "", "the pattern %q of a git generator: %s", pattern, err)
	}
	p.glob = g
	return p, nil
}

func (p pathspec) matches(name string) bool {
	if p.literal == "" || name == p.literal || strings.HasPrefix(name, p.literal+"/") {
		return true
	}
	return p.glob != nil && p.glob.Match(name)
}
