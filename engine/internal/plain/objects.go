// Package plain reads plain manifests.
package plain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"sigs.k8s.io/yaml"
)

// Objects parses one YAML or JSON document as Kubernetes does and gives its resource as JSON with sorted keys, the items one by one for a list, and
// none for an empty document.
func Objects(text []byte) ([][]byte, error) {
	raw, err := yaml.YAMLToJSON(text)
	if err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "error converting YAML to JSON: "))
	}
	if raw = bytes.TrimSpace(raw); bytes.Equal(raw, []byte("null")) {
		return nil, nil
	}
	return flatten(raw)
}

func flatten(raw []byte) ([][]byte, error) {
	var head struct {
		APIVersion any               `json:"apiVersion"`
		Kind       any               `json:"kind"`
		Items      []json.RawMessage `json:"items"`
	}
	if raw[0] != '{' {
		return nil, errors.New("it is not a mapping")
	}
	// A field of another type than expected leaves the rest filled.
	_ = json.Unmarshal(raw, &head)
	kind, _ := head.Kind.(string)
	version, _ := head.APIVersion.(string)
	switch {
	case kind == "" && version == "":
		return nil, errors.New("it has neither apiVersion nor kind")
	case kind == "":
		return nil, errors.New("it has no kind")
	case version == "":
		return nil, fmt.Errorf("it has no apiVersion (kind %s)", kind)
	}
	if head.Items == nil || !strings.HasSuffix(kind, "List") {
		return [][]byte{raw}, nil
	}
	var out [][]byte
	for i, item := range head.Items {
		objects, err := flatten(item)
		if err != nil {
			return nil, fmt.Errorf("item %d of the list: %w", i, err)
		}
		out = append(out, objects...)
	}
	return out, nil
}
