// Package helm renders charts of the tree as `helm template` does.
package helm

import (
	"bytes"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/ignore"
	"sigs.k8s.io/yaml"
)

// maxArchive bounds what a packed subchart may unpack to.
const maxArchive = 64 << 20

func init() { archive.MaxDecompressedChartSize = maxArchive }

// loaded is a chart and the files it was read from.
type loaded struct {
	*chart.Chart
	dir     string
	names   map[string]bool
	aliases map[string]string
	// supplied are the subcharts that stand elsewhere than in charts/, by the name that the templates have for them.
	supplied map[string]loaded
}

var utf8bom = []byte{0xEF, 0xBB, 0xBF}

// load reads the chart in the directory dir of the tree as helm reads a folder. The whole folder counts as looked up.
func load(f *gitfs.FS, dir string) (loaded, error) {
	rules, err := ignoreRules(f, dir)
	if err != nil {
		return loaded{}, err
	}
	return loadWith(f, dir, rules)
}

// loadWith reads a chart without the files that the rules name.
func loadWith(f *gitfs.FS, dir string, rules *ignore.Rules) (loaded, error) {
	files, err := f.Files(gitfs.Abs(dir), func(name string, isDir bool) bool { return rules.Ignore(name, entry{path.Base(name), isDir}) })
	if err != nil {
		return loaded{}, err
	}
	contents, err := f.Contents(files)
	if err != nil {
		return loaded{}, err
	}
	out := loaded{dir: dir, names: map[string]bool{}, supplied: map[string]loaded{}}
	buffered := make([]*archive.BufferedFile, len(files))
	for i, file := range files {
		out.names[file.Name] = true
		buffered[i] = &archive.BufferedFile{Name: file.Name, Data: bytes.TrimPrefix(contents[i], utf8bom)}
	}
	if err := checkAPIVersion(f, dir); err != nil {
		return loaded{}, err
	}
	out.Chart, err = loader.LoadFiles(buffered)
	if err != nil {
		return loaded{}, fault.New(fault.Input, chartFile(dir, err), "%s", err)
	}
	out.aliases = map[string]string{}
	out.noteAliases(out.Chart)
	return out, nil
}

// noteAliases remembers which chart stands behind an alias; helm replaces the names when it processes the dependencies.
func (l loaded) noteAliases(c *chart.Chart) {
	for _, dep := range c.Metadata.Dependencies {
		if dep != nil && dep.Alias != "" {
			l.aliases[dep.Alias] = dep.Name
		}
	}
	for _, dep := range c.Dependencies() {
		l.noteAliases(dep)
	}
}

// chartFile names the file of the chart that a loading error speaks of.
func chartFile(dir string, err error) string {
	for _, name := range []string{"values.yaml", "Chart.lock", "requirements.yaml"} {
		if strings.Contains(err.Error(), "cannot load "+name) {
			return path.Join(dir, name)
		}
	}
	return path.Join(dir, "Chart.yaml")
}

// checkAPIVersion refuses what helm's loader refuses before it reads the chart.
func checkAPIVersion(f *gitfs.FS, dir string) error {
	name := path.Join(dir, "Chart.yaml")
	content, err := f.ReadFile(gitfs.Abs(name))
	if err != nil {
		if known := f.Refusal(); known != nil {
			return known
		}
		return fault.New(fault.Input, name, "there is no chart in %q: Chart.yaml is missing", dir)
	}
	var c struct {
		APIVersion string `json:"apiVersion"`
	}
	if err := yaml.Unmarshal(content, &c); err != nil {
		return fault.New(fault.Input, name, "cannot load Chart.yaml: %s", err)
	}
	switch c.APIVersion {
	case "", chart.APIVersionV1, chart.APIVersionV2:
		return nil
	default:
		return fault.New(fault.Input, name, "unsupported chart apiVersion %q", c.APIVersion)
	}
}

func ignoreRules(f *gitfs.FS, dir string) (*ignore.Rules, error) {
	rules := ignore.Empty()
	name := gitfs.Abs(path.Join(dir, ignore.HelmIgnore))
	if content, err := f.ReadFile(name); err == nil {
		rules, err = ignore.Parse(bytes.NewReader(content))
		if err != nil {
			return nil, fault.New(fault.Input, path.Join(dir, ignore.HelmIgnore), "%s", err)
		}
	}
	rules.AddDefaults()
	return rules, nil
}

// entry is the little that the ignore rules ask of a file.
type entry struct {
	name string
	dir  bool
}

func (e entry) Name() string       { return e.name }
func (e entry) Size() int64        { return 0 }
func (e entry) Mode() fs.FileMode  { return 0 }
func (e entry) ModTime() time.Time { return time.Time{} }
func (e entry) IsDir() bool        { return e.dir }
func (e entry) Sys() any           { return nil }

func (l loaded) hasFolder(dir string) bool { return l.names[dir+"/Chart.yaml"] }

// source gives the path in the tree of a template as helm names it (`<chart>/templates/x.yaml`), the archive for a packed subchart, "" when it
// cannot be told.
func (l loaded) source(template string) string {
	_, rest, ok := strings.Cut(template, "/")
	if !ok {
		return ""
	}
	parts := strings.Split(rest, "/")
	if len(parts) > 1 && parts[0] == "charts" {
		if c, ok := l.supplied[parts[1]]; ok {
			return c.source(strings.Join(parts[1:], "/"))
		}
	}
	for i := 1; i < len(parts); i++ {
		if name, aliased := l.aliases[parts[i]]; aliased && parts[i-1] == "charts" && !l.hasFolder(strings.Join(parts[:i+1], "/")) {
			parts[i] = name
		}
	}
	rest = strings.Join(parts, "/")
	if l.names[rest] {
		return path.Join(l.dir, rest)
	}
	below, ok := strings.CutPrefix(rest, "charts/")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(below, "/")
	for file := range l.names {
		base, packed := strings.CutSuffix(file, ".tgz")
		if packed && (base == "charts/"+name || strings.HasPrefix(base, "charts/"+name+"-")) {
			return path.Join(l.dir, file)
		}
	}
	return ""
}
