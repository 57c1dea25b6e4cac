package helm

import (
	"bytes"
	"path"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
)

// Values merges the value files, paths from the root of the tree, and then the inline values. Later ones win.
func Values(f *gitfs.FS, files []string, inline map[string]any) (map[string]any, error) {
	merged := map[string]any{}
	for _, name := range files {
		if strings.Contains(name, "://") {
			return nil, f.Refuse(fault.New(fault.Refused, "", "the value file %q is remote; the engine has no network", name))
		}
		content, err := f.ReadFile(gitfs.Abs(path.Clean("/" + name)))
		if err != nil {
			if known := f.Refusal(); known != nil {
				return nil, known
			}
			return nil, fault.New(fault.Input, name, "the value file %q does not exist", name)
		}
		merged, err = Merge(merged, content, name)
		if err != nil {
			return nil, err
		}
	}
	return loader.MergeMaps(merged, inline), nil
}

// Merge lays the values of one file over others.
func Merge(base map[string]any, content []byte, name string) (map[string]any, error) {
	values, err := loader.LoadValues(bytes.NewReader(content))
	if err != nil {
		f := fault.New(fault.Input, name, "cannot read the values: %s", err)
		f.Line = yamlErrorLine(err)
		return nil, f
	}
	return loader.MergeMaps(base, values), nil
}
