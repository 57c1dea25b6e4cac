package plain

import (
	"bytes"
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/output"
	"github.com/sluice-gitops/sluice/engine/internal/yamldoc"
	"sigs.k8s.io/yaml"
)

// Options of a plain render. Globs are matched against the path below the target.
type Options struct {
	Recurse *bool    `json:"recurse"`
	Include []string `json:"include"`
	Exclude []string `json:"exclude"`
}

// Render reads every manifest below a directory, in the order of the paths. Errors are faults.
func Render(f *gitfs.FS, dir string, o Options) ([]output.Resource, error) {
	files, err := f.Files(gitfs.Abs(dir), o.skip)
	if err != nil {
		return nil, where(err, dir)
	}
	contents, err := f.Contents(files)
	if err != nil {
		return nil, err
	}
	var out []output.Resource
	for i, file := range files {
		found, err := parse(contents[i], file.Rel)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
		if int64(len(out)) > f.Limits().Documents {
			return nil, fault.Over("documents", file.Rel, "the render gives more than %d resources", f.Limits().Documents)
		}
	}
	return out, nil
}

func where(err error, dir string) error {
	f := fault.Of(err)
	if f.Kind == fault.Input && f.File == "" {
		return fault.New(fault.Input, dir, "the directory %q does not exist", dir)
	}
	return f
}

func (o Options) skip(name string, isDir bool) bool {
	if strings.HasPrefix(path.Base(name), ".") {
		return true
	}
	if isDir {
		return o.Recurse != nil && !*o.Recurse
	}
	switch path.Ext(name) {
	case ".yaml", ".yml", ".json":
	default:
		return true
	}
	return len(o.Include) > 0 && !matches(o.Include, name) || matches(o.Exclude, name)
}

func matches(globs []string, name string) bool {
	for _, glob := range globs {
		if ok, err := doublestar.Match(glob, name); ok && err == nil {
			return true
		}
	}
	return false
}

func parse(content []byte, file string) ([]output.Resource, error) {
	var out []output.Resource
	for _, part := range yamldoc.Split(content) {
		objects, err := Objects(part.Text)
		first := part.Line + firstLine(part.Text)
		if err != nil {
			return nil, at(fault.New(fault.Input, file, "%s", err), part.Line, first)
		}
		for _, object := range objects {
			out = append(out, output.Resource{Object: object, File: file, Line: first})
		}
	}
	return out, nil
}

// at turns a line that counts in the document into one of the file; errors without a line get the document's first.
func at(f *fault.Fault, start, first int) *fault.Fault {
	f.Message, f.Line = yamldoc.Locate(f.Message, start)
	if f.Line == 0 {
		f.Line = first
	}
	return f
}

// firstLine counts the lines before the first that says something.
func firstLine(text []byte) int {
	n := 0
	for row := range bytes.Lines(text) {
		row = bytes.TrimSpace(row)
		if len(row) > 0 && row[0] != '#' {
			return n
		}
		n++
	}
	return 0
}

// YAML writes resources as one stream.
func YAML(resources []output.Resource) ([]byte, error) {
	var b bytes.Buffer
	for i, r := range resources {
		if i > 0 {
			b.WriteString("---\n")
		}
		text, err := yaml.JSONToYAML(r.Object)
		if err != nil {
			return nil, err
		}
		b.Write(text)
	}
	return b.Bytes(), nil
}
