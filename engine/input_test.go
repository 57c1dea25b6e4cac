package main_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// mistake is a tree that its author must mend, and what the error must say.
type mistake struct {
	name    string
	files   map[string]string
	ask     request
	message []string
	hides   string
	file    string
	line    int
}

func mistakes() []mistake {
	app := request{path: "app"}
	chart := request{kind: "helm", options: helmRelease}
	plain := request{kind: "plain", path: "m"}
	c := func(files map[string]string) map[string]string {
		files["Chart.yaml"] += "apiVersion: v2\nname: c\nversion: 0.1.0\n"
		return files
	}
	return []mistake{
		{name: "a resource that is not there", files: map[string]string{"app/kustomization.yaml": "resources:\n- ok.yaml\n- gone.yaml\n", "app/ok.yaml": configMap}, ask: app,
			message: []string{"app/gone.yaml", "does not exist"}, file: "app/kustomization.yaml", line: 3},
		{name: "a resource that a base lacks", files: map[string]string{"app/kustomization.yaml": "resources: [../base]\n", "base/kustomization.yaml": "namePrefix: a-\nresources:\n- gone.yaml\n"}, ask: app,
			message: []string{"base/gone.yaml", "does not exist"}, file: "base/kustomization.yaml", line: 3},
		{name: "a patch that is not there", files: map[string]string{"app/kustomization.yaml": "resources: [ok.yaml]\npatches:\n- path: gone.yaml\n", "app/ok.yaml": configMap}, ask: app,
			message: []string{"app/gone.yaml", "does not exist"}, file: "app/kustomization.yaml", line: 3},
		{name: "a generator's file that is not there", files: map[string]string{"app/kustomization.yaml": "secretGenerator:\n- name: s\n  literals: [password=hunter2]\n  files:\n  - gone.txt\n"}, ask: app,
			message: []string{"app/gone.txt", "does not exist"}, hides: "hunter2", file: "app/kustomization.yaml", line: 5},
		{name: "a directory without a kustomization", files: map[string]string{"app/x.yaml": configMap}, ask: app, message: []string{"kustomization"}},
		{name: "a directory that is not there", files: map[string]string{"app/x.yaml": configMap}, ask: request{path: "nowhere"}, message: []string{"nowhere"}},
		{name: "two kustomizations in one directory", files: map[string]string{"app/kustomization.yaml": "resources: [ok.yaml]\n", "app/kustomization.yml": "{}\n", "app/ok.yaml": configMap}, ask: app, message: []string{"multiple kustomization files"}},
		{name: "an unknown field", files: map[string]string{"app/kustomization.yaml": "resorces: [ok.yaml]\n"}, ask: app, message: []string{"resorces"}, file: "app/kustomization.yaml"},
		{name: "YAML that does not parse", files: map[string]string{"app/kustomization.yaml": "resources: [bad.yaml]\n", "app/bad.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x\n"}, ask: app, message: []string{"line"}, file: "app/bad.yaml", line: 3},
		{name: "a manifest without a name", files: map[string]string{"app/kustomization.yaml": "resources: [bad.yaml]\n", "app/bad.yaml": "apiVersion: v1\nkind: ConfigMap\n"}, ask: app, message: []string{"metadata.name"}},
		{name: "a cycle", files: map[string]string{"app/kustomization.yaml": "resources: [../app2]\n", "app2/kustomization.yaml": "resources: [../app]\n"}, ask: app, message: []string{"cycle detected"}},
		{name: "an openapi file that is no schema", files: map[string]string{"app/kustomization.yaml": "resources: [ok.yaml]\nopenapi: {path: s.json}\npatches: [{patch: '{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"ok\"},\"data\":{\"a\":\"b\"}}'}]\n", "app/s.json": "[1,", "app/ok.yaml": configMap}, ask: app, message: []string{"openapi"}, file: "app/kustomization.yaml"},
		{name: "a chart that is not there", files: map[string]string{"app/kustomization.yaml": "helmCharts:\n- name: c\n"}, ask: app, message: []string{"app/charts/c"}, file: "app/kustomization.yaml"},
		{name: "a directory that is no chart", files: map[string]string{"x.yaml": configMap}, ask: chart, message: []string{"Chart.yaml is missing"}, file: "Chart.yaml"},
		{name: "a file:// dependency that is not there", files: c(map[string]string{"Chart.yaml": "dependencies: [{name: dep, version: 1.0.0, repository: \"file://dep\"}]\n"}), ask: chart, message: []string{"dep", "does not exist"}, file: "Chart.yaml"},
		{name: "a library chart", files: c(map[string]string{"Chart.yaml": "type: library\n"}), ask: chart, message: []string{"library charts are not installable"}},
		{name: "a template that does not parse", files: c(map[string]string{"templates/a.yaml": "a: b\nc: {{ .Values.x \n"}), ask: chart, message: []string{"templates/a.yaml"}, file: "templates/a.yaml", line: 3},
		{name: "a template that fails", files: c(map[string]string{"templates/a.yaml": "a: b\nc: {{ required \"x is needed\" .Values.x }}\n"}), ask: chart, message: []string{"x is needed"}, file: "templates/a.yaml", line: 2},
		{name: "a template that renders no YAML", files: c(map[string]string{"templates/a.yaml": "a: {\n"}), ask: chart, message: []string{"YAML parse error"}, file: "templates/a.yaml"},
		{name: "values that break the schema", files: c(map[string]string{"values.schema.json": `{"properties":{"num":{"type":"integer"}}}`, "values.yaml": "num: text\n"}), ask: chart, message: []string{"/num", "want integer"}},
		{name: "a value file that is not there", files: c(map[string]string{}), ask: request{kind: "helm", options: map[string]any{"releaseName": "r", "valueFiles": []string{"gone.yaml"}}}, message: []string{"gone.yaml", "does not exist"}, file: "gone.yaml"},
		{name: "a release name that helm refuses", files: c(map[string]string{}), ask: request{kind: "helm", options: map[string]any{"releaseName": "Not_Valid"}}, message: []string{"Not_Valid"}},
		{name: "an impossible Kubernetes version", files: c(map[string]string{"Chart.yaml": "kubeVersion: \"<1.20\"\n"}), ask: chart, message: []string{"kubeVersion"}},
		{name: "a plain document without a kind", files: map[string]string{"m/a.yaml": configMap + "---\n# a comment\n\nname: x\n"}, ask: plain, message: []string{"neither apiVersion nor kind"}, file: "m/a.yaml", line: 8},
		{name: "a plain document that does not parse", files: map[string]string{"m/a.yaml": configMap + "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n bad: y\n"}, ask: plain, message: []string{"line 10"}, file: "m/a.yaml", line: 10},
		{name: "a plain directory that is not there", files: map[string]string{"x/a.yaml": configMap}, ask: plain, message: []string{"m", "does not exist"}},
	}
}

func TestMistakesAreToldWithTheirPlace(t *testing.T) {
	r := newRepo(t)
	e := start(t)
	for _, m := range mistakes() {
		t.Run(m.name, func(t *testing.T) {
			m.ask.tree = r.addFiles(t, text(m.files))
			got := e.render(t, r, m.ask)
			h, _ := json.Marshal(got.header)
			if !got.failed() || got.header["kind"] != "input" {
				t.Fatalf("no input error: %s %s", h, got.body)
			}
			for _, part := range m.message {
				if !strings.Contains(got.message(), part) {
					t.Errorf("the message lacks %q: %s", part, h)
				}
			}
			if m.hides != "" && strings.Contains(string(h), m.hides) {
				t.Errorf("the error shows %q: %s", m.hides, h)
			}
			if strings.Contains(string(h), "=tree=") {
				t.Errorf("the message shows the engine's insides: %s", h)
			}
			if m.file != "" && got.header["file"] != m.file {
				t.Errorf("file is not %q: %s", m.file, h)
			}
			if m.line > 0 && got.header["line"] != float64(m.line) {
				t.Errorf("line is not %d: %s", m.line, h)
			}
			if len(got.trace()) == 0 {
				t.Errorf("the error has no trace: %s", h)
			}
		})
	}
}
