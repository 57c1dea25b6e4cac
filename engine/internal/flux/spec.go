package flux

import (
	"encoding/json"
	"maps"
	"strings"

	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"
)

// spec has the fields of a Kustomization that decide what is rendered.
type spec struct {
	Path                    string            `json:"path"`
	TargetNamespace         *string           `json:"targetNamespace"`
	NamePrefix              *string           `json:"namePrefix"`
	NameSuffix              *string           `json:"nameSuffix"`
	Patches                 []patch           `json:"patches"`
	PatchesStrategicMerge   []json.RawMessage `json:"patchesStrategicMerge"`
	PatchesJSON6902         []jsonPatch       `json:"patchesJson6902"`
	Components              []string          `json:"components"`
	IgnoreMissingComponents bool              `json:"ignoreMissingComponents"`
	Images                  []types.Image     `json:"images"`
	BuildMetadata           []string          `json:"buildMetadata"`
	CommonMetadata          commonMetadata    `json:"commonMetadata"`
	PostBuild               *postBuild        `json:"postBuild"`
}

type patch struct {
	Patch  string          `json:"patch"`
	Target *types.Selector `json:"target"`
}

type jsonPatch struct {
	Patch  json.RawMessage `json:"patch"`
	Target types.Selector  `json:"target"`
}

type postBuild struct {
	Substitute map[string]string `json:"substitute"`
	Strategy   string            `json:"substituteStrategy"`
}

// commonMetadata are labels and annotations that every object gets on its own metadata.
type commonMetadata struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

// set puts them on an object, over its own.
func (c commonMetadata) set(res *resource.Resource) error {
	if len(c.Labels) > 0 {
		labels := res.GetLabels()
		maps.Copy(labels, c.Labels)
		if err := res.SetLabels(labels); err != nil {
			return err
		}
	}
	if len(c.Annotations) == 0 {
		return nil
	}
	annotations := res.GetAnnotations()
	maps.Copy(annotations, c.Annotations)
	return res.SetAnnotations(annotations)
}

// isKustomization says whether an object configures kustomize: those are not applied.
func isKustomization(res *resource.Resource) bool {
	return strings.EqualFold(res.GetKind(), "Kustomization") && strings.HasPrefix(res.GetApiVersion(), "kustomize.config.k8s.io/")
}
