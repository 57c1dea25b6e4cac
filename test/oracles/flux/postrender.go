package main

import (
	"encoding/json"
	"fmt"
	"strings"

	generator "github.com/fluxcd/pkg/kustomize"
	"github.com/fluxcd/pkg/ssa/utils"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

type postRenderer struct {
	Kustomize struct {
		Patches []types.Patch `json:"patches"`
		Images  []types.Image `json:"images"`
	} `json:"kustomize"`
}

type commonMetadata struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

// postRender runs what helm printed through the post-renderers, as Helm's strategies and helm-controller's internal/postrender do.
func (o releaseOptions) postRender(text string) ([]*unstructured.Unstructured, error) {
	objects, err := read(text)
	if err != nil {
		return nil, err
	}
	var hooks, manifests []*unstructured.Unstructured
	for _, object := range objects {
		if _, hook := object.GetAnnotations()["helm.sh/hook"]; hook {
			hooks = append(hooks, object)
		} else {
			manifests = append(manifests, object)
		}
	}
	switch o.Spec.PostRenderStrategy {
	case "", "combined":
		return o.run(objects)
	case "nohooks":
		manifests, err = o.run(manifests)
	case "separate":
		if manifests, err = o.run(manifests); err == nil {
			hooks, err = o.run(hooks)
		}
	default:
		err = fmt.Errorf("unknown post-render strategy: '%s'", o.Spec.PostRenderStrategy)
	}
	return append(manifests, hooks...), err
}

func (o releaseOptions) run(objects []*unstructured.Unstructured) ([]*unstructured.Unstructured, error) {
	if len(objects) == 0 {
		return nil, nil
	}
	for _, renderer := range append([]postRenderer{{}}, o.Spec.PostRenderers...) {
		text, err := utils.ObjectsToYAML(objects)
		if err != nil {
			return nil, err
		}
		k := types.Kustomization{Resources: []string{"helm-output.yaml"}, Patches: renderer.Kustomize.Patches, Images: renderer.Kustomize.Images}
		k.APIVersion, k.Kind = types.KustomizationVersion, types.KustomizationKind
		content, err := json.Marshal(k)
		if err != nil {
			return nil, err
		}
		files := filesys.MakeFsInMemory()
		for name, content := range map[string][]byte{"kustomization.yaml": content, "helm-output.yaml": []byte(text)} {
			if err := files.WriteFile(name, content); err != nil {
				return nil, err
			}
		}
		m, err := generator.Build(files, ".")
		if err != nil {
			return nil, err
		}
		out, err := m.AsYaml()
		if err != nil {
			return nil, err
		}
		if objects, err = read(string(out)); err != nil {
			return nil, err
		}
	}
	if common := o.Spec.CommonMetadata; common != nil {
		utils.SetCommonMetadata(objects, common.Labels, common.Annotations)
	}
	return objects, nil
}

func read(text string) ([]*unstructured.Unstructured, error) {
	return utils.ReadObjects(strings.NewReader(text))
}
