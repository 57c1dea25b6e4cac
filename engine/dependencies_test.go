package main_test

import (
	"slices"
	"strings"
	"testing"
)

func chartYAML(name, dependencies string) string {
	if dependencies != "" {
		dependencies = "dependencies:\n" + dependencies
	}
	return "apiVersion: v2\nname: " + name + "\nversion: 1.0.0\n" + dependencies
}

func TestResourcesOfDependenciesNameTheirFiles(t *testing.T) {
	r := newRepo(t)
	redis := r.addFiles(t, text(map[string]string{"Chart.yaml": chartYAML("redis", ""), "templates/a.yaml": named("redis"), "charts/common/Chart.yaml": chartYAML("common", ""),
		"charts/common/templates/c.yaml": named("common")}))
	files := map[string]string{
		"web/Chart.yaml": chartYAML("web", "- {name: redis, alias: cache, version: 1.0.0, repository: \"https://charts.example.com\"}\n- {name: lib, version: 1.0.0, repository: \"file://../lib\"}\n"),
		"lib/Chart.yaml": chartYAML("lib", ""), "lib/templates/l.yaml": named("lib"),
	}
	names, from := namesOf(t, start(t).render(t, r, request{
		tree: r.addFiles(t, text(files)), kind: "helm", path: "web", options: helmRelease, output: "json",
		mounts: map[string]string{"@sources/redis": redis}, remotes: map[string]string{"https://charts.example.com/redis:1.0.0": "@sources/redis"},
	}))
	got := map[string]string{}
	for i, name := range names {
		got[name] = from[i]
	}
	for name, file := range map[string]string{"redis": "@sources/redis/templates/a.yaml", "common": "@sources/redis/charts/common/templates/c.yaml", "lib": "lib/templates/l.yaml"} {
		if got[name] != file {
			t.Errorf("%s comes from %q, want %q", name, got[name], file)
		}
	}
}

func TestDependenciesThatHelmWouldNotBuildAreErrors(t *testing.T) {
	r := newRepo(t)
	e := start(t)
	lib := func(version string) string { return strings.Replace(chartYAML("lib", ""), "1.0.0", version, 1) }
	local := "- {name: lib, version: ^1.0, repository: \"file://../lib\"}\n"
	for _, c := range []struct {
		name, kind, file string
		files            map[string]string
		path             string
		says             []string
	}{
		{name: "a lock for other dependencies", kind: "input", file: "web/Chart.lock", says: []string{"out of sync"}, files: map[string]string{
			"web/Chart.yaml": chartYAML("web", local), "lib/Chart.yaml": lib("1.2.0"),
			"web/Chart.lock": "dependencies:\n- {name: lib, version: 1.0.0, repository: \"file://../lib\"}\ndigest: sha256:0000\ngenerated: \"2026-01-01T00:00:00Z\"\n"}},
		{name: "a lock for fewer dependencies", kind: "input", file: "web/Chart.lock", says: []string{"out of sync"}, files: map[string]string{
			"web/Chart.yaml": chartYAML("web", local), "web/Chart.lock": "dependencies: []\ndigest: sha256:0000\ngenerated: \"2026-01-01T00:00:00Z\"\n"}},
		{name: "a folder with another version", kind: "input", file: "web/Chart.yaml", says: []string{"lib", `"2.0.0"`, `"^1.0"`}, files: map[string]string{
			"web/Chart.yaml": chartYAML("web", local), "lib/Chart.yaml": lib("2.0.0")}},
		{name: "a folder that is not there", kind: "input", file: "web/Chart.yaml", says: []string{`"lib"`, "does not exist"}, files: map[string]string{"web/Chart.yaml": chartYAML("web", local)}},
		{name: "a folder with another chart", kind: "input", file: "web/Chart.yaml", says: []string{"missing in charts/ directory: lib"}, files: map[string]string{
			"web/Chart.yaml": chartYAML("web", local), "lib/Chart.yaml": chartYAML("other", "")}},
		{name: "a folder of the machine", kind: "refused", file: "web/Chart.yaml", says: []string{"/etc", "outside the repository"}, files: map[string]string{
			"web/Chart.yaml": chartYAML("web", "- {name: etc, version: 1.0.0, repository: \"file:///etc\"}\n")}},
		{name: "a folder above the repository", kind: "refused", says: []string{"outside the repository"}, files: map[string]string{
			"web/Chart.yaml": chartYAML("web", "- {name: etc, version: 1.0.0, repository: \"file://../../../etc\"}\n")}},
		{name: "a folder of the repository from a mount", kind: "refused", path: atSource("repo"), says: []string{"lib", "outside @sources/git/repo"}, files: map[string]string{"lib/Chart.yaml": lib("1.0.0")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			remote := text(map[string]string{"Chart.yaml": chartYAML("web", "- {name: lib, version: 1.0.0, repository: \"file://../../../lib\"}\n")})
			q := mountedRequest(t, r, text(c.files), remote)
			q.kind, q.options, q.path = "helm", helmRelease, c.path
			if c.path == "" {
				q.path = "web"
			}
			got := e.render(t, r, q)
			file, _ := got.header["file"].(string)
			if !got.failed() || got.header["kind"] != c.kind || file != c.file {
				t.Fatalf("got %v %s", got.header, got.body)
			}
			lacks := func(word string) bool { return !strings.Contains(got.message(), word) }
			if slices.ContainsFunc(c.says, lacks) {
				t.Errorf("the message does not say %q: %s", c.says, got.message())
			}
		})
	}
}
