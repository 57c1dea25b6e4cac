package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// corpusCase is one folder of testdata/corpus. Without case.json it is a kustomization at its top.
type corpusCase struct {
	name string
	dir  string
	tree string
	Kind string `json:"kind"`
	Path string `json:"path"`
	// MayFail says that engine and oracle may both refuse it.
	MayFail bool           `json:"mayfail"`
	Options map[string]any `json:"options"`
	// Trace are lookups that must stand in the trace.
	Trace [][]string `json:"trace"`
	// Files says for kind/name which file the resource comes from.
	Files map[string]string `json:"files"`
	// Warnings are words that a warning must hold.
	Warnings []string `json:"warnings"`
}

func (c corpusCase) request(output string) request {
	return request{tree: c.tree, path: c.Path, kind: c.Kind, options: c.Options, output: output}
}

func corpus(t testing.TB, r *repo) []corpusCase {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join("testdata", "corpus"))
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs(filepath.Join("testdata", "corpus"))
	if err != nil {
		t.Fatal(err)
	}
	top := r.addFolder(t, root)
	var cases []corpusCase
	for _, e := range entries {
		c := corpusCase{name: e.Name(), dir: filepath.Join(root, e.Name()), Kind: "kustomize"}
		if raw, err := os.ReadFile(filepath.Join(c.dir, "case.json")); err == nil {
			if err := json.Unmarshal(raw, &c); err != nil {
				t.Fatalf("%s: %v", e.Name(), err)
			}
		}
		c.tree = git(t, r.dir, "", "rev-parse", top+":"+e.Name())
		cases = append(cases, c)
	}
	return cases
}

// plain asks for a plain case without its case.json, which would be a manifest.
func (c corpusCase) plain() request {
	q := c.request("yaml")
	q.options = map[string]any{}
	for k, v := range c.Options {
		q.options[k] = v
	}
	q.options["exclude"] = append(list(c.Options["exclude"]), "case.json")
	return q
}

func (c corpusCase) ask(output string) request {
	if c.Kind == "plain" {
		q := c.plain()
		q.output = output
		return q
	}
	return c.request(output)
}

func TestCorpusEqualsTheOracles(t *testing.T) {
	o := findOracles(t)
	r := newRepo(t)
	cases := corpus(t, r)
	if len(cases) < 60 {
		t.Fatalf("only %d cases", len(cases))
	}
	e := start(t)
	want := expected(t, o, cases)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := want[c.name]
			got := e.render(t, r, c.ask("yaml"))
			if w.err != nil {
				if !c.MayFail {
					t.Fatalf("the oracle fails: %v", w.err)
				}
				if !got.failed() {
					t.Fatalf("the oracle fails, the engine does not: %v", w.err)
				}
				return
			}
			if got.failed() {
				t.Fatalf("the engine fails: %v", got.header)
			}
			if string(got.body) != w.text {
				t.Errorf("the texts differ\n--- oracle\n%s\n--- engine\n%s", w.text, got.body)
			}
			compareJSON(t, w.text, e.render(t, r, c.ask("json")), c)
			checkTrace(t, c, got)
			checkWarnings(t, c, got)
		})
	}
}

// compareJSON holds the JSON output against the oracle's text, resource by resource, and checks the origins.
func compareJSON(t *testing.T, want string, got answer, c corpusCase) {
	t.Helper()
	if got.failed() {
		t.Fatalf("the engine fails with JSON: %v", got.header)
	}
	var resources []struct {
		Object json.RawMessage `json:"object"`
		File   string          `json:"file"`
	}
	if err := json.Unmarshal(got.body, &resources); err != nil {
		t.Fatal(err)
	}
	var expect []any
	for _, doc := range strings.Split("\n"+want, "\n---") {
		raw, err := yaml.YAMLToJSON([]byte(doc))
		if err != nil {
			t.Fatal(err)
		}
		expect = append(expect, flatten(decode(t, raw))...)
	}
	if len(expect) != len(resources) {
		t.Fatalf("%d resources, the oracle has %d", len(resources), len(expect))
	}
	for i, r := range resources {
		object := decode(t, r.Object)
		if !reflect.DeepEqual(object, expect[i]) {
			t.Errorf("resource %d differs\n--- oracle\n%v\n--- engine\n%v", i, expect[i], object)
		}
		m := object.(map[string]any)
		meta, _ := m["metadata"].(map[string]any)
		id := fmt.Sprintf("%v/%v", m["kind"], meta["name"])
		if file, ok := c.Files[id]; ok && file != r.File {
			t.Errorf("%s comes from %q, want %q", id, r.File, file)
		}
		if r.File == "" {
			t.Errorf("%s has no file", id)
		}
	}
}

func decode(t *testing.T, raw []byte) any {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return unsigned(v)
}

// unsigned takes the sign off zeros: the text "-0" reads back as 0.
func unsigned(v any) any {
	switch v := v.(type) {
	case json.Number:
		if v == "-0" {
			return json.Number("0")
		}
	case []any:
		for i := range v {
			v[i] = unsigned(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = unsigned(v[k])
		}
	}
	return v
}

func flatten(v any) []any {
	m, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	kind, _ := m["kind"].(string)
	items, isList := m["items"].([]any)
	if !isList || !strings.HasSuffix(kind, "List") {
		return []any{m}
	}
	var out []any
	for _, i := range items {
		out = append(out, flatten(i)...)
	}
	return out
}

func checkTrace(t *testing.T, c corpusCase, got answer) {
	t.Helper()
	trace := got.trace()
	for _, want := range c.Trace {
		found := slices.ContainsFunc(trace, func(e []string) bool { return e[0] == want[0] && e[1] == want[1] })
		if !found {
			t.Errorf("the trace lacks %v; it has %v", want, trace)
		}
	}
	seen := map[string]bool{}
	for _, e := range trace {
		key := strings.Join(e[:2], "\x00")
		if seen[key] {
			t.Errorf("the trace repeats %v", e)
		}
		seen[key] = true
		needsOid := e[1] != "dir" && e[1] != "absent"
		if needsOid != (len(e) == 3) {
			t.Errorf("the entry %v is not of the protocol's form", e)
		}
	}
}

func checkWarnings(t *testing.T, c corpusCase, got answer) {
	t.Helper()
	raw, _ := json.Marshal(got.header["warnings"])
	for _, word := range c.Warnings {
		if !strings.Contains(string(raw), "'"+word+"' is deprecated") {
			t.Errorf("no warning about %q in %s", word, raw)
		}
		if !strings.Contains(string(raw), `"line":`) || !strings.Contains(string(raw), `"file":`) {
			t.Errorf("the warning has no place: %s", raw)
		}
	}
}

func TestShuffledRendersInOneProcessEqualFreshProcesses(t *testing.T) {
	r := newRepo(t)
	cases := corpus(t, r)
	fresh := map[string]answer{}
	for _, c := range cases {
		fresh[c.name] = start(t).render(t, r, c.ask("json"))
	}
	shuffled := start(t)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 500 {
		c := cases[random.IntN(len(cases))]
		got := shuffled.render(t, r, c.ask("json"))
		want := fresh[c.name]
		if !bytes.Equal(got.body, want.body) {
			t.Fatalf("render %d, %s: differs from a fresh process\n--- fresh\n%s\n--- here\n%s", i, c.name, want.body, got.body)
		}
		for _, key := range []string{"type", "trace", "warnings", "unpinned", "message", "kind", "file", "line"} {
			if !reflect.DeepEqual(got.header[key], want.header[key]) {
				t.Fatalf("render %d, %s: %s differs from a fresh process\n--- fresh\n%v\n--- here\n%v", i, c.name, key, want.header[key], got.header[key])
			}
		}
	}
}
