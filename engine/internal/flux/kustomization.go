// Package flux renders what Flux's controllers deploy: Kustomizations as kustomize-controller builds them, HelmReleases as helm-controller installs them.
package flux

import (
	"encoding/json"
	"path"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/kustomize"
	"github.com/sluice-gitops/sluice/engine/internal/output"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
)

// Options of a Kustomization.
type Options struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	// Root is where the source begins in the tree.
	Root string          `json:"root"`
	Spec json.RawMessage `json:"spec"`
	// Ignore is the source's `spec.ignore`.
	Ignore string `json:"ignore"`
	// Variables are those of `substituteFrom`.
	Variables map[string]string `json:"variables"`
	// Placeholders are the objects of `substituteFrom` that are not known; with any, a variable without value becomes a placeholder.
	Placeholders []string `json:"placeholders"`
	Strict       *bool    `json:"strict"`
}

// Output is what a render gave. Left comes with resources that are those without what it names.
type Output struct {
	Resources []output.Resource
	Warnings  []protocol.Warning
	Unpinned  []protocol.Unpinned
	Left      error
}

// Kustomization builds the folder that `spec.path` names. Errors are faults. Warnings and Unpinned are given with an error too.
func Kustomization(tree *gitfs.FS, o Options) (Output, error) {
	var spec spec
	if err := json.Unmarshal(orEmptyObject(o.Spec), &spec); err != nil {
		return Output{}, fault.New(fault.Input, "", "the Kustomization's spec is not understood: %s", err)
	}
	root := strings.Trim(path.Clean("/"+o.Root), "/")
	view := tree.Artifact(root, o.Ignore)
	out, err := build(view, join(root, spec.Path), spec, o)
	out.Warnings = append(out.Warnings, passedOver(view)...)
	return out, err
}

func build(view *gitfs.FS, dir string, spec spec, o Options) (Output, error) {
	file, err := generate(view, dir, spec)
	if err != nil {
		return Output{}, err
	}
	built, err := kustomize.Render(view.With(map[string][]byte{file.path: file.content}), dir, kustomize.Options{
		// Flux links kustomize as a library, which then does not know its version.
		Label: "(devel)", LoadRestrictor: "none", WithoutHelm: "kustomize-controller", Encrypted: true, Written: map[string][]byte{file.path: file.original},
	})
	out := Output{Warnings: built.Warnings, Unpinned: built.Unpinned}
	if err != nil && !built.Partial {
		return out, file.explain(err)
	}
	left := err
	values := newSubstitution(spec, o)
	if err := substituteAll(built, values); err != nil {
		return out, err
	}
	out.Unpinned = append(out.Unpinned, values.unpinned()...)
	for i, res := range built.Resources.Resources() {
		if isKustomization(res) {
			continue
		}
		if err := spec.CommonMetadata.set(res); err != nil {
			return out, err
		}
		object, err := kustomize.JSON(res)
		if err != nil {
			return out, err
		}
		out.Resources = append(out.Resources, output.Resource{Object: object, File: file.source(built.Origins[i].File), Line: built.Origins[i].Line})
	}
	out.Left = left
	return out, nil
}

// join gives the folder of a path below the root. `..` does not lead out of it, and a leading slash is the root's.
func join(root, below string) string {
	return strings.TrimPrefix(path.Join("/", root, path.Clean("/"+below)), "/")
}

// passedOver warns of the links and submodules that are not in a source as Flux packs it.
func passedOver(view *gitfs.FS) []protocol.Warning {
	var out []protocol.Warning
	for _, p := range view.Passed() {
		what := "symbolic link"
		if p.Module {
			what = "submodule"
		}
		out = append(out, protocol.Warning{File: p.Rel, Message: p.Rel + " is a " + what + ", which Flux leaves out of what it deploys from; Argo CD would follow it"})
	}
	return out
}

func orEmptyObject(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("{}")
	}
	return raw
}
