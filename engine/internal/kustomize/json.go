package kustomize

import (
	"encoding/json"

	"sigs.k8s.io/kustomize/api/resource"
)

// JSON gives a resource as JSON with sorted keys. It is what Resource.MarshalJSON gives, without the way through YAML text.
func JSON(res *resource.Resource) ([]byte, error) {
	m := map[string]any{}
	if err := res.YNode().Decode(&m); err != nil {
		return res.MarshalJSON()
	}
	return json.Marshal(m)
}
