package main_test

import (
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
)

const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ok\n"

// attack is a tree that must not be rendered, and what the error must say.
type attack struct {
	name    string
	files   map[string]entry
	ask     request
	kind    string
	names   []string
	limit   string
	fatal   bool
	file    string
	line    int
	traced  [][]string
	unfixed string
}

func chartWith(files map[string]string) map[string]entry {
	all := map[string]string{"Chart.yaml": "apiVersion: v2\nname: c\nversion: 0.1.0\n"}
	for k, v := range files {
		all[k] = v
	}
	return text(all)
}

var helmRelease = map[string]any{"releaseName": "r"}

func kustomization(content string) map[string]entry {
	return text(map[string]string{"app/kustomization.yaml": content, "app/ok.yaml": configMap})
}

func attacks(listener string) []attack {
	app := request{path: "app"}
	chart := request{kind: "helm", options: helmRelease}
	link := text(map[string]string{"app/kustomization.yaml": "resources: [link.yaml]\n"})
	link["app/link.yaml"] = entry{"120000", "/etc/passwd"}
	linkDir := text(map[string]string{"app/kustomization.yaml": "resources: [../linked]\n", "real/kustomization.yaml": "resources: [a.yaml]\n", "real/a.yaml": configMap})
	linkDir["linked"] = entry{"120000", "real"}
	linkKust := text(map[string]string{"app/kustomization.yaml": "resources: [ok.yaml]\n", "app/ok.yaml": configMap})
	linkKust["app/Kustomization"] = entry{"120000", "kustomization.yaml"}
	module := text(map[string]string{"app/kustomization.yaml": "resources: [../vendor/base]\n"})
	module["vendor"] = entry{"160000", "0123456789012345678901234567890123456789"}
	chartLink := chartWith(map[string]string{"templates/a.yaml": configMap})
	chartLink["templates/x.yaml"] = entry{"120000", "/etc/passwd"}
	plainLink := text(map[string]string{"m/a.yaml": configMap})
	plainLink["m/b.yaml"] = entry{"120000", "/etc/passwd"}
	return []attack{
		{name: "absolute path as resource", files: kustomization("resources: [/etc/passwd]\n"), ask: app, kind: "refused", names: []string{"/etc/passwd"}},
		{name: "absolute path in a generator", files: kustomization("configMapGenerator:\n- name: x\n  files: [/etc/passwd]\n"), ask: app, kind: "refused", names: []string{"/etc/passwd"}},
		{name: "absolute path without the restrictor", files: kustomization("configMapGenerator:\n- name: x\n  files: [/etc/passwd]\n"),
			ask: request{path: "app", options: map[string]any{"loadRestrictor": "none"}}, kind: "refused", names: []string{"/etc/passwd"}},
		{name: "parents beyond the root", files: kustomization("resources: [../../../../../../etc/passwd]\n"), ask: app, kind: "refused", names: []string{"/etc/passwd"}},
		{name: "base beyond the root", files: kustomization("resources: [../../other]\n"), ask: app, kind: "refused", names: []string{"/other"}},
		{name: "file above the kustomization", files: text(map[string]string{"app/kustomization.yaml": "configMapGenerator:\n- name: x\n  files: [../secret.txt]\n", "secret.txt": "s"}), ask: app,
			kind: "refused", names: []string{"secret.txt", "app"}},
		{name: "symlink as a file", files: link, ask: app, kind: "refused", names: []string{"app/link.yaml", "symbolic link"}, traced: [][]string{{"app/link.yaml", "link"}}},
		{name: "symlink as a directory", files: linkDir, ask: app, kind: "refused", names: []string{"linked"}, traced: [][]string{{"linked", "link"}}},
		{name: "symlink that would be a second kustomization", files: linkKust, ask: app, kind: "refused", names: []string{"app/Kustomization"}},
		{name: "submodule", files: module, ask: app, kind: "refused", names: []string{"vendor", "submodule"}, traced: [][]string{{"vendor", "module"}}},
		{name: "symlink in a chart", files: chartLink, ask: chart, kind: "refused", names: []string{"templates/x.yaml"}},
		{name: "symlink in a plain directory", files: plainLink, ask: request{kind: "plain", path: "m"}, kind: "refused", names: []string{"m/b.yaml"}},
		{name: "remote file", files: kustomization("resources:\n- ok.yaml\n- http://" + listener + "/x.yaml\n"), ask: app, kind: "refused",
			names: []string{listener}, file: "app/kustomization.yaml", line: 3, unfixed: "http://" + listener + "/x.yaml"},
		{name: "remote base", files: kustomization("resources: [\"https://github.com/org/repo//base?ref=v1\"]\n"), ask: app, kind: "refused",
			names: []string{"github.com/org/repo"}, unfixed: "https://github.com/org/repo//base?ref=v1"},
		{name: "remote base in short form", files: kustomization("resources: [\"github.com/org/repo\"]\n"), ask: app, kind: "refused", names: []string{"github.com/org/repo"}},
		{name: "remote component", files: kustomization("resources: [ok.yaml]\ncomponents: [\"git@github.com:org/repo.git\"]\n"), ask: app, kind: "refused", names: []string{"git@github.com"}},
		{name: "remote patch", files: kustomization("resources: [ok.yaml]\npatches: [{path: \"http://" + listener + "/p\"}]\n"), ask: app, kind: "refused", names: []string{listener}},
		{name: "remote openapi", files: kustomization("resources: [ok.yaml]\nopenapi: {path: \"http://" + listener + "/s\"}\n"), ask: app, kind: "refused", names: []string{listener}},
		{name: "remote chart", files: kustomization("helmCharts:\n- name: redis\n  repo: https://charts.example.com\n  version: 1.0.0\n"), ask: app, kind: "refused",
			names: []string{"redis", "charts.example.com"}, unfixed: "https://charts.example.com/redis:1.0.0"},
		{name: "exec generator", files: kustomization("generators:\n- |-\n  apiVersion: example.com/v1\n  kind: Gen\n  metadata:\n    name: g\n    annotations:\n      config.kubernetes.io/function: |\n        exec: {path: ./x.sh}\n"),
			ask: app, kind: "refused", names: []string{"Gen"}},
		{name: "container function", files: kustomization("resources: [ok.yaml]\ntransformers:\n- |-\n  apiVersion: example.com/v1\n  kind: Fn\n  metadata:\n    name: g\n    annotations:\n      config.kubernetes.io/function: |\n        container: {image: evil}\n"),
			ask: app, kind: "refused", names: []string{"Fn"}},
		{name: "release name that is a flag", files: withChart("helmCharts:\n- name: c\n  releaseName: --post-renderer=/bin/sh\n"), ask: app, kind: "refused", names: []string{"--post-renderer"}},
		{name: "chart name that is a flag", files: withChart("helmCharts:\n- name: --post-renderer\n"), ask: app, kind: "refused", names: []string{"--post-renderer"}},
		{name: "name template that is a flag", files: withChart("helmCharts:\n- name: c\n  nameTemplate: --set=a=b\n"), ask: app, kind: "refused", names: []string{"--set"}},
		{name: "helm configHome", files: withChart("helmGlobals: {configHome: /tmp/x}\nhelmCharts:\n- name: c\n"), ask: app, kind: "refused", names: []string{"configHome"}},
		{name: "legacy helmHome", files: withChart("helmChartInflationGenerator:\n- chartName: c\n  helmHome: /tmp/x\n"), ask: app, kind: "refused", names: []string{"helmHome"}},
		{name: "chart home beyond the root", files: kustomization("helmGlobals: {chartHome: ../../../x}\nhelmCharts:\n- name: c\n  valuesFile: ok.yaml\n"), ask: app, kind: "refused", names: []string{"/x"}},
		{name: "schema with a file", files: chartWith(map[string]string{"values.schema.json": `{"$ref":"file:///etc/passwd"}`, "values.yaml": "a: 1\n"}), ask: chart, kind: "refused", names: []string{"file:///etc/passwd"}},
		{name: "schema with a relative file", files: chartWith(map[string]string{"values.schema.json": `{"properties":{"a":{"$ref":"other.json"}}}`, "values.yaml": "a: 1\n"}), ask: chart, kind: "refused", names: []string{"other.json"}, file: "values.schema.json"},
		{name: "schema with a URL", files: chartWith(map[string]string{"values.schema.json": `{"$ref":"http://` + listener + `/s"}`, "values.yaml": "a: 1\n"}), ask: chart, kind: "refused", names: []string{listener}},
		{name: "remote values", files: chartWith(map[string]string{"templates/a.yaml": configMap}),
			ask: request{kind: "helm", options: map[string]any{"releaseName": "r", "valueFiles": []string{"http://" + listener + "/v"}}}, kind: "refused", names: []string{listener}},
		{name: "YAML bomb", files: kustomization("resources: [bomb.yaml]\n"), ask: app, kind: "limit", limit: "aliases", names: []string{"aliases"}, file: "app/bomb.yaml"},
		{name: "YAML bomb in an inline patch", files: kustomization("resources: [ok.yaml]\npatches:\n- patch: |\n" + indent(bomb(), "    ")), ask: app, kind: "limit", limit: "aliases", file: "app/kustomization.yaml"},
		{name: "YAML bomb out of a template", files: chartWith(map[string]string{"templates/a.yaml": bomb()}), ask: chart, kind: "limit", limit: "aliases", file: "templates/a.yaml"},
		{name: "YAML bomb in a plain file", files: text(map[string]string{"m/b.yaml": bomb()}), ask: request{kind: "plain", path: "m"}, kind: "limit", limit: "aliases", file: "m/b.yaml"},
		{name: "50,000 documents", files: text(map[string]string{"m/b.yaml": strings.Repeat(configMap+"---\n", 50_000)}), ask: request{kind: "plain", path: "m"}, kind: "limit", limit: "documents", file: "m/b.yaml"},
		{name: "50,000 documents in a resource", files: text(map[string]string{"app/kustomization.yaml": "resources: [b.yaml]\n", "app/b.yaml": strings.Repeat(configMap+"---\n", 50_000)}), ask: app, kind: "limit", limit: "documents", file: "app/b.yaml"},
		{name: "50,000 documents out of a template", files: chartWith(map[string]string{"templates/a.yaml": "{{ range until 50000 }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x{{ . }}}\n{{ end }}\n"}), ask: chart, kind: "limit", limit: "documents"},
		{name: "a large file", files: text(map[string]string{"m/b.yaml": "# " + strings.Repeat("x", 2<<20)}), ask: request{kind: "plain", path: "m", limits: map[string]any{"fileBytes": 1 << 20}}, kind: "limit", limit: "fileBytes", file: "m/b.yaml"},
		{name: "many files", files: text(map[string]string{"m/a.yaml": configMap, "m/b.yaml": configMap + "# b\n", "m/c.yaml": configMap + "# c\n"}), ask: request{kind: "plain", path: "m", limits: map[string]any{"files": 2}}, kind: "limit", limit: "files"},
		{name: "much output", files: chartWith(map[string]string{"templates/a.yaml": configMap + "data: {a: {{ repeat 100000 \"x\" }}}\n"}),
			ask: request{kind: "helm", options: helmRelease, limits: map[string]any{"outputBytes": 1000}}, kind: "limit", limit: "outputBytes"},
		{name: "template recursion", files: chartWith(map[string]string{"templates/a.yaml": "{{ define \"x\" }}{{ include \"x\" . }}{{ end }}{{ include \"x\" . }}"}), ask: chart, kind: "input", names: []string{"nested"}},
		{name: "endless template loop", files: chartWith(map[string]string{"templates/a.yaml": "{{ range 1000000000000 }}{{ end }}"}),
			ask: request{kind: "helm", options: helmRelease, limits: map[string]any{"wallMs": 300}}, kind: "limit", limit: "wallMs", fatal: true, names: []string{"300 ms"}},
		{name: "memory eater", files: chartWith(map[string]string{"templates/a.yaml": "{{ $x := list \"a\" }}{{ range until 1000000 }}{{ $x = append $x (repeat 1000000 \"y\") }}{{ end }}"}),
			ask: request{kind: "helm", options: helmRelease, limits: map[string]any{"memoryBytes": 256 << 20}}, kind: "limit", limit: "memoryBytes", fatal: true, names: []string{"256 MiB"}},
		{name: "endless output", files: chartWith(map[string]string{"templates/a.yaml": "{{ range 1000000000000 }}a line that is printed again and again\n{{ end }}"}),
			ask: request{kind: "helm", options: helmRelease, limits: map[string]any{"memoryBytes": 256 << 20}}, kind: "limit", limit: "memoryBytes", fatal: true},
	}
}

func withChart(kust string) map[string]entry {
	return text(map[string]string{"app/kustomization.yaml": kust, "app/charts/c/Chart.yaml": "apiVersion: v2\nname: c\nversion: 0.1.0\n", "app/charts/c/values.yaml": "{}\n", "app/charts/c/templates/a.yaml": configMap})
}

// bomb is the billion laughs.
func bomb() string {
	var b strings.Builder
	b.WriteString("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\na: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n")
	for c := 'b'; c <= 'j'; c++ {
		p := string(c - 1)
		b.WriteString(string(c) + ": &" + string(c) + " [" + strings.TrimSuffix(strings.Repeat("*"+p+", ", 9), ", ") + "]\n")
	}
	return b.String()
}

func indent(s, by string) string {
	return by + strings.ReplaceAll(strings.TrimSuffix(s, "\n"), "\n", "\n"+by) + "\n"
}

func TestAttacksAreRefusedByNameAndTheNextRenderSucceeds(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		if c, err := listener.Accept(); err == nil {
			t.Errorf("the engine connected from %s", c.RemoteAddr())
			_ = c.Close()
		}
	}()
	r := newRepo(t)
	good := r.addFiles(t, kustomization("resources: [ok.yaml]\n"))
	outer := t
	e := start(outer)
	for _, a := range attacks(listener.Addr().String()) {
		t.Run(a.name, func(t *testing.T) {
			if strings.HasPrefix(a.name, "YAML bomb") && a.ask.kind == "" && a.files["app/bomb.yaml"].content == "" {
				a.files["app/bomb.yaml"] = entry{content: bomb()}
			}
			a.ask.tree = r.addFiles(t, a.files)
			got := e.render(t, r, a.ask)
			checkRefusal(t, a, got)
			if a.fatal {
				if _, _, err := e.read(); err == nil {
					t.Error("the process goes on after a fatal error")
				}
				e = start(outer)
			}
			next := e.render(t, r, request{tree: good, path: "app"})
			if string(next.body) != configMap {
				t.Errorf("the next render gives %v %s", next.header, next.body)
			}
		})
	}
}

func checkRefusal(t *testing.T, a attack, got answer) {
	t.Helper()
	if !got.failed() {
		t.Fatalf("it is rendered: %s", got.body)
	}
	h, _ := json.Marshal(got.header)
	if got.header["kind"] != a.kind {
		t.Errorf("kind is not %q: %s", a.kind, h)
	}
	for _, name := range a.names {
		if !strings.Contains(got.message(), name) {
			t.Errorf("the message does not name %q: %s", name, h)
		}
	}
	if strings.Contains(string(h), "=tree=") || strings.Contains(got.message(), "0x") {
		t.Errorf("the message shows the engine's insides: %s", h)
	}
	if limit, _ := got.header["limit"].(string); limit != a.limit {
		t.Errorf("limit is %q, want %q: %s", limit, a.limit, h)
	}
	if a.file != "" && got.header["file"] != a.file {
		t.Errorf("file is not %q: %s", a.file, h)
	}
	if a.line > 0 && got.header["line"] != float64(a.line) {
		t.Errorf("line is not %d: %s", a.line, h)
	}
	if a.unfixed != "" && !strings.Contains(string(h), `"reference":"`+a.unfixed+`"`) {
		t.Errorf("unpinned does not name %q: %s", a.unfixed, h)
	}
	for _, want := range a.traced {
		found := false
		for _, e := range got.trace() {
			found = found || e[0] == want[0] && e[1] == want[1]
		}
		if !found {
			t.Errorf("the trace lacks %v: %s", want, h)
		}
	}
}

func TestTheKernelRefusesWhatTheEngineMustNotDo(t *testing.T) {
	out, err := exec.Command(engineBinary, "check-lockdown").Output()
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Lockdown struct {
			Landlock                                  string
			Seccomp, Environment, HTTPTransport, Path bool
		}
		ReadFile, WriteFile, Connect, Datagram, Exec struct {
			Refused bool
			Error   string
		}
	}
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatal(err)
	}
	if !report.Lockdown.Environment || !report.Lockdown.HTTPTransport || !report.Lockdown.Path {
		t.Errorf("the process kept something: %s", out)
	}
	if !report.Lockdown.Seccomp && strings.HasPrefix(report.Lockdown.Landlock, "unavailable") {
		t.Skipf("this kernel offers neither landlock nor seccomp: %s", out)
	}
	for name, refused := range map[string]bool{
		"read a file": report.ReadFile.Refused, "write a file": report.WriteFile.Refused, "connect": report.Connect.Refused, "run a program": report.Exec.Refused,
	} {
		if !refused {
			t.Errorf("the engine can %s: %s", name, out)
		}
	}
}

func TestTheEnvironmentDoesNotReachTheEngine(t *testing.T) {
	t.Setenv("SECRET_TOKEN", "hunter2")
	r := newRepo(t)
	tree := r.addFiles(t, withChart("helmCharts:\n- name: c\n  nameTemplate: '{{ env \"SECRET_TOKEN\" }}x'\n"))
	got := start(t).render(t, r, request{tree: tree, path: "app"})
	if got.failed() || strings.Contains(string(got.body), "hunter2") {
		t.Errorf("got %v %s", got.header, got.body)
	}
	if os.Getenv("SECRET_TOKEN") != "hunter2" {
		t.Error("the test proves nothing")
	}
}
