package kustomize

import (
	"sigs.k8s.io/kustomize/api/resmap"
)

// installGenerators puts a recorder before each of kustomize's generators, and the engine's own chart inflator in place of the one that runs
// a helm program.
func installGenerators() {
	chart := builtinPluginType("HelmChartInflationGenerator")
	for kind, make := range generatorFactories {
		if _, done := make().(*recorder); done {
			continue
		}
		inner := make
		if kind == chart {
			inner = func() resmap.GeneratorPlugin { return &chartInflator{} }
		}
		generatorFactories[kind] = func() resmap.GeneratorPlugin { return &recorder{GeneratorPlugin: inner()} }
	}
}

// recorder notes which kustomization a generated resource came from.
type recorder struct {
	resmap.GeneratorPlugin
	root string
}

// Config passes the configuration on.
func (g *recorder) Config(h *resmap.PluginHelpers, config []byte) error {
	g.root = h.Loader().Root()
	return g.GeneratorPlugin.Config(h, config)
}

// Generate makes the resources and notes them.
func (g *recorder) Generate() (resmap.ResMap, error) {
	m, err := g.GeneratorPlugin.Generate()
	if err != nil || m == nil || active == nil {
		return m, err
	}
	file := active.kustomizationOf(g.root)
	for _, res := range m.Resources() {
		if _, known := active.generated[res]; !known {
			active.generated[res] = Origin{File: file}
		}
	}
	return m, nil
}
