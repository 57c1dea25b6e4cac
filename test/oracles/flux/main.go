// Command flux renders one case as the controllers of Flux do, by their own code: what they import of their libraries is imported, and what stands in
// the controllers themselves is written after it. It prints {"resources": […]} or {"error": "…"}.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// testCase is what case.json says.
type testCase struct {
	Kind    string          `json:"kind"`
	Path    string          `json:"path"`
	Options json.RawMessage `json:"options"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: flux <folder of a case>")
		os.Exit(2)
	}
	objects, err := render(os.Args[1])
	answer := map[string]any{"resources": plain(objects)}
	if err != nil {
		answer = map[string]any{"error": err.Error()}
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func plain(objects []*unstructured.Unstructured) []any {
	out := make([]any, len(objects))
	for i, object := range objects {
		out[i] = object.Object
	}
	return out
}

func render(folder string) ([]*unstructured.Unstructured, error) {
	raw, err := os.ReadFile(filepath.Join(folder, "case.json"))
	if err != nil {
		return nil, err
	}
	var c testCase
	if err := json.Unmarshal(raw, &c); err != nil {
		return nil, err
	}
	repo := filepath.Join(folder, "repo")
	switch c.Kind {
	case "flux":
		return kustomization(repo, c.Options)
	case "helmrelease":
		return helmRelease(repo, c.Path, c.Options)
	default:
		return nil, fmt.Errorf("no oracle for the kind %q", c.Kind)
	}
}
