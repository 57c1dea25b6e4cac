package main_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// makes asks for what a ResourceSet makes.
func makes(t *testing.T, spec string, inputs ...map[string]any) answer {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal([]byte(spec), &fields); err != nil {
		t.Fatal(err)
	}
	set := map[string]any{"metadata": map[string]any{"name": "My-Set"}, "spec": fields}
	r := newRepo(t)
	tree := r.addFiles(t, text(map[string]string{"a": ""}))
	return start(t).render(t, r, request{tree: tree, kind: "resourceset", output: "json", options: map[string]any{"set": set, "inputs": inputs}})
}

// madeNames lists the names of the objects.
func madeNames(t *testing.T, a answer) []string {
	t.Helper()
	if a.failed() {
		t.Fatalf("%v", a.header)
	}
	var resources []struct {
		Object struct {
			Metadata struct{ Name string }
		}
	}
	if err := json.Unmarshal(a.body, &resources); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range resources {
		out = append(out, r.Object.Metadata.Name)
	}
	return out
}

const perTenant = `"resources": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "<< inputs.tenant >>"}, "data": {"n": "<< inputs.n | int >>", "v": "<< inputs.v | quote >>"}}]`

func TestAResourceSetIsRenderedForEachSetOfInputs(t *testing.T) {
	a := makes(t, `{"inputs": [{"tenant": "a", "n": 2, "v": "1.0"}, {"tenant": "b", "n": 3, "v": "2"}], `+perTenant+`, "commonMetadata": {"labels": {"x": "y"}}}`,
		map[string]any{"tenant": "c", "n": 4, "v": "3", "provider": map[string]any{"name": "other"}})
	if got := madeNames(t, a); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Fatalf("%v", got)
	}
	if !strings.Contains(string(a.body), `{"apiVersion":"v1","data":{"n":2,"v":"1.0"},"kind":"ConfigMap","metadata":{"labels":{"x":"y"},"name":"a"}}`) {
		t.Errorf("%s", a.body)
	}
}

func TestAResourceSetWithoutInputsIsRenderedOnce(t *testing.T) {
	a := makes(t, `{"resources": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}],
		"steps": [{"name": "s", "resourcesTemplate": "---\napiVersion: v1\nkind: Secret\nmetadata: {name: << slugify \"B and C\" >>}\n---\n# nothing\n"}]}`)
	if got := madeNames(t, a); !slices.Equal(got, []string{"a", "b-and-c"}) {
		t.Fatalf("%v", got)
	}
}

func TestPermutedInputsStandBelowTheirProviders(t *testing.T) {
	a := makes(t, `{"inputs": [{"t": "a"}, {"t": "b"}], "inputStrategy": {"name": "Permute"},
		"resources": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "<< inputs.my_set.t >>-<< inputs.env_s.e >>"}}]}`,
		map[string]any{"e": "x", "provider": map[string]any{"name": "env.s"}}, map[string]any{"e": "y", "provider": map[string]any{"name": "env.s"}})
	if got := madeNames(t, a); !slices.Equal(got, []string{"a-x", "a-y", "b-x", "b-y"}) {
		t.Fatalf("%v", got)
	}
}

func TestOfEqualObjectsTheFirstIsTakenAndDisabledOnesAreNot(t *testing.T) {
	a := makes(t, `{"inputs": [{"i": 1}, {"i": 2}], "resources": [
		{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "same"}, "data": {"i": "<< inputs.i >>"}},
		{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "off", "annotations": {"fluxcd.controlplane.io/reconcile": "disabled"}}},
		{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "copy", "annotations": {"fluxcd.controlplane.io/copyFrom": "ns/source"}}}]}`)
	if got := madeNames(t, a); !slices.Equal(got, []string{"same", "copy"}) || !strings.Contains(string(a.body), `"i":1`) {
		t.Fatalf("%v %s", got, a.body)
	}
	if unpinned, _ := json.Marshal(a.header["unpinned"]); !strings.Contains(string(unpinned), `"reference":"ns/source"`) {
		t.Errorf("%s", unpinned)
	}
}

func TestAnInputThatIsNotThereFailsTheResourceSet(t *testing.T) {
	if a := makes(t, `{"inputs": [{"a": 1}], `+perTenant+`}`); !a.failed() || !strings.Contains(a.message(), "map has no entry for key") {
		t.Fatalf("%v", a.header)
	}
}
