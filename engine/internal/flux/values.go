package flux

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/limits"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/strvals"
)

// layer is one entry of `valuesFrom`: a text, or the name of what only the cluster has.
type layer struct {
	YAML       *string `json:"yaml"`
	Unknown    string  `json:"unknown"`
	TargetPath string  `json:"targetPath"`
	Literal    bool    `json:"literal"`
}

// merged gives the release's values: the layers in their order, then those of the spec.
func (s releaseSpec) merged(tree *gitfs.FS, layers []layer) (map[string]any, []protocol.Unpinned, error) {
	var unpinned []protocol.Unpinned
	result := map[string]any{}
	for _, l := range layers {
		text := placeholder(l.Unknown)
		if l.YAML != nil {
			text = *l.YAML
		} else {
			unpinned = append(unpinned, l.unpinned())
		}
		var err error
		switch {
		case l.TargetPath != "":
			result = loader.MergeMaps(result, s.Values)
			err = set(result, l.TargetPath, text, l.Literal || l.YAML == nil)
		case l.YAML != nil:
			result, err = mergeText(tree, result, text, "")
		}
		if err != nil {
			return nil, unpinned, fault.New(fault.Input, "", "the values of valuesFrom cannot be merged: %s", err)
		}
	}
	return loader.MergeMaps(result, s.Values), unpinned, nil
}

func (l layer) unpinned() protocol.Unpinned {
	reason := "only the cluster has it, so its values are not shown"
	if l.TargetPath != "" {
		reason = "only the cluster has it, so " + placeholder(l.Unknown) + " stands for the value " + l.TargetPath
	}
	return protocol.Unpinned{Reference: l.Unknown, Kind: "value", Reason: reason}
}

func mergeText(tree *gitfs.FS, base map[string]any, text, file string) (map[string]any, error) {
	if err := limits.CheckYAML([]byte(text), file, tree.Limits()); err != nil {
		return nil, err
	}
	values, err := common.ReadValues([]byte(text))
	if err != nil {
		return nil, err
	}
	return loader.MergeMaps(base, values), nil
}

// set puts a value at a path as `helm --set` does; quotes around it make it a text.
func set(values map[string]any, at, value string, literal bool) error {
	if literal {
		escape := strings.NewReplacer(`\`, `\\`, `,`, `\,`, `[`, `\[`, `]`, `\]`, `{`, `\{`, `}`, `\}`)
		return strvals.ParseIntoString(at+"="+escape.Replace(value), values)
	}
	for _, quote := range []string{"'", `"`} {
		if strings.HasPrefix(value, quote) && strings.HasSuffix(value, quote) {
			return strvals.ParseIntoString(at+"="+strings.Trim(value, `'"`), values)
		}
	}
	return strvals.ParseInto(at+"="+value, values)
}

// valuesFiles gives what takes the place of the chart's own values; nil where no file is named.
func (s releaseSpec) valuesFiles(view *gitfs.FS, root string) (map[string]any, error) {
	chart := s.Chart.Spec
	var merged map[string]any
	for _, name := range chart.ValuesFiles {
		file := join(root, name)
		content, err := view.ReadFile(gitfs.Abs(file))
		switch {
		case view.Refusal() != nil:
			return nil, view.Refusal()
		case errors.Is(err, fs.ErrNotExist) && chart.IgnoreMissingValuesFiles:
			continue
		case err != nil:
			return nil, fault.New(fault.Input, file, "the values file %q of the HelmRelease does not exist", file)
		}
		if merged, err = mergeText(view, merged, string(content), file); err != nil {
			return nil, fault.New(fault.Input, file, "the values cannot be read: %s", err)
		}
	}
	return merged, nil
}
