package main_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

const (
	elsewhere = "https://git.example.com/org/repo//base?ref=v1"
	thirdRepo = "https://git.example.com/org/third?ref=v1"
)

func atSource(name string) string { return "@sources/git/" + name }

// mountedRequest is a render of app/ in a repository whose kustomization names elsewhere and thirdRepo.
func mountedRequest(t *testing.T, r *repo, repository, remote map[string]entry) request {
	t.Helper()
	third := r.addFiles(t, text(map[string]string{"kustomization.yaml": "resources: [third.yaml]\n", "third.yaml": named("third")}))
	return request{
		tree: r.addFiles(t, repository), path: "app", output: "json",
		mounts:  map[string]string{atSource("repo"): r.addFiles(t, remote), atSource("third"): third},
		remotes: map[string]string{elsewhere: atSource("repo"), thirdRepo: atSource("third")},
	}
}

func named(name string) string { return strings.ReplaceAll(configMap, "name: ok", "name: "+name) }

func namesOf(t *testing.T, got answer) (names, files []string) {
	t.Helper()
	if got.failed() {
		t.Fatalf("the engine fails: %v", got.header)
	}
	var resources []struct {
		Object struct {
			Metadata struct{ Name string }
		}
		File string
	}
	if err := json.Unmarshal(got.body, &resources); err != nil {
		t.Fatal(err)
	}
	for _, one := range resources {
		names, files = append(names, one.Object.Metadata.Name), append(files, one.File)
	}
	return names, files
}

func TestResourcesOfAMountNameTheirFilesBelowIt(t *testing.T) {
	r := newRepo(t)
	q := mountedRequest(t, r, kustomization("resources: [ok.yaml, \""+elsewhere+"\", \""+thirdRepo+"\"]\n"),
		text(map[string]string{"base/kustomization.yaml": "resources: [../other]\nconfigMapGenerator: [{name: made, literals: [a=b]}]\ngeneratorOptions: {disableNameSuffixHash: true}\n",
			"other/kustomization.yaml": "resources: [cm.yaml]\n", "other/cm.yaml": named("other")}))
	names, files := namesOf(t, start(t).render(t, r, q))
	if want := []string{"made", "ok", "other", "third"}; !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
	want := []string{"@sources/git/repo/base/kustomization.yaml", "app/ok.yaml", "@sources/git/repo/other/cm.yaml", "@sources/git/third/third.yaml"}
	if !slices.Equal(files, want) {
		t.Errorf("got %v, want %v", files, want)
	}
}

// escape is what one source does to read another.
type escape struct {
	name       string
	repository map[string]entry
	remote     map[string]string
	options    map[string]any
	ask        string
	kind       string
	says       []string
}

func escapes() []escape {
	entering := kustomization("resources: [\"" + elsewhere + "\"]\n")
	secret := func(files map[string]entry) map[string]entry {
		files["secret/kustomization.yaml"] = entry{content: "resources: [cm.yaml]\n"}
		files["secret/cm.yaml"] = entry{content: named("secret")}
		return files
	}
	link := text(map[string]string{"base/kustomization.yaml": "resources: [cm.yaml]\n"})
	link["base/cm.yaml"] = entry{mode: "120000", content: "../../../../secret/cm.yaml"}
	base := func(kust string) map[string]string {
		return map[string]string{"base/kustomization.yaml": kust, "base/ok.yaml": configMap}
	}
	return []escape{
		{name: "a base of the repository from a mount", repository: secret(entering), remote: base("resources: [../../../../secret]\n"), kind: "refused", says: []string{"secret", "outside @sources/git/repo"}},
		{name: "a base of another mount from a mount", repository: entering, remote: base("resources: [../../third]\n"), kind: "refused", says: []string{"third", "outside @sources/git/repo"}},
		{name: "a folder above the mount", repository: entering, remote: base("resources: [../..]\n"), kind: "refused", says: []string{"outside @sources/git/repo"}},
		{name: "a file of the repository from a mount", repository: secret(entering), remote: base("configMapGenerator: [{name: x, files: [../../../../secret/cm.yaml]}]\n"), kind: "refused", says: []string{"secret/cm.yaml"}},
		{name: "a file of its own repository above the base, even where the target may read everywhere", repository: entering, options: map[string]any{"loadRestrictor": "none"},
			remote: map[string]string{"base/kustomization.yaml": "configMapGenerator: [{name: x, files: [../top.txt]}]\n", "top.txt": "x"}, kind: "refused", says: []string{"top.txt"}},
		{name: "a chart of the repository from a mount", repository: secret(entering), remote: base("helmGlobals: {chartHome: ../../../../secret}\nhelmCharts: [{name: c, valuesFile: ok.yaml}]\n"), kind: "refused", says: []string{"secret/c", "outside"}},
		{name: "a mount by its path", repository: kustomization("resources: [../@sources/git/third]\n"), kind: "input", says: []string{"@sources/git/third"}},
		{name: "a mount by its path, without restriction", repository: kustomization("configMapGenerator: [{name: x, files: [../@sources/git/third/third.yaml]}]\n"),
			options: map[string]any{"loadRestrictor": "none"}, kind: "input", says: []string{"@sources/git/third/third.yaml"}},
		{name: "a chart home in a mount", repository: kustomization("helmGlobals: {chartHome: ../@sources/git}\nhelmCharts: [{name: third, valuesFile: ok.yaml}]\n"), kind: "input", says: []string{"third"}},
		{name: "a chart with a dependency in a mount", repository: text(map[string]string{"app/Chart.yaml": "apiVersion: v2\nname: c\nversion: 0.1.0\ndependencies: [{name: d, version: 1.0.0, repository: \"file://../@sources/git/third\"}]\n"}),
			ask: "helm", kind: "input", says: []string{"@sources/git/third"}},
		{name: "a repository in itself", repository: entering, remote: base("resources: [\"" + elsewhere + "\"]\n"), kind: "input", says: []string{"cycle detected"}},
		{name: "a folder that the repository lacks", repository: entering, remote: map[string]string{"README.md": "x", "other/x": "y"}, kind: "input", says: []string{`has no folder "base"`, elsewhere}},
	}
}

func TestASourceReadsNothingOfAnotherOne(t *testing.T) {
	r := newRepo(t)
	e := start(t)
	for _, x := range escapes() {
		t.Run(x.name, func(t *testing.T) {
			if x.remote == nil {
				x.remote = map[string]string{"base/kustomization.yaml": "resources: []\n"}
			}
			q := mountedRequest(t, r, x.repository, text(x.remote))
			q.options, q.kind = x.options, x.ask
			if x.ask == "helm" {
				q.options = helmRelease
			}
			got := e.render(t, r, q)
			if !got.failed() || got.header["kind"] != x.kind || strings.Contains(got.message(), "=tree=") {
				t.Fatalf("got %v %s", got.header, got.body)
			}
			for _, word := range x.says {
				if !strings.Contains(got.message(), word) {
					t.Errorf("the message does not say %q: %s", word, got.message())
				}
			}
		})
	}
}

func TestALinkInAMountIsRefused(t *testing.T) {
	r := newRepo(t)
	remote := text(map[string]string{"base/kustomization.yaml": "resources: [cm.yaml]\n"})
	remote["base/cm.yaml"] = entry{mode: "120000", content: "../../../../app/ok.yaml"}
	got := start(t).render(t, r, mountedRequest(t, r, kustomization("resources: [\""+elsewhere+"\"]\n"), remote))
	if got.header["kind"] != "refused" || got.header["file"] != "@sources/git/repo/base/cm.yaml" {
		t.Errorf("got %v", got.header)
	}
}

func TestARenderOfTheRootHasNothingOfTheMounts(t *testing.T) {
	r := newRepo(t)
	q := mountedRequest(t, r, text(map[string]string{"a.yaml": configMap, "sub/b.yaml": named("b")}), text(map[string]string{"x.yaml": named("x")}))
	q.kind, q.path = "plain", ""
	names, _ := namesOf(t, start(t).render(t, r, q))
	if want := []string{"ok", "b"}; !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
}

func TestWithoutMountsAFolderOfTheirNameIsOneLikeOthers(t *testing.T) {
	r := newRepo(t)
	tree := r.addFiles(t, text(map[string]string{"@sources/git/a.yaml": configMap}))
	names, _ := namesOf(t, start(t).render(t, r, request{kind: "plain", tree: tree, output: "json"}))
	if want := []string{"ok"}; !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
}

func TestATargetInAMountIsConfinedToIt(t *testing.T) {
	r := newRepo(t)
	q := mountedRequest(t, r, kustomization("resources: [ok.yaml]\n"), text(map[string]string{"base/kustomization.yaml": "resources: [../../../../app]\n"}))
	q.path, q.options = atSource("repo")+"/base", map[string]any{"loadRestrictor": "none"}
	got := start(t).render(t, r, q)
	if got.header["kind"] != "refused" || !strings.Contains(got.message(), "outside @sources/git/repo") {
		t.Errorf("got %v", got.header)
	}
}

func TestWhatIsMissingSaysWhatToBring(t *testing.T) {
	r := newRepo(t)
	e := start(t)
	kust := func(content string) request {
		return request{tree: r.addFiles(t, kustomization(content)), path: "app", output: "json"}
	}
	dependency := func(repository, version string) request {
		return request{kind: "helm", options: helmRelease, output: "json", tree: r.addFiles(t, text(map[string]string{
			"Chart.yaml": "apiVersion: v2\nname: c\nversion: 0.1.0\ndependencies:\n- {name: dep, version: \"" + version + "\", repository: \"" + repository + "\"}\n"}))}
	}
	for name, c := range map[string]struct {
		ask    request
		line   float64
		source string
	}{
		"a base":                       {kust("resources:\n- ok.yaml\n- https://github.com/org/repo//base?ref=v1\n"), 3, `{"kind":"git","revision":{"kind":"any","text":"v1"},"submodules":true,"url":"https://github.com/org/repo"}`},
		"a base without its scheme":    {kust("resources:\n- github.com/org/repo/base?submodules=false\n"), 2, `{"kind":"git","revision":{"kind":"any","text":""},"submodules":false,"url":"https://github.com/org/repo"}`},
		"a base by ssh":                {kust("resources:\n- git@example.com:org/repo.git//x?ref=abc\n"), 2, `{"kind":"git","revision":{"kind":"any","text":"abc"},"submodules":true,"url":"git@example.com:org/repo.git"}`},
		"a file":                       {kust("resources:\n- https://example.com/a/b/crds.yaml\n"), 2, `{"kind":"file","url":"https://example.com/a/b/crds.yaml"}`},
		"an address that is no clone":  {kust("resources:\n- https://example.com/crds\n"), 2, `{"kind":"file","url":"https://example.com/crds"}`},
		"a patch":                      {kust("resources: [ok.yaml]\npatches:\n- path: https://example.com/a/b/patch.yaml\n"), 3, `{"kind":"file","url":"https://example.com/a/b/patch.yaml"}`},
		"a chart":                      {kust("helmCharts:\n- {name: redis, repo: https://charts.example.com, version: 1.0.0}\n"), 2, `{"chart":"redis","kind":"helm","repository":"https://charts.example.com","version":"1.0.0"}`},
		"a chart of a registry":        {kust("helmCharts:\n- {name: redis, repo: oci://example.com/charts/}\n"), 2, `{"kind":"oci-chart","url":"oci://example.com/charts/redis","version":""}`},
		"a chart at any version":       {kust("helmCharts:\n- {name: redis, repo: https://charts.example.com, devel: true}\n"), 2, `{"chart":"redis","kind":"helm","repository":"https://charts.example.com","version":"\u003e0.0.0-0"}`},
		"a dependency":                 {dependency("https://charts.example.com/x", "^1.0"), 5, `{"chart":"dep","kind":"helm","repository":"https://charts.example.com/x","version":"^1.0"}`},
		"a dependency from a registry": {dependency("oci://example.com/charts", "1.2.3"), 5, `{"kind":"oci-chart","url":"oci://example.com/charts/dep","version":"1.2.3"}`},
	} {
		t.Run(name, func(t *testing.T) {
			got := e.render(t, r, c.ask)
			list, _ := got.header["unpinned"].([]any)
			if len(list) != 1 {
				t.Fatalf("got %v", got.header)
			}
			one, _ := list[0].(map[string]any)
			source, _ := json.Marshal(one["source"])
			if string(source) != c.source || one["line"] != c.line {
				t.Errorf("got %s at line %v, want %s at %v", source, one["line"], c.source, c.line)
			}
		})
	}
}
