package helm

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
	chart "helm.sh/helm/v4/pkg/chart/v2"
)

// leaveOut takes the dependencies out of the chart that are not in the tree but stand in a registry or a chart repository. Others that are
// missing are an error, as for helm.
func leaveOut(f *gitfs.FS, c loaded) (Manifest, error) {
	out := Manifest{chart: c}
	var lacking []string
	c.Metadata.Dependencies = slices.DeleteFunc(slices.Clone(c.Metadata.Dependencies), func(dep *chart.Dependency) bool {
		if slices.ContainsFunc(c.Dependencies(), func(have *chart.Chart) bool { return have.Name() == dep.Name }) {
			return false
		}
		if !strings.HasPrefix(dep.Repository, "https://") && !strings.HasPrefix(dep.Repository, "http://") && !strings.HasPrefix(dep.Repository, "oci://") {
			lacking = append(lacking, dep.Name)
			return false
		}
		out.leave(f, dep)
		return true
	})
	if len(lacking) > 0 {
		return out, explain(c, fmt.Errorf("an error occurred while checking for chart dependencies. You may need to run `helm dependency build` "+
			"to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: %s", strings.Join(lacking, ", ")))
	}
	return out, nil
}

// leave notes a dependency that the chart is rendered without.
func (m *Manifest) leave(f *gitfs.FS, dep *chart.Dependency) {
	file := path.Join(m.chart.dir, "Chart.yaml")
	reference := strings.TrimSuffix(dep.Repository, "/") + "/" + dep.Name
	if dep.Version != "" {
		reference += ":" + dep.Version
	}
	m.Unpinned = append(m.Unpinned, protocol.Unpinned{
		File: file, Reference: reference, Reason: "the chart is not in the repository, and charts are not pulled", Kind: "chart",
	})
	if m.Left == nil {
		m.Left = fault.New(fault.Refused, file, "the chart %q from %s is not in the repository (not in %q), and charts are not pulled",
			dep.Name, dep.Repository, path.Join(m.chart.dir, "charts"))
		m.Left.Line = lineOf(f, file, dep.Repository)
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
