package kustomize

import (
	"io/fs"
	"path"
	"strings"

	"sigs.k8s.io/kustomize/api/ifc"
	"sigs.k8s.io/kustomize/api/resmap"
)

// leftOut stands for a kustomization that is not fetched: an empty one of the kind that is wanted there, so that the rest can be rendered.
type leftOut struct {
	ifc.Loader
	kind string
}

// Root is a path that nothing has.
func (l *leftOut) Root() string { return path.Join(l.Loader.Root(), ".not-fetched") }

// Load gives the empty kustomization.
func (l *leftOut) Load(location string) ([]byte, error) {
	if location != "kustomization.yaml" {
		return nil, fs.ErrNotExist
	}
	version := "v1beta1"
	if l.kind != "Kustomization" {
		version = "v1alpha1"
	}
	// Without any field it would be refused as empty.
	return []byte("apiVersion: kustomize.config.k8s.io/" + version + "\nkind: " + l.kind + "\ngeneratorOptions: {disableNameSuffixHash: false}\n"), nil
}

// New enters nothing below.
func (l *leftOut) New(string) (ifc.Loader, error) { return nil, fs.ErrNotExist }

// Cleanup has nothing to do.
func (l *leftOut) Cleanup() error { return nil }

// installTransformers lets transformers pass that miss what was left out.
func installTransformers() {
	for kind, make := range transformerFactories {
		if _, done := make().(*lenient); done {
			continue
		}
		inner := make
		transformerFactories[kind] = func() resmap.TransformerPlugin { return &lenient{TransformerPlugin: inner()} }
	}
}

// lenient is a transformer that may miss its resource when something was left out of the render: it is for what was left out, as far as can
// be known.
type lenient struct{ resmap.TransformerPlugin }

// Transform changes the resources.
func (t *lenient) Transform(m resmap.ResMap) error {
	err := t.TransformerPlugin.Transform(m)
	if err != nil && active != nil && active.left != nil && misses(err) {
		return nil
	}
	return err
}

// misses says whether a transformer's error is that no resource is there for it. The words are kustomize's.
func misses(err error) bool {
	text := err.Error()
	for _, words := range []string{"no matches for ", "no resource matches ", "nothing selected by ", " does not match a config with the following GVK "} {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}
