package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
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

const settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {url: \"${HOST}/${PATH:=x}\", size: \"${SIZE}\"}\n"

func fluxOptions(spec map[string]any, more map[string]any) map[string]any {
	o := map[string]any{"namespace": "flux-system", "name": "apps", "root": "", "spec": spec}
	for k, v := range more {
		o[k] = v
	}
	return o
}

func TestValuesThatOnlyTheClusterHasBecomePlaceholders(t *testing.T) {
	r := newRepo(t)
	tree := r.addFiles(t, text(map[string]string{"apps/settings.yaml": settings}))
	spec := map[string]any{"path": "apps", "postBuild": map[string]any{"substitute": map[string]any{"SIZE": "5"}}}
	got := start(t).render(t, r, request{tree: tree, kind: "flux", output: "json", options: fluxOptions(spec, map[string]any{"placeholders": []string{"Secret/cluster"}})})
	if got.failed() || !strings.Contains(string(got.body), `"data":{"size":5,"url":"..UNKNOWN_HOST../x"}`) {
		t.Fatalf("%v\n%s", got.header, got.body)
	}
	unpinned, _ := json.Marshal(got.header["unpinned"])
	for _, words := range []string{`"kind":"value"`, `"reference":"HOST"`, `"reference":"PATH"`, "only the cluster has Secret/cluster"} {
		if !strings.Contains(string(unpinned), words) {
			t.Errorf("%s does not say %s", unpinned, words)
		}
	}
}

func TestAFailedSubstitutionNamesVariableObjectAndFile(t *testing.T) {
	r := newRepo(t)
	tree := r.addFiles(t, text(map[string]string{"apps/settings.yaml": settings}))
	spec := map[string]any{"path": "apps", "postBuild": map[string]any{"substitute": map[string]any{"SIZE": "5"}}}
	got := start(t).render(t, r, request{tree: tree, kind: "flux", options: fluxOptions(spec, nil)})
	if !got.failed() || got.header["file"] != "apps/settings.yaml" || !strings.Contains(got.message(), "ConfigMap/settings") || !strings.Contains(got.message(), `"HOST"`) {
		t.Fatalf("%v", got.header)
	}
}

func TestAnObjectFullOfDollarsIsRefused(t *testing.T) {
	r := newRepo(t)
	tree := r.addFiles(t, text(map[string]string{"apps/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: \"" + strings.Repeat("$$", 100_000) + "\"}\n"}))
	spec := map[string]any{"path": "apps", "postBuild": map[string]any{"substitute": map[string]any{"SIZE": "5"}}}
	if got := start(t).render(t, r, request{tree: tree, kind: "flux", options: fluxOptions(spec, nil)}); !strings.Contains(got.message(), "dollar signs") {
		t.Fatalf("%v", got.header)
	}
}

const encrypted = "data: ENC[AES256_GCM,data:aa==,iv:bb==,tag:cc==,type:str]\nsops:\n    mac: ENC[AES256_GCM,data:dd==,iv:ee==,tag:ff==,type:str]\n"

func TestWhatIsEncryptedIsShownEncryptedAndTold(t *testing.T) {
	r := newRepo(t)
	tree := r.addFiles(t, text(map[string]string{
		"apps/kustomization.yaml": "resources: [secret.yaml]\npatches: [{path: patch.yaml}]\nsecretGenerator: [{name: made, files: [values.yaml]}]\n",
		"apps/secret.yaml":        "apiVersion: v1\nkind: Secret\nmetadata: {name: kept}\nstringData:\n  a: ENC[AES256_GCM,data:aa==,iv:bb==,tag:cc==,type:str]\nsops:\n  mac: x\n",
		"apps/patch.yaml":         "apiVersion: v1\nkind: Secret\nmetadata: {name: kept}\n" + encrypted,
		"apps/values.yaml":        encrypted,
	}))
	got := start(t).render(t, r, request{tree: tree, kind: "flux", output: "json", options: fluxOptions(map[string]any{"path": "apps"}, nil)})
	if got.failed() || !strings.Contains(string(got.body), `"name":"made-`) || !strings.Contains(string(got.body), `"a":"ENC[AES256_GCM`) {
		t.Fatalf("%v\n%s", got.header, got.body)
	}
	warnings, _ := json.Marshal(got.header["warnings"])
	for _, words := range []string{`"file":"apps/patch.yaml"`, `"file":"apps/values.yaml"`} {
		if !strings.Contains(string(warnings), words) {
			t.Errorf("%s does not say %s", warnings, words)
		}
	}
}

func TestTheTraceOfAKustomizationSaysWhatWasRead(t *testing.T) {
	r := newRepo(t)
	tree := r.addFiles(t, map[string]entry{
		".sourceignore":           {content: "*.skip\n"},
		"apps/kustomization.yaml": {content: "resources: [settings.yaml]\nbases: [../base]\n"},
		"apps/settings.yaml":      {content: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n"},
		"base/kustomization.yaml": {content: "resources: [../linked.yaml]\n"},
		"linked.yaml":             {mode: "120000", content: "apps/settings.yaml"},
	})
	got := start(t).render(t, r, request{tree: tree, kind: "flux", options: fluxOptions(map[string]any{"path": "apps"}, nil)})
	if !got.failed() {
		t.Fatalf("a link was followed: %s", got.body)
	}
	trace, _ := json.Marshal(got.trace())
	for _, entry := range []string{`[".sourceignore","file",`, `["apps/.sourceignore","absent"]`, `["apps/kustomization.yaml","file",`, `["linked.yaml","link",`} {
		if !strings.Contains(string(trace), entry) {
			t.Errorf("%s has no %s", trace, entry)
		}
	}
}

func TestADeprecationWarningNamesTheLineOfTheFileAsItStands(t *testing.T) {
	r := newRepo(t)
	tree := r.addFiles(t, text(map[string]string{"apps/kustomization.yaml": "# one\n# two\nbases: [../base]\n", "base/kustomization.yaml": "namePrefix: a-\n"}))
	spec := map[string]any{"path": "apps", "patches": []any{}, "namePrefix": "x-"}
	got := start(t).render(t, r, request{tree: tree, kind: "flux", options: fluxOptions(spec, nil)})
	warnings, _ := json.Marshal(got.header["warnings"])
	if got.failed() || !strings.Contains(string(warnings), `"file":"apps/kustomization.yaml","line":3`) {
		t.Fatalf("%v", got.header)
	}
}

func TestLayersThatOnlyTheClusterHasAreListed(t *testing.T) {
	r := newRepo(t)
	tree := r.addFiles(t, text(map[string]string{
		"chart/Chart.yaml":        "apiVersion: v2\nname: app\nversion: 1.0.0\n",
		"chart/templates/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {password: {{ .Values.auth.password }}}\n",
	}))
	got := start(t).render(t, r, request{tree: tree, path: "chart", kind: "helmrelease", output: "json", options: map[string]any{
		"namespace": "apps", "name": "web", "root": "chart", "spec": map[string]any{},
		"valuesFrom": []any{map[string]any{"unknown": "Secret/web"}, map[string]any{"unknown": "Secret/auth", "targetPath": "auth.password"}},
	}})
	if got.failed() || !strings.Contains(string(got.body), `"password":"..UNKNOWN_Secret/auth.."`) || !strings.Contains(string(got.body), `"file":"chart/templates/cm.yaml"`) {
		t.Fatalf("%v\n%s", got.header, got.body)
	}
	unpinned, _ := json.Marshal(got.header["unpinned"])
	if strings.Count(string(unpinned), `"kind":"value"`) != 2 {
		t.Errorf("%s", unpinned)
	}
}

func TestARemoteBaseOfAKustomizationIsReadFromItsMount(t *testing.T) {
	r := newRepo(t)
	q := mountedRequest(t, r, map[string]entry{
		"app/kustomization.yaml": {content: "resources: [\"" + elsewhere + "\", \"" + thirdRepo + "\"]\n"},
		".sourceignore":          {content: "*.yaml\n!/app/\n"},
	}, text(map[string]string{"base/kustomization.yaml": "resources: [cm.yaml]\n", "base/cm.yaml": named("other")}))
	q.kind, q.options = "flux", fluxOptions(map[string]any{"path": "app", "namePrefix": "p-"}, nil)
	if got, _ := namesOf(t, start(t).render(t, r, q)); !slices.Equal(got, []string{"p-other", "p-third"}) {
		t.Errorf("%v", got)
	}
}

func TestASourceThatIsAMountIsBuiltByItsOwnRules(t *testing.T) {
	r := newRepo(t)
	q := mountedRequest(t, r, text(map[string]string{".sourceignore": "*\n", "a.yaml": named("repository")}),
		text(map[string]string{".sourceignore": "skipped.yaml\n", "deploy/cm.yaml": named("mounted"), "deploy/skipped.yaml": named("skipped")}))
	q.kind, q.path, q.options = "flux", "", fluxOptions(map[string]any{"path": "./deploy"}, map[string]any{"root": atSource("repo")})
	e := start(t)
	if got, files := namesOf(t, e.render(t, r, q)); !slices.Equal(got, []string{"mounted"}) || files[0] != atSource("repo")+"/deploy/cm.yaml" {
		t.Errorf("%v %v", got, files)
	}
	q.options = fluxOptions(map[string]any{"path": "./deploy", "components": []string{"../../third"}}, map[string]any{"root": atSource("repo")})
	if got := e.render(t, r, q); !got.failed() || got.header["kind"] != "refused" {
		t.Errorf("a source is left: %v %s", got.header, got.body)
	}
}

func TestTheRepositoryAsASourceHasNoMounts(t *testing.T) {
	r := newRepo(t)
	q := mountedRequest(t, r, text(map[string]string{"a.yaml": named("repository")}), text(map[string]string{"cm.yaml": named("mounted"), ".sourceignore": "x\n"}))
	q.kind, q.path, q.options = "flux", "", fluxOptions(map[string]any{}, nil)
	e := start(t)
	if got, _ := namesOf(t, e.render(t, r, q)); !slices.Equal(got, []string{"repository"}) {
		t.Errorf("%v", got)
	}
	q.options = fluxOptions(map[string]any{"path": atSource("repo")}, nil)
	if got := e.render(t, r, q); !got.failed() {
		t.Errorf("a mount is read as a part of the repository: %s", got.body)
	}
}
