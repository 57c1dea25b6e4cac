// Package kustomize renders a kustomization as `kustomize build --enable-helm` does, from a Git tree.
package kustomize

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
	"sigs.k8s.io/kustomize/api/builtins" //nolint:staticcheck // krusty uses the same
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/openapi"
)

// Version is the release of the kustomize program whose libraries are linked.
const Version = "v5.8.2"

// Options of a kustomize render.
type Options struct {
	// LoadRestrictor is "root" (the default) or "none".
	LoadRestrictor string   `json:"loadRestrictor"`
	KubeVersion    string   `json:"kubeVersion"`
	APIVersions    []string `json:"apiVersions"`
	// WithoutHelm names the controller that refuses `helmCharts`.
	WithoutHelm string `json:"-"`
	// Encrypted says that files may be encrypted with SOPS, for a controller that has the keys.
	Encrypted bool `json:"-"`
	// Label is the version that kustomize labels objects with, where a controller's differs.
	Label string `json:"-"`
	// Written are kustomization files that a controller wrote, with what the tree has in their place, nil for nothing.
	Written map[string][]byte `json:"-"`
}

// Output is what a render gave. Origins has one entry per resource. Partial comes with an error: the resources are those of the render without
// what the error names.
type Output struct {
	Partial   bool
	Resources resmap.ResMap
	Origins   []Origin
	Warnings  []protocol.Warning
	Unpinned  []protocol.Unpinned
}

// Warm parses the built-in schema, which the first render that patches would do otherwise. It may run beside a render.
func Warm() { openapi.Schema() }

// Render builds the kustomization in the directory dir of the tree. Errors are faults. Unpinned is given with an error too.
func Render(fs *gitfs.FS, dir string, o Options) (Output, error) {
	out, custom, err := render(fs, dir, o, false)
	if !custom {
		return out, err
	}
	// A schema of the tree's own came in on top of the parsed built-in one; a fresh process has only what it asked for.
	openapi.ResetOpenAPI()
	defer restoreSchema()
	out, _, err = render(fs, dir, o, true)
	return out, err
}

func render(fs *gitfs.FS, dir string, o Options, alone bool) (out Output, custom bool, err error) {
	r := &run{fs: fs, options: o, rootDir: dir, kustFiles: map[string]string{}, generated: map[any]Origin{}}
	active = r
	defer func() {
		active = nil
		if p := recover(); p != nil {
			restoreSchema()
			custom = false
			err = r.schemaPanic(p)
		}
	}()
	m, origins, err := r.build(dir)
	custom = !alone && openapi.GetSchemaVersion() != defaultSchemaVersion
	if !custom && !alone {
		keepSchema()
	}
	out = Output{Resources: m, Origins: origins, Warnings: r.warnings, Unpinned: r.unpinned}
	switch {
	case err != nil:
		err = r.explain(err)
	case r.left != nil:
		out.Partial = true
		err = r.left
	}
	if refusal := fs.Refusal(); refusal != nil {
		err = refusal
	}
	return out, custom, err
}

// schemaPanic turns kustomize's panic over an openapi file that is no schema into an error; any other panic goes on.
func (r *run) schemaPanic(p any) error {
	if e, ok := p.(error); ok {
		if text := e.Error(); strings.HasPrefix(text, "invalid schema file: ") {
			return fault.New(fault.Input, r.kustomizationOf(gitfs.Abs(r.lastDir)), "the openapi file is no schema: %s", text[21:])
		}
	}
	panic(p)
}

var defaultSchemaVersion = openapi.GetSchemaVersion()

func init() {
	installGenerators()
	installTransformers()
}

// build follows krusty.Kustomizer.Run, with a loader of ours in between.
func (r *run) build(dir string) (resmap.ResMap, []Origin, error) {
	deps := provider.NewDepProvider()
	factory := resmap.NewFactory(deps.GetResourceFactory())
	restrict := restrictionRootOnly
	if r.options.LoadRestrictor == "none" {
		restrict = restrictionNone
	}
	inner, err := newFileLoader(restrict, gitfs.Abs(dir), r.fs.At(dir))
	if err != nil {
		return nil, nil, err
	}
	ldr := &loader{Loader: inner, run: r}
	plugins := newPluginLoader(types.DisabledPluginConfig(), factory, filesys.MakeFsInMemory())
	kt := newKustTarget(ldr, deps.GetFieldValidator(), factory, plugins)
	if err := targetLoad(kt); err != nil {
		return nil, nil, err
	}
	k := kt.kustomization
	if err := setSchema(ldr, k); err != nil {
		return nil, nil, err
	}
	m, err := targetMake(kt)
	if err != nil {
		return nil, nil, err
	}
	r.attribute(m)
	if err := r.finish(m, k); err != nil {
		return nil, nil, err
	}
	return m, r.origins(m), nil
}

func setSchema(ldr *loader, k *types.Kustomization) error {
	var schema []byte
	if file, ok := k.OpenAPI["path"]; ok {
		var err error
		if schema, err = ldr.Load(file); err != nil {
			return err
		}
	}
	return openapi.SetSchema(k.OpenAPI, schema, true)
}

// finish sorts, adds the managed-by label and removes what kustomize noted on the resources.
func (r *run) finish(m resmap.ResMap, k *types.Kustomization) error {
	sorting := k.SortOptions
	if sorting == nil {
		sorting = &types.SortOptions{Order: types.LegacySortOrder}
	}
	if err := sortTransform(&sortOrder{options: sorting}, m); err != nil {
		return err
	}
	if slices.Contains(k.BuildMetadata, types.ManagedByLabelOption) {
		label := builtins.LabelTransformerPlugin{
			Labels:     map[string]string{konfig.ManagedbyLabelKey: "kustomize-" + cmp.Or(r.options.Label, Version)},
			FieldSpecs: []types.FieldSpec{{Path: "metadata/labels", CreateIfNotPresent: true}},
		}
		if err := label.Transform(m); err != nil {
			return err
		}
	}
	m.RemoveBuildAnnotations()
	if !slices.Contains(k.BuildMetadata, types.OriginAnnotations) {
		if err := m.RemoveOriginAnnotations(); err != nil {
			return fmt.Errorf("failed to clean up origin tracking annotations: %w", err)
		}
	}
	if !slices.Contains(k.BuildMetadata, types.TransformerAnnotations) {
		if err := m.RemoveTransformerAnnotations(); err != nil {
			return fmt.Errorf("failed to clean up transformer annotations: %w", err)
		}
	}
	return nil
}
