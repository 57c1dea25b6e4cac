package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fluxCase is one folder of test/oracles/cases/flux, where the results are held against Flux's own code.
type fluxCase struct {
	name  string
	Kind  string         `json:"kind"`
	Path  string         `json:"path"`
	Opt   map[string]any `json:"options"`
	Fails string         `json:"fails"`
	Warns []string       `json:"warns"`
	tree  string
}

func fluxCases(t *testing.T, r *repo) []fluxCase {
	t.Helper()
	root := filepath.Join("..", "test", "oracles", "cases", "flux")
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	top, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	all := r.addFolder(t, top)
	var cases []fluxCase
	for _, e := range entries {
		raw, err := os.ReadFile(filepath.Join(root, e.Name(), "case.json"))
		if err != nil {
			t.Fatal(err)
		}
		c := fluxCase{name: e.Name()}
		if err := json.Unmarshal(raw, &c); err != nil {
			t.Fatalf("%s: %v", e.Name(), err)
		}
		c.tree = git(t, r.dir, "", "rev-parse", all+":"+e.Name()+"/repo")
		cases = append(cases, c)
	}
	return cases
}

func TestCasesOfFluxRenderOrFailAsTheySay(t *testing.T) {
	r := newRepo(t)
	e := start(t)
	for _, c := range fluxCases(t, r) {
		t.Run(c.name, func(t *testing.T) {
			got := e.render(t, r, request{tree: c.tree, path: c.Path, kind: c.Kind, options: c.Opt, output: "json"})
			if os.Getenv("SHOW") != "" {
				t.Logf("%v\n%s", got.header, got.body)
			}
			if got.failed() != (c.Fails != "") || !strings.Contains(got.message(), c.Fails) {
				t.Fatalf("wanted a failure with %q: %v", c.Fails, got.header)
			}
			for _, words := range c.Warns {
				if warnings, _ := json.Marshal(got.header["warnings"]); !strings.Contains(string(warnings), words) {
					t.Errorf("no warning says %q: %s", words, warnings)
				}
			}
		})
	}
}
