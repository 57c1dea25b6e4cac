package kustomize

import (
	"fmt"
	"path"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/helm"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/kustomize/kyaml/yaml/merge2"
	"sigs.k8s.io/yaml"
)

// values gives the values as kustomize hands them to helm: one merged file, then the additional files.
func (p *chartInflator) values() (map[string]any, error) {
	name, first, err := p.mainValues()
	if err != nil {
		return nil, err
	}
	merged, err := helm.Merge(map[string]any{}, first, name)
	if err != nil {
		return nil, err
	}
	for _, file := range p.AdditionalValuesFiles {
		content, err := p.h.Loader().Load(file)
		if err != nil {
			return nil, err
		}
		if merged, err = helm.Merge(merged, content, path.Join(gitfs.Strip(p.h.Loader().Root()), file)); err != nil {
			return nil, err
		}
	}
	return merged, nil
}

// mainValues gives the values file, with the inline values merged as the chart asks.
func (p *chartInflator) mainValues() (name string, content []byte, err error) {
	if len(p.ValuesInline) == 0 || p.ValuesMerge != "replace" {
		if name, content, err = p.valuesFile(); err != nil {
			return "", nil, err
		}
	}
	if len(p.ValuesInline) == 0 {
		return name, content, nil
	}
	if p.ValuesMerge != "replace" {
		if err := p.mergeInline(content); err != nil {
			return "", nil, err
		}
	}
	content, err = yaml.Marshal(p.ValuesInline)
	return p.file(), content, err
}

// valuesFile reads the values file. What lies in the chart's folder comes from the mount, when the chart stands there.
func (p *chartInflator) valuesFile() (name string, content []byte, err error) {
	name = p.ValuesFile
	if !path.IsAbs(name) {
		name = path.Join(p.h.Loader().Root(), name)
	}
	if inside, ok := strings.CutPrefix(name, p.chartDir()+"/"); ok && p.mount != "" {
		name = path.Join(p.mount, inside)
		content, err = p.run.fs.At(p.mount).ReadFile(gitfs.Abs(name))
		return name, content, err
	}
	content, err = p.h.Loader().Load(p.ValuesFile)
	return gitfs.Strip(name), content, err
}

func (p *chartInflator) mergeInline(content []byte) error {
	file, err := kyaml.Parse(string(content))
	if err != nil {
		return fmt.Errorf("could not parse values file into rnode: %w", err)
	}
	inline, err := kyaml.FromMap(p.ValuesInline)
	if err != nil {
		return fmt.Errorf("could not parse values inline into rnode: %w", err)
	}
	var merged *kyaml.RNode
	if p.ValuesMerge == "override" {
		merged, err = mergeNodes(inline, file.Copy())
	} else {
		merged, err = mergeNodes(file, inline.Copy())
	}
	if err != nil {
		return fmt.Errorf("could not merge values: %w", err)
	}
	p.ValuesInline, err = merged.Map()
	if err != nil {
		return fmt.Errorf("could not parse merged values into map: %w", err)
	}
	return nil
}

// mergeNodes lays src over dest.
func mergeNodes(src, dest *kyaml.RNode) (*kyaml.RNode, error) {
	return merge2.Merge(src, dest, kyaml.MergeOptions{})
}
