package applicationset

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
	"sigs.k8s.io/yaml"
)

// gitGenerator are the fields of a git generator.
type gitGenerator struct {
	RepoURL         string            `json:"repoURL"`
	Revision        string            `json:"revision"`
	Directories     []pathRule        `json:"directories"`
	Files           []pathRule        `json:"files"`
	Values          map[string]string `json:"values"`
	PathParamPrefix string            `json:"pathParamPrefix"`
}

// pathRule takes paths in, or leaves them out.
type pathRule struct {
	Path    string `json:"path"`
	Exclude bool   `json:"exclude"`
}

// git gives folders, or the content of files, of a repository.
func (s *set) git(spec map[string]any) ([]map[string]any, error) {
	var g gitGenerator
	if err := into(spec, &g); err != nil {
		return nil, err
	}
	if len(g.Directories)+len(g.Files) == 0 {
		return nil, fault.New(fault.Input, "", "a git generator has neither directories nor files")
	}
	root, err := s.repository(g)
	if err != nil {
		return nil, err
	}
	if len(g.Directories) > 0 {
		if len(g.Files) > 0 {
			s.warn("both 'directories' and 'files' are set in a git generator; 'directories' takes precedence and 'files' will be ignored")
		}
		return s.directories(g, root)
	}
	return s.files(g, root)
}

// repository finds the tree of the generator's repository.
func (s *set) repository(g gitGenerator) (string, error) {
	for _, r := range s.Repositories {
		if r.URL == g.RepoURL && r.Revision == g.Revision {
			return r.Root, nil
		}
	}
	reference := g.RepoURL + "@" + g.Revision
	if at, here := s.fs.Remote(reference); here {
		return at, nil
	}
	s.Unpinned = append(s.Unpinned, protocol.Unpinned{
		Reference: reference, Reason: "a git generator reads this repository", Kind: "repository",
		Source: map[string]any{"kind": "git", "url": g.RepoURL, "revision": map[string]any{"kind": "any", "text": g.Revision}, "submodules": true},
	})
	return "", fault.New(fault.Refused, "", "the git generator reads %s at %q, which is not here", g.RepoURL, g.Revision)
}

// directories gives the folders that match whole patterns, `*` standing for one level.
func (s *set) directories(g gitGenerator, root string) ([]map[string]any, error) {
	found := map[string]bool{}
	for _, rule := range g.Directories {
		if rule.Exclude {
			continue
		}
		if _, err := path.Match(rule.Path, ""); err != nil {
			s.warn("the pattern %q of a git generator is none: it matches nothing", rule.Path)
			continue
		}
		if err := s.walk(root, "", strings.Split(rule.Path, "/"), found); err != nil {
			return nil, err
		}
	}
	for name := range found {
		for _, rule := range g.Directories {
			if matched, err := path.Match(rule.Path, name); rule.Exclude && err == nil && matched {
				delete(found, name)
			}
		}
	}
	var out []map[string]any
	for _, name := range slices.SortedFunc(maps.Keys(found), inWalkOrder) {
		params := map[string]any{}
		s.addPath(params, g.PathParamPrefix, name, "")
		if err := s.addValues(g.Values, params); err != nil {
			return nil, err
		}
		out = append(out, params)
	}
	return out, nil
}

// inWalkOrder sorts paths as a walk through the folders meets them.
func inWalkOrder(a, b string) int {
	return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/"))
}

// walk goes down the folders that the parts of a pattern match. Only folders on the way are listed.
func (s *set) walk(root, dir string, parts []string, found map[string]bool) error {
	if len(parts) == 0 {
		if dir != "" {
			found[dir] = true
		}
		return nil
	}
	names, err := s.below(root, dir, parts[0])
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasPrefix(name, ".") && s.Settings["reposerver.include.hidden.directories"] != "true" {
			continue
		}
		if err := s.walk(root, path.Join(dir, name), parts[1:], found); err != nil {
			return err
		}
	}
	return nil
}

// below gives the folders in a folder whose names match.
func (s *set) below(root, dir, pattern string) ([]string, error) {
	full := path.Join(root, dir)
	if !strings.ContainsAny(pattern, `*?[\`) {
		if pattern == "" || pattern == "." || pattern == ".." {
			return nil, nil
		}
		pattern = strings.ReplaceAll(pattern, `\`, "")
	}
	entries, err := s.fs.List(gitfs.Abs(full))
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if matched, err := path.Match(pattern, e.Name); err == nil && matched && e.IsDir() {
			out = append(out, e.Name)
		}
	}
	return out, nil
}

// files gives what stands in files: an object, or each of a list of them.
func (s *set) files(g gitGenerator, root string) ([]map[string]any, error) {
	found := map[string]bool{}
	for _, exclude := range []bool{false, true} {
		for _, rule := range g.Files {
			if rule.Exclude != exclude {
				continue
			}
			names, err := s.matching(root, rule.Path)
			if err != nil {
				return nil, err
			}
			for _, name := range names {
				found[name] = true
				if exclude {
					delete(found, name)
				}
			}
		}
	}
	var out []map[string]any
	for _, name := range slices.Sorted(maps.Keys(found)) {
		params, err := s.file(g, root, name)
		if err != nil {
			return nil, err
		}
		out = append(out, params...)
	}
	return out, nil
}

// file reads the sets of parameters in one file.
func (s *set) file(g gitGenerator, root, name string) ([]map[string]any, error) {
	full := path.Join(root, name)
	content, err := s.fs.ReadFile(gitfs.Abs(full))
	if err != nil {
		return nil, fault.Of(err)
	}
	objects, err := objectsIn(content)
	if err != nil {
		return nil, fault.New(fault.Input, full, "unable to parse file: %s", err)
	}
	for i, object := range objects {
		params := map[string]any{}
		if s.replace.goTemplate {
			maps.Copy(params, object)
		} else {
			for key, value := range flat(object) {
				params[key] = fmt.Sprintf("%v", value)
			}
		}
		s.addPath(params, g.PathParamPrefix, path.Dir(name), path.Base(name))
		if err := s.addValues(g.Values, params); err != nil {
			return nil, err
		}
		objects[i] = params
	}
	return objects, nil
}

// objectsIn reads an object, or a list of them. An empty file is one object without fields.
func objectsIn(content []byte) ([]map[string]any, error) {
	one := map[string]any{}
	if err := yaml.Unmarshal(content, &one); err == nil {
		return []map[string]any{one}, nil
	}
	return objectsOf(content)
}

// objectsOf reads a list of objects.
func objectsOf(content []byte) ([]map[string]any, error) {
	var out []map[string]any
	err := yaml.Unmarshal(content, &out)
	return out, err
}

// addPath adds the parameters that tell the folder, and those of the file in it, if there is one.
func (s *set) addPath(params map[string]any, prefix, dir, file string) {
	segments := strings.Split(dir, "/")
	fields := map[string]any{"basename": path.Base(dir), "basenameNormalized": normalize(path.Base(dir))}
	if file != "" {
		fields["filename"], fields["filenameNormalized"] = file, normalize(file)
	}
	if s.replace.goTemplate {
		fields["path"], fields["segments"] = dir, segments
		if prefix == "" {
			params["path"] = fields
		} else {
			params[prefix] = map[string]any{"path": fields}
		}
		return
	}
	name := join(prefix, "path")
	params[name] = dir
	for key, value := range fields {
		params[name+"."+key] = value
	}
	for i, segment := range segments {
		if segment != "" {
			params[name+"["+strconv.Itoa(i)+"]"] = segment
		}
	}
}
