package main_test

import (
	"strings"
	"testing"
)

const deploymentYAML = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2}\n"

// partial is a tree that lacks something which is not fetched, and what is rendered without it.
type partial struct {
	name     string
	files    map[string]string
	ask      request
	unpinned []string
	kind     string
	holds    []string
	lacks    []string
	traced   string
	nothing  bool
}

func partials() []partial {
	app := request{path: "app"}
	kust := func(content string) map[string]string {
		return map[string]string{"app/kustomization.yaml": content, "app/ok.yaml": configMap, "app/web.yaml": deploymentYAML, "app/scale.yaml": scale("web", 0)}
	}
	return []partial{
		{name: "a remote base before what is local", files: kust("resources:\n- https://github.com/org/repo//base?ref=v1\n- web.yaml\npatches: [{path: scale.yaml}]\n"), ask: app,
			unpinned: []string{"https://github.com/org/repo//base?ref=v1"}, kind: "base", holds: []string{`"replicas":0`}, traced: "app/scale.yaml"},
		{name: "a remote file", files: kust("resources:\n- https://example.com/crds.yaml\n- web.yaml\n"), ask: app,
			unpinned: []string{"https://example.com/crds.yaml"}, kind: "file", holds: []string{`"web"`}},
		{name: "a remote component", files: kust("resources: [web.yaml]\ncomponents: [\"https://github.com/org/repo//c?ref=v1\"]\n"), ask: app,
			unpinned: []string{"https://github.com/org/repo//c?ref=v1"}, kind: "base", holds: []string{`"web"`}},
		{name: "two remote bases, one below a local base", files: map[string]string{
			"app/kustomization.yaml":  "resources: [../base, \"https://github.com/org/a?ref=v1\"]\nnamePrefix: x-\n",
			"base/kustomization.yaml": "resources: [\"https://github.com/org/b?ref=v1\", ok.yaml]\n", "base/ok.yaml": configMap}, ask: app,
			unpinned: []string{"https://github.com/org/b?ref=v1", "https://github.com/org/a?ref=v1"}, kind: "base", holds: []string{`"x-ok"`}},
		{name: "a patch for what is not there", files: kust("resources: [\"https://github.com/org/repo?ref=v1\", ok.yaml]\npatches: [{path: scale.yaml}]\npatchesStrategicMerge: [scale.yaml]\nreplicas: [{name: web, count: 3}]\n"), ask: app,
			unpinned: []string{"https://github.com/org/repo?ref=v1"}, kind: "base", holds: []string{`"ok"`}, lacks: []string{"Deployment"}, traced: "app/scale.yaml"},
		{name: "a replacement from what is not there", files: kust("resources: [\"https://github.com/org/repo?ref=v1\", web.yaml]\nreplacements:\n- source: {kind: Secret, name: gone}\n  targets: [{select: {kind: Deployment}, fieldPaths: [metadata.name]}]\n"), ask: app,
			unpinned: []string{"https://github.com/org/repo?ref=v1"}, kind: "base", holds: []string{`"web"`}},
		{name: "a chart of a repository", files: func() map[string]string {
			files := kust("resources: [ok.yaml]\nhelmCharts:\n- {name: redis, repo: https://charts.example.com, version: 1.0.0, valuesFile: values.yaml}\n")
			files["app/values.yaml"] = "a: 1\n"
			return files
		}(), ask: app, unpinned: []string{"https://charts.example.com/redis:1.0.0"}, kind: "chart", holds: []string{`"ok"`}, traced: "app/values.yaml"},
		{name: "a dependency of a chart", files: map[string]string{
			"Chart.yaml": "apiVersion: v2\nname: c\nversion: 0.1.0\ndependencies: [{name: dep, version: 1.0.0, repository: \"https://x.example.com\"}]\n", "templates/a.yaml": configMap},
			ask: request{kind: "helm", options: helmRelease}, unpinned: []string{"https://x.example.com/dep:1.0.0"}, kind: "chart", holds: []string{`"ok"`}},
		{name: "a dependency that the chart's templates need", files: map[string]string{
			"Chart.yaml":       "apiVersion: v2\nname: c\nversion: 0.1.0\ndependencies: [{name: dep, version: 1.0.0, repository: \"oci://x.example.com\"}]\n",
			"templates/a.yaml": "{{ include \"dep.all\" . }}\n"},
			ask: request{kind: "helm", options: helmRelease}, unpinned: []string{"oci://x.example.com/dep:1.0.0"}, kind: "chart", nothing: true},
	}
}

func scale(name string, replicas int) string {
	return strings.ReplaceAll(strings.ReplaceAll(deploymentYAML, "web", name), "2", string(rune('0'+replicas)))
}

func TestTheRestIsRenderedWithoutWhatIsNotFetched(t *testing.T) {
	r := newRepo(t)
	e := start(t)
	for _, p := range partials() {
		t.Run(p.name, func(t *testing.T) {
			p.ask.tree, p.ask.output = r.addFiles(t, text(p.files)), "json"
			got := e.render(t, r, p.ask)
			if !got.failed() || got.header["kind"] != "refused" || (got.header["partial"] == true) == p.nothing {
				t.Fatalf("got %v %s", got.header, got.body)
			}
			for _, want := range p.unpinned {
				found := false
				list, _ := got.header["unpinned"].([]any)
				for _, one := range list {
					entry, _ := one.(map[string]any)
					found = found || entry["reference"] == want && entry["kind"] == p.kind
				}
				if !found || len(list) != len(p.unpinned) {
					t.Errorf("unpinned is not %v: %v", p.unpinned, list)
				}
			}
			for _, want := range p.holds {
				if !strings.Contains(string(got.body), want) {
					t.Errorf("the body lacks %s: %s", want, got.body)
				}
			}
			for _, not := range p.lacks {
				if strings.Contains(string(got.body), not) {
					t.Errorf("the body has %s: %s", not, got.body)
				}
			}
			traced := p.traced == ""
			for _, lookup := range got.trace() {
				traced = traced || lookup[0] == p.traced
			}
			if !traced {
				t.Errorf("the trace lacks %s: %v", p.traced, got.trace())
			}
		})
	}
}

func TestAMistakeBesideARemoteBaseIsTheError(t *testing.T) {
	r := newRepo(t)
	files := map[string]string{"app/kustomization.yaml": "resources:\n- https://github.com/org/repo?ref=v1\n- gone.yaml\n"}
	got := start(t).render(t, r, request{tree: r.addFiles(t, text(files)), path: "app"})
	if got.header["kind"] != "input" || got.header["partial"] == true || !strings.Contains(got.message(), "app/gone.yaml") {
		t.Errorf("got %v", got.header)
	}
}

func TestWithoutSomethingLeftOutAPatchMustFindItsResource(t *testing.T) {
	r := newRepo(t)
	files := map[string]string{"app/kustomization.yaml": "resources: [ok.yaml]\npatches: [{path: scale.yaml}]\n", "app/ok.yaml": configMap, "app/scale.yaml": scale("web", 0)}
	got := start(t).render(t, r, request{tree: r.addFiles(t, text(files)), path: "app"})
	if got.header["kind"] != "input" || !strings.Contains(got.message(), "no resource matches") {
		t.Errorf("got %v", got.header)
	}
}
