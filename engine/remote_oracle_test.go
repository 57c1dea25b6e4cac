package main_test

import (
	"io"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// remotes is a server on loopback with Git repositories below /git/, files below /files/ and a chart repository at /charts, for the real programs.
// What it has, the engine gets as mounts.
type remotes struct {
	dir  string
	url  string
	repo *repo
	helm string
	// trees are the trees that the engine gets, by what files name.
	trees map[string]string
}

func serveRemotes(t *testing.T, r *repo, helm string) *remotes {
	t.Helper()
	dir := t.TempDir()
	backend := filepath.Join(git(t, dir, "", "--exec-path"), "git-http-backend")
	if _, err := os.Stat(backend); err != nil {
		t.Skipf("no oracle: this git serves nothing by HTTP: %v", err)
	}
	for _, folder := range []string{"git", "files", "charts"} {
		if err := os.Mkdir(filepath.Join(dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServer(http.Dir(dir)))
	mux.Handle("/git/", &cgi.Handler{Path: backend, Root: "/git",
		Env: []string{"GIT_PROJECT_ROOT=" + filepath.Join(dir, "git"), "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_GLOBAL=/dev/null"}, Stderr: io.Discard})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return &remotes{dir: dir, url: server.URL, repo: r, helm: helm, trees: map[string]string{}}
}

// addRepository makes a repository with one commit that has the tag v1. References to it are %URL%/git/<name>….
func (s *remotes) addRepository(t *testing.T, name string, files map[string]string, references ...string) {
	t.Helper()
	work := s.write(t, t.TempDir(), files)
	git(t, work, "", "init", "-q", "-b", "main")
	git(t, work, "", "add", "-A")
	git(t, work, "", "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "first")
	git(t, work, "", "tag", "v1")
	git(t, work, "", "clone", "-q", "--bare", work, filepath.Join(s.dir, "git", name))
	tree := s.repo.addFiles(t, text(s.filled(files)))
	for _, reference := range references {
		s.trees[s.fill(reference)] = tree
	}
}

// addFile offers a file at %URL%/files/<name>.
func (s *remotes) addFile(t *testing.T, name, content string) {
	t.Helper()
	s.write(t, filepath.Join(s.dir, "files"), map[string]string{name: content})
	s.trees[s.url+"/files/"+name] = s.repo.addFiles(t, text(map[string]string{name: content}))
}

// addChart puts a version of a chart into the repository, and gives the engine its folder by the references.
func (s *remotes) addChart(t *testing.T, files map[string]string, references ...string) {
	t.Helper()
	charts := filepath.Join(s.dir, "charts")
	s.run(t, s.helm, "package", s.write(t, filepath.Join(t.TempDir(), "c"), files), "-d", charts)
	s.run(t, s.helm, "repo", "index", charts, "--url", s.url+"/charts")
	tree := s.repo.addFiles(t, text(s.filled(files)))
	for _, reference := range references {
		s.trees[s.fill(reference)] = tree
	}
}

func (s *remotes) run(t *testing.T, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "HOME="+s.dir, "XDG_CACHE_HOME=", "XDG_CONFIG_HOME=", "XDG_DATA_HOME=", "KUBECONFIG=/dev/null", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_TERMINAL_PROMPT=0", "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v: %s", filepath.Base(program), args, err, errs.String())
	}
	return string(out)
}

func (s *remotes) fill(text string) string { return strings.ReplaceAll(text, "%URL%", s.url) }

func (s *remotes) filled(files map[string]string) map[string]string {
	out := map[string]string{}
	for name, content := range files {
		out[name] = s.fill(content)
	}
	return out
}

func (s *remotes) write(t *testing.T, dir string, files map[string]string) string {
	t.Helper()
	for name, content := range s.filled(files) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// mounted is the request with everything that the server has.
func (s *remotes) mounted(q request) request {
	q.mounts, q.remotes = map[string]string{}, map[string]string{}
	for reference, tree := range s.trees {
		at := "@sources/" + tree[:12]
		q.mounts[at], q.remotes[reference] = tree, at
	}
	return q
}

// sameAs holds a render with everything mounted against the text of a real program.
func (s *remotes) sameAs(t *testing.T, e *engine, q request, want string) {
	t.Helper()
	got := e.render(t, s.repo, s.mounted(q))
	if got.failed() {
		t.Fatalf("the engine fails: %v", got.header)
	}
	if string(got.body) != want {
		t.Errorf("the texts differ\n--- oracle\n%s\n--- engine\n%s", want, got.body)
	}
	if unpinned, _ := got.header["unpinned"].([]any); len(unpinned) > 0 {
		t.Errorf("something is missing: %v", unpinned)
	}
}

func TestRemoteBasesGiveWhatKustomizeBuildGives(t *testing.T) {
	o := findOracles(t)
	s := serveRemotes(t, newRepo(t), o.helm)
	s.addRepository(t, "nested.git", map[string]string{
		"kustomization.yaml": "resources: [cm.yaml]\nnameSuffix: -nested\n", "cm.yaml": named("deep")},
		"%URL%/git/nested.git?ref=v1")
	s.addRepository(t, "repo.git", map[string]string{
		"base/kustomization.yaml":        "resources: [../other, web.yaml]\nconfigMapGenerator: [{name: made, files: [a.txt]}]\n",
		"base/web.yaml":                  deploymentYAML,
		"base/a.txt":                     "content\n",
		"other/kustomization.yaml":       "resources: [other.yaml]\n",
		"other/other.yaml":               named("other"),
		"component/kustomization.yaml":   "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [extra.yaml]\nnamePrefix: c-\n",
		"component/extra.yaml":           named("extra"),
		"nesting/kustomization.yaml":     "resources: [\"%URL%/git/nested.git?ref=v1\", ../other]\n",
		"transformer/transformers.yaml":  "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: p}\nprefix: t-\nfieldSpecs: [{path: metadata/name}]\n",
		"transformer/kustomization.yaml": "resources: [transformers.yaml]\n"},
		"%URL%/git/repo.git//base?ref=v1", "%URL%/git/repo.git/base?ref=v1", "%URL%/git/repo.git//component?ref=v1", "%URL%/git/repo.git//nesting?ref=v1&timeout=90s", "%URL%/git/repo.git//transformer?ref=v1",
		"%URL%/git/repo.git//other?version=v1&submodules=false")
	s.addFile(t, "crds.yaml", named("one")+"---\n"+named("two"))
	s.addFile(t, "patch.yaml", scale("web", 5))
	base, component := "%URL%/git/repo.git//base?ref=v1", "%URL%/git/repo.git//component?ref=v1"
	e := start(t)
	for name, kust := range map[string]string{
		"a base, patched":              "resources: [\"" + base + "\"]\nnamePrefix: x-\npatches: [{path: scale.yaml}]\n",
		"a base after .git":            "resources: [\"%URL%/git/repo.git/base?ref=v1\"]\n",
		"a base by the field bases":    "bases: [\"" + base + "\"]\n",
		"a version":                    "resources: [\"%URL%/git/repo.git//other?version=v1&submodules=false\"]\n",
		"a component":                  "resources: [ok.yaml]\ncomponents: [\"" + component + "\"]\n",
		"a base that names another":    "resources: [\"%URL%/git/repo.git//nesting?ref=v1&timeout=90s\"]\n",
		"a file":                       "resources: [\"%URL%/files/crds.yaml\", ok.yaml]\n",
		"a patch":                      "resources: [web.yaml]\npatches: [{path: \"%URL%/files/patch.yaml\"}]\n",
		"transformers":                 "resources: [ok.yaml]\ntransformers: [\"%URL%/git/repo.git//transformer?ref=v1\"]\n",
		"origin annotations":           "resources: [\"" + base + "\", \"%URL%/files/crds.yaml\"]\nbuildMetadata: [originAnnotations]\n",
		"the same base in two targets": "resources: [one, two]\n",
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"app/kustomization.yaml": kust, "app/ok.yaml": configMap, "app/web.yaml": deploymentYAML, "app/scale.yaml": scale("web", 3),
				"app/one/kustomization.yaml": "resources: [\"" + base + "\"]\nnamePrefix: one-\n", "app/two/kustomization.yaml": "resources: [\"" + base + "\"]\nnamePrefix: two-\n"}
			dir := s.write(t, t.TempDir(), files)
			want := s.run(t, o.kustomize, "build", filepath.Join(dir, "app"))
			s.sameAs(t, e, request{tree: s.repo.addFiles(t, text(s.filled(files))), path: "app"}, want)
		})
	}
}

func redis(version string) map[string]string {
	return map[string]string{
		"Chart.yaml":            "apiVersion: v2\nname: redis\nversion: " + version + "\n",
		"values.yaml":           "size: small\nexports: {data: {port: 6379}}\nglobal: {}\n",
		"values-prod.yaml":      "size: large\n",
		"crds/crd.yaml":         "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: redis.example.com}\n",
		"templates/a.yaml":      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \"{{ .Release.Name }}-{{ .Chart.Name }}\"}\ndata: {version: \"{{ .Chart.Version }}\", size: \"{{ .Values.size }}\"}\n",
		"templates/_names.tpl":  "{{- define \"redis.name\" -}}redis-of-{{ .Release.Name }}{{- end -}}\n",
		"templates/tests/t.yml": "apiVersion: v1\nkind: Pod\nmetadata: {name: t, annotations: {helm.sh/hook: test}}\n",
	}
}

func TestChartsOfARepositoryGiveWhatKustomizeBuildGives(t *testing.T) {
	o := findOracles(t)
	s := serveRemotes(t, newRepo(t), o.helm)
	s.addChart(t, redis("1.0.0"), "%URL%/charts/redis:1.0.0")
	s.addChart(t, redis("1.2.0"), "%URL%/charts/redis", "%URL%/charts/redis:^1.1")
	e := start(t)
	for name, chart := range map[string]string{
		"a version":                        "version: 1.0.0, includeCRDs: true",
		"the newest":                       "releaseName: r, namespace: ns",
		"a range":                          "version: ^1.1, valuesInline: {size: medium}",
		"a values file of the repository":  "version: 1.0.0, valuesFile: values.yaml",
		"a values file of the chart":       "version: 1.0.0, valuesFile: charts/redis-1.0.0/redis/values-prod.yaml",
		"inline values that merge":         "version: 1.0.0, valuesInline: {size: medium, more: 1}, valuesMerge: merge",
		"inline values instead of the own": "version: 1.0.0, valuesInline: {size: medium}, valuesMerge: replace, additionalValuesFiles: [values.yaml]",
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"app/values.yaml": "size: own\n",
				"app/kustomization.yaml": "namespace: top\nhelmCharts:\n- {name: redis, repo: \"%URL%/charts\", " + chart + "}\n"}
			dir := s.write(t, t.TempDir(), files)
			want := s.run(t, o.kustomize, "build", "--enable-helm", "--helm-command", o.helm, filepath.Join(dir, "app"))
			s.sameAs(t, e, request{tree: s.repo.addFiles(t, text(s.filled(files))), path: "app"}, want)
		})
	}
}

// parent is a chart that needs what `dependencies` says.
func parent(dependencies, values string) map[string]string {
	return map[string]string{
		"apps/web/Chart.yaml":       "apiVersion: v2\nname: web\nversion: 0.1.0\ndependencies:\n" + dependencies,
		"apps/web/values.yaml":      values,
		"apps/web/templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {values: {{ toJson .Values | quote }}}\n",
		"libs/local/Chart.yaml":     "apiVersion: v2\nname: local\nversion: 2.1.0\n",
		"libs/local/values.yaml":    "a: 1\n",
		"libs/local/.helmignore":    "*.bak\n",
		"libs/local/templates/l.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \"local-{{ .Values.a }}\"}\n" +
			"data: {files: {{ range $path, $_ := .Files.Glob \"**\" }}\"{{ $path }}\"{{ end }}}\n",
		"libs/local/old.bak": "x\n",
	}
}

func TestDependenciesGiveWhatHelmDependencyBuildGives(t *testing.T) {
	o := findOracles(t)
	s := serveRemotes(t, newRepo(t), o.helm)
	repository := "repository: \"%URL%/charts\""
	s.addChart(t, redis("1.0.0"), "%URL%/charts/redis:1.0.0")
	s.run(t, o.helm, "repo", "add", "charts", s.url+"/charts")
	range1 := s.locked(t, parent("- {name: redis, version: ^1.0, "+repository+"}\n", ""))
	folder := s.locked(t, parent("- {name: local, version: ^2.0, repository: \"file://../../libs/local\"}\n- {name: redis, version: 1.x, "+repository+"}\n", ""))
	s.addChart(t, redis("1.2.0"), "%URL%/charts/redis:^1.0")
	e := start(t)
	for name, files := range map[string]map[string]string{
		"a version":           parent("- {name: redis, version: 1.0.0, "+repository+"}\n", "redis: {size: huge}\n"),
		"a range":             parent("- {name: redis, version: ^1.0, "+repository+"}\n", ""),
		"an alias":            parent("- {name: redis, version: 1.0.0, alias: cache, "+repository+"}\n", "cache: {size: huge}\n"),
		"two aliases of one":  parent("- {name: redis, version: 1.0.0, alias: one, "+repository+"}\n- {name: redis, version: 1.0.0, alias: two, "+repository+"}\n", "two: {size: huge}\n"),
		"a condition":         parent("- {name: redis, version: 1.0.0, condition: redis.enabled, "+repository+"}\n", "redis: {enabled: false}\n"),
		"tags":                parent("- {name: redis, version: 1.0.0, tags: [back], "+repository+"}\n", "tags: {back: false}\n"),
		"imported values":     parent("- {name: redis, version: 1.0.0, import-values: [data], "+repository+"}\n", ""),
		"a lock":              range1,
		"a folder":            parent("- {name: local, version: ^2.0, repository: \"file://../../libs/local\"}\n", "local: {a: 5}\n"),
		"a folder and a lock": folder,
	} {
		t.Run(name, func(t *testing.T) {
			dir := s.write(t, t.TempDir(), files)
			chart := filepath.Join(dir, "apps", "web")
			s.run(t, o.helm, "dependency", "build", chart)
			want := s.run(t, o.helm, "template", "r", chart, "--include-crds")
			tree := s.repo.addFiles(t, text(s.filled(files)))
			s.sameAs(t, e, request{tree: tree, kind: "helm", path: "apps/web", options: helmRelease}, want)
		})
	}
}

// locked adds the lock file that helm makes at this time.
func (s *remotes) locked(t *testing.T, files map[string]string) map[string]string {
	t.Helper()
	chart := filepath.Join(s.write(t, t.TempDir(), files), "apps", "web")
	s.run(t, s.helm, "dependency", "update", chart)
	lock, err := os.ReadFile(filepath.Join(chart, "Chart.lock"))
	if err != nil {
		t.Fatal(err)
	}
	files["apps/web/Chart.lock"] = string(lock)
	return files
}
