package helm

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/ignore"
)

const localScheme = "file://"

// supply adds the dependencies that are not in charts/, as `helm dependency build` would, from folders of the chart's source and from mounts. What
// stands in a registry or a chart repository and in no mount is taken out of the chart. Others that are missing are an error, as for helm.
func supply(f *gitfs.FS, c loaded) (Manifest, error) {
	out := Manifest{chart: c}
	wanted := c.Metadata.Dependencies
	missing := func(dep *chart.Dependency) bool {
		return !slices.ContainsFunc(c.Dependencies(), func(have *chart.Chart) bool { return have.Name() == dep.Name })
	}
	var builds []int
	for i, dep := range wanted {
		if missing(dep) {
			builds = append(builds, i)
		}
	}
	if len(builds) == 0 {
		return out, nil
	}
	locked, err := resolved(c)
	if err != nil {
		return out, err
	}
	left := map[*chart.Dependency]bool{}
	for _, i := range builds {
		found, err := out.build(f, wanted[i], locked[i])
		if err != nil {
			return out, err
		}
		left[wanted[i]] = !found
	}
	c.Metadata.Dependencies = slices.DeleteFunc(slices.Clone(wanted), func(dep *chart.Dependency) bool { return left[dep] })
	var lacking []string
	for _, dep := range c.Metadata.Dependencies {
		if missing(dep) {
			lacking = append(lacking, dep.Name)
		}
	}
	if len(lacking) > 0 {
		return out, explain(c, fmt.Errorf("an error occurred while checking for chart dependencies. You may need to run `helm dependency build` "+
			"to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: %s", strings.Join(lacking, ", ")))
	}
	return out, nil
}

// build adds one dependency to the chart. It is not found when it would have to be fetched; locked says which version of it that is.
func (m *Manifest) build(f *gitfs.FS, dep, locked *chart.Dependency) (found bool, err error) {
	switch repository := locked.Repository; {
	case strings.HasPrefix(repository, localScheme):
		sub, err := m.local(f, locked)
		if err == nil {
			m.add(dep, sub)
		}
		return true, err
	case !isRemote(repository):
		return true, nil
	default:
		at, ok := f.Remote(protocol.ChartReference(repository, locked.Name, locked.Version))
		if !ok {
			m.leave(f, locked)
			return false, nil
		}
		// A packed chart has lost what its ignore file names when it was packed.
		sub, err := loadWith(f.At(at), at, ignore.Empty())
		if err == nil {
			m.add(dep, sub)
		}
		return true, err
	}
}

func isRemote(repository string) bool {
	for _, scheme := range []string{"https://", "http://", "oci://"} {
		if strings.HasPrefix(repository, scheme) {
			return true
		}
	}
	return false
}

func (m *Manifest) add(dep *chart.Dependency, sub loaded) {
	name := dep.Alias
	if name == "" {
		name = sub.Name()
	}
	m.chart.supplied[name] = sub
	have := func(c *chart.Chart) bool { return c.Name() == sub.Name() && c.Metadata.Version == sub.Metadata.Version }
	if !slices.ContainsFunc(m.chart.Dependencies(), have) {
		m.chart.AddDependency(sub.Chart)
	}
}

// local reads a dependency from a folder of the chart's own source.
func (m *Manifest) local(f *gitfs.FS, dep *chart.Dependency) (loaded, error) {
	file := path.Join(m.chart.dir, "Chart.yaml")
	wrong := func(kind fault.Kind, format string, args ...any) *fault.Fault {
		return fault.New(kind, file, format, args...).At(lineOf(f, file, dep.Repository))
	}
	folder := strings.TrimPrefix(dep.Repository, localScheme)
	if path.IsAbs(folder) {
		return loaded{}, f.Refuse(wrong(fault.Refused, "the dependency %q names the folder %q, which lies outside the repository", dep.Name, folder))
	}
	dir := path.Join(m.chart.dir, folder)
	if !f.IsDir(gitfs.Abs(dir)) {
		if refusal := f.Refusal(); refusal != nil {
			return loaded{}, refusal
		}
		return loaded{}, wrong(fault.Input, "the dependency %q names the folder %q, which does not exist", dep.Name, dir)
	}
	sub, err := load(f, dir)
	if err != nil {
		return loaded{}, err
	}
	constraint, err := semver.NewConstraint(dep.Version)
	if err != nil {
		return loaded{}, wrong(fault.Input, "dependency %q has an invalid version/constraint format: %s", dep.Name, err)
	}
	version, err := semver.NewVersion(sub.Metadata.Version)
	if err != nil || !constraint.Check(version) {
		return loaded{}, wrong(fault.Input, "can't get a valid version for dependency %q: %q has version %q, wanted is %q",
			dep.Name, dir, sub.Metadata.Version, dep.Version)
	}
	return sub, nil
}

// leave notes a dependency that the chart is rendered without.
func (m *Manifest) leave(f *gitfs.FS, dep *chart.Dependency) {
	file := path.Join(m.chart.dir, "Chart.yaml")
	line := lineOf(f, file, dep.Repository)
	m.Unpinned = append(m.Unpinned, protocol.Unpinned{
		File: file, Line: line, Reference: protocol.ChartReference(dep.Repository, dep.Name, dep.Version),
		Reason: "the chart is not in the repository, and charts are not pulled", Kind: "chart",
		Source: protocol.Chart(dep.Repository, dep.Name, dep.Version),
	})
	if m.Left == nil {
		m.Left = fault.New(fault.Refused, file, "the chart %q from %s is not in the repository (not in %q), and charts are not pulled",
			dep.Name, dep.Repository, path.Join(m.chart.dir, "charts")).At(line)
	}
}

// lineOf finds the line of a file that holds the text, 0 when none does.
func lineOf(f *gitfs.FS, file, text string) int {
	content, err := f.ReadFile(gitfs.Abs(file))
	if err != nil {
		return 0
	}
	line := 0
	for row := range strings.Lines(string(content)) {
		line++
		if strings.Contains(row, text) {
			return line
		}
	}
	return 0
}
