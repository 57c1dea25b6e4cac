package main_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// application makes the options of an Application with one source.
func application(source map[string]any) map[string]any {
	all := map[string]any{"repoURL": "https://github.com/acme/deploy"}
	for key, value := range source {
		all[key] = value
	}
	return map[string]any{
		"appName": "web", "roots": []string{""},
		"spec": map[string]any{"destination": map[string]any{"namespace": "team"}, "source": all},
	}
}

// applicationSet makes the options of an ApplicationSet over the repository at HEAD.
func applicationSet(generators ...map[string]any) map[string]any {
	return map[string]any{
		"set": map[string]any{
			"metadata": map[string]any{"name": "set", "namespace": "argocd"},
			"spec": map[string]any{
				"goTemplate": true, "generators": generators,
				"template": map[string]any{"metadata": map[string]any{"name": "x{{.name}}{{with .path}}{{.basename}}{{end}}"}, "spec": map[string]any{}},
			},
		},
		"repositories": []map[string]any{{"url": "https://github.com/acme/deploy", "revision": "HEAD", "root": ""}},
		"clusters":     []any{},
	}
}

func gitGenerator(fields map[string]any) map[string]any {
	fields["repoURL"], fields["revision"] = "https://github.com/acme/deploy", "HEAD"
	return map[string]any{"git": fields}
}

func paths(list ...string) []map[string]any {
	var out []map[string]any
	for _, path := range list {
		out = append(out, map[string]any{"path": path})
	}
	return out
}

func renderedNames(t *testing.T, got answer) []string {
	t.Helper()
	if got.failed() {
		t.Fatalf("the engine fails: %v", got.header)
	}
	var resources []struct {
		Object struct {
			Metadata struct {
				Name string `json:"name"`
			} `json:"metadata"`
		} `json:"object"`
	}
	if err := json.Unmarshal(got.body, &resources); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range resources {
		out = append(out, r.Object.Metadata.Name)
	}
	return out
}

func TestAnApplicationTracesWhatDecidesItsRender(t *testing.T) {
	r := newRepo(t)
	tree := r.addFiles(t, text(map[string]string{
		"app/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n", "app/templates/a.yaml": configMap,
		"env/a.yaml": "a: 1\n", "env/b.yaml": "b: 1\n", "other/x.yaml": configMap,
	}))
	options := application(map[string]any{"path": "app", "helm": map[string]any{
		"valueFiles": []string{"/env/*.yaml", "/missing.yaml"}, "ignoreMissingValueFiles": true,
	}})
	got := start(t).render(t, r, request{tree: tree, kind: "argocd", options: options, output: "json"})
	if list := renderedNames(t, got); !slices.Equal(list, []string{"ok"}) {
		t.Errorf("it renders %v", list)
	}
	for _, want := range [][]string{
		{"app", "tree"}, {"app/.argocd-source.yaml", "absent"}, {"app/.argocd-source-web.yaml", "absent"},
		{"env", "tree"}, {"env/a.yaml", "file"}, {"env/b.yaml", "file"}, {"missing.yaml", "absent"},
	} {
		if !slices.ContainsFunc(got.trace(), func(e []string) bool { return e[0] == want[0] && e[1] == want[1] }) {
			t.Errorf("the trace lacks %v: %v", want, got.trace())
		}
	}
	if slices.ContainsFunc(got.trace(), func(e []string) bool { return e[0] == "other" || e[0] == "" }) {
		t.Errorf("the trace has what does not count: %v", got.trace())
	}
}

func TestAnApplicationSetTracesOnlyTheFoldersThatItLists(t *testing.T) {
	r := newRepo(t)
	tree := r.addFiles(t, text(map[string]string{"apps/a/k.yaml": "x", "apps/b/k.yaml": "x", "other/c/k.yaml": "x", "cfg/x.yaml": "name: file\n"}))
	options := applicationSet(
		gitGenerator(map[string]any{"directories": paths("apps/*")}),
		gitGenerator(map[string]any{"files": paths("cfg/*.yaml")}),
	)
	got := start(t).render(t, r, request{tree: tree, kind: "applicationset", options: options, output: "json"})
	if list := renderedNames(t, got); !slices.Equal(list, []string{"x<no value>a", "x<no value>b", "xfilecfg"}) {
		t.Errorf("it makes %v", list)
	}
	for _, e := range got.trace() {
		if e[0] == "other" || e[0] == "apps/a" {
			t.Errorf("the trace has what does not count: %v", got.trace())
		}
	}
}

func TestRowsStandInForWhatAGeneratorAsks(t *testing.T) {
	r := newRepo(t)
	tree := r.addFiles(t, text(map[string]string{"x": "x"}))
	requests := map[string]any{"pullRequest": map[string]any{"values": map[string]any{"slug": "pr-{{ .number }}"}}}
	options := applicationSet(requests)
	spec := options["set"].(map[string]any)["spec"].(map[string]any)
	spec["template"].(map[string]any)["metadata"] = map[string]any{"name": "{{ .values.slug }}-{{ .author.name }}"}
	options["rows"] = map[string]any{"pullRequest": []any{
		map[string]any{"number": "7", "author": map[string]any{"name": "ada"}}, map[string]any{"number": "9", "author": map[string]any{"name": "bob"}},
	}}
	got := start(t).render(t, r, request{tree: tree, kind: "applicationset", options: options, output: "json"})
	if list := renderedNames(t, got); !slices.Equal(list, []string{"pr-7-ada", "pr-9-bob"}) {
		t.Errorf("with Go templates it makes %v", list)
	}
	spec["goTemplate"] = false
	requests["pullRequest"] = map[string]any{"values": map[string]any{"slug": "pr-{{ number }}"}}
	spec["template"].(map[string]any)["metadata"] = map[string]any{"name": "{{ values.slug }}-{{ author.name }}"}
	got = start(t).render(t, r, request{tree: tree, kind: "applicationset", options: options, output: "json"})
	if list := renderedNames(t, got); !slices.Equal(list, []string{"pr-7-ada", "pr-9-bob"}) {
		t.Errorf("with simple templates it makes %v", list)
	}
}

func TestAnUnknownGeneratorIsNamed(t *testing.T) {
	r := newRepo(t)
	tree := r.addFiles(t, text(map[string]string{"x": "x"}))
	for want, generator := range map[string]map[string]any{
		"generators: crystalBall":          {"crystalBall": map[string]any{}, "selector": map[string]any{}},
		"generators: one of them is empty": {},
	} {
		got := start(t).render(t, r, request{tree: tree, kind: "applicationset", options: applicationSet(generator)})
		if !strings.HasSuffix(got.message(), want) {
			t.Errorf("it says %q", got.message())
		}
	}
}

func TestWhatOnlyTheWorldHasIsNamed(t *testing.T) {
	r := newRepo(t)
	tree := r.addFiles(t, text(map[string]string{"app/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n", "app/templates/a.yaml": configMap}))
	values := "https://example.com/values.yaml"
	for name, c := range map[string]struct {
		ask             request
		words, unpinned string
	}{
		"plugin": {request{kind: "argocd", options: application(map[string]any{"path": "app", "plugin": map[string]any{"name": "tanka"}})}, `"tanka"`, ""},
		"value file": {request{kind: "argocd", options: application(map[string]any{"path": "app", "helm": map[string]any{"valueFiles": []string{values}}})},
			values, `"kind":"file","reason":"the value file is remote","reference":"` + values + `"`},
		"pull requests": {request{kind: "applicationset", options: applicationSet(map[string]any{"pullRequest": map[string]any{}})}, "pullRequest",
			`"kind":"generator"`},
		"repository": {request{kind: "applicationset", options: applicationSet(map[string]any{"git": map[string]any{
			"repoURL": "https://github.com/acme/other", "revision": "v1", "directories": paths("*"),
		}})}, "acme/other", `"reference":"https://github.com/acme/other@v1"`},
	} {
		t.Run(name, func(t *testing.T) {
			c.ask.tree, c.ask.output = tree, "json"
			got := start(t).render(t, r, c.ask)
			header, _ := json.Marshal(got.header)
			if got.header["kind"] != "refused" || !strings.Contains(got.message(), c.words) || !strings.Contains(string(header), c.unpinned) {
				t.Errorf("got %s", header)
			}
		})
	}
}

func TestWhatTheHostBringsIsUsed(t *testing.T) {
	r := newRepo(t)
	tree := r.addFiles(t, text(map[string]string{
		"app/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n", "app/templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ .Values.name }}'}\n",
	}))
	file := r.addFiles(t, text(map[string]string{"values.yaml": "name: fetched\n"}))
	folders := r.addFiles(t, text(map[string]string{"one/x": "x", "two/x": "x"}))
	e := start(t)
	values := "https://example.com/values.yaml"
	got := e.render(t, r, request{
		tree: tree, kind: "argocd", output: "json", mounts: map[string]string{"@sources/v": file}, remotes: map[string]string{values: "@sources/v"},
		options: application(map[string]any{"path": "app", "helm": map[string]any{"valueFiles": []string{values}}}),
	})
	if list := renderedNames(t, got); !slices.Equal(list, []string{"fetched"}) {
		t.Errorf("the chart gives %v", list)
	}
	got = e.render(t, r, request{
		tree: tree, kind: "applicationset", output: "json", mounts: map[string]string{"@sources/r": folders},
		remotes: map[string]string{"https://github.com/acme/other@v1": "@sources/r"},
		options: applicationSet(map[string]any{"git": map[string]any{"repoURL": "https://github.com/acme/other", "revision": "v1", "directories": paths("*")}}),
	})
	if list := renderedNames(t, got); !slices.Equal(list, []string{"x<no value>one", "x<no value>two"}) {
		t.Errorf("the set makes %v", list)
	}
}

func TestHostileProgramsOfArgoCDEnd(t *testing.T) {
	r := newRepo(t)
	jsonnet := application(map[string]any{"path": "app"})
	loop := applicationSet(map[string]any{"list": map[string]any{"elements": []any{map[string]any{"name": "a"}}}})
	set, _ := loop["set"].(map[string]any)
	spec, _ := set["spec"].(map[string]any)
	spec["templatePatch"] = "{{ range 1000000000000 }}{{ end }}"
	link := text(map[string]string{"app/a.jsonnet": `import "l.libsonnet"`})
	link["app/l.libsonnet"] = entry{"120000", "/etc/passwd"}
	for name, a := range map[string]attack{
		"endless recursion": {files: text(map[string]string{"app/a.jsonnet": "local f(x) = f(x + 1) + 1; f(0)"}), ask: request{kind: "argocd", options: jsonnet},
			kind: "input", names: []string{"max stack frames exceeded"}, file: "app/a.jsonnet"},
		"endless loop": {files: text(map[string]string{"app/a.jsonnet": "local f(x) = if x < 0 then 0 else f(x + 1) tailstrict; f(0)"}),
			ask: request{kind: "argocd", options: jsonnet, limits: map[string]any{"wallMs": 300}}, kind: "limit", limit: "wallMs", fatal: true},
		"import beyond the root": {files: text(map[string]string{"app/a.jsonnet": `importstr "../../../etc/passwd"`}), ask: request{kind: "argocd", options: jsonnet},
			kind: "input", names: []string{"outside repository root"}},
		"import of a link": {files: link, ask: request{kind: "argocd", options: jsonnet}, kind: "refused", names: []string{"app/l.libsonnet", "symbolic link"}},
		"endless template": {files: text(map[string]string{"x": "x"}), ask: request{kind: "applicationset", options: loop, limits: map[string]any{"wallMs": 300}},
			kind: "limit", limit: "wallMs", fatal: true},
		"value file in a mount": {files: text(map[string]string{"app/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n"}),
			ask:  request{kind: "argocd", options: application(map[string]any{"path": "app", "helm": map[string]any{"valueFiles": []string{"../../etc/passwd"}}})},
			kind: "input", names: []string{"outside repository root"}},
	} {
		t.Run(name, func(t *testing.T) {
			a.ask.tree = r.addFiles(t, a.files)
			checkRefusal(t, a, start(t).render(t, r, a.ask))
		})
	}
}
