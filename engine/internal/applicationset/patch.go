package applicationset

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"sigs.k8s.io/yaml"
)

// fill gives a template in which what is empty comes from another.
func fill(template, from map[string]any) map[string]any {
	out := maps.Clone(template)
	if out == nil {
		out = map[string]any{}
	}
	for key, value := range from {
		have := out[key]
		mine, isMap := have.(map[string]any)
		theirs, both := value.(map[string]any)
		switch {
		case empty(have):
			out[key] = value
		case isMap && both && key != "valuesObject":
			out[key] = fill(mine, theirs)
		}
	}
	return out
}

func empty(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case string:
		return value == ""
	case bool:
		return !value
	case float64:
		return value == 0
	case []any:
		return len(value) == 0
	case map[string]any:
		return len(value) == 0
	default:
		return false
	}
}

// patched lays a rendered templatePatch over an Application. The project stays.
func patched(app map[string]any, patch string) (map[string]any, error) {
	if text := strings.TrimSpace(patch); text == "" || text[0] != '{' {
		raw, err := yaml.YAMLToJSON([]byte(patch))
		if err != nil {
			return nil, err
		}
		patch = string(raw)
	}
	var fields map[string]any
	if err := json.Unmarshal([]byte(patch), &fields); err != nil {
		return nil, fmt.Errorf("invalid templatePatch %q: %w", patch, err)
	}
	project, set := child(app, "spec")["project"]
	out, err := strategicpatch.StrategicMergeMapPatchUsingLookupPatchMeta(app, fields, application{})
	if err != nil {
		return nil, err
	}
	if spec := child(out, "spec"); set {
		spec["project"] = project
	} else {
		delete(spec, "project")
	}
	return out, nil
}

// application says how the fields of an Application are patched: lists are replaced, but for the finalizers, and what stands in valuesObject
// has no fields to go down into.
type application struct{ path string }

// Name says where in the Application this is.
func (a application) Name() string { return a.path }

// LookupPatchMetadataForStruct goes down into a map.
func (a application) LookupPatchMetadataForStruct(key string) (strategicpatch.LookupPatchMeta, strategicpatch.PatchMeta, error) {
	if strings.HasSuffix(a.path, "/valuesObject") {
		return nil, strategicpatch.PatchMeta{}, fmt.Errorf("unable to find api field in struct RawExtension for the json field %q", key)
	}
	return application{a.path + "/" + key}, strategicpatch.PatchMeta{}, nil
}

// LookupPatchMetadataForSlice goes down into a list.
func (a application) LookupPatchMetadataForSlice(key string) (strategicpatch.LookupPatchMeta, strategicpatch.PatchMeta, error) {
	meta := strategicpatch.PatchMeta{}
	if a.path == "/metadata" && key == "finalizers" {
		meta.SetPatchStrategies([]string{"merge"})
	}
	return application{a.path + "/" + key}, meta, nil
}
