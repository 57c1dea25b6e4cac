package main_test

import (
	"encoding/json"
	"os/exec"
	"reflect"
	"strings"
	"testing"
)

func TestHelloTellsVersionsAndLockdown(t *testing.T) {
	h := start(t).hello
	version, _ := h["version"].(string)
	if h["type"] != "hello" || h["protocol"] != 1.0 || version == "" || (version != "dev" && !engineIsGiven) {
		t.Errorf("hello is %v", h)
	}
	libraries, _ := h["libraries"].(map[string]any)
	if libraries["kustomize"] != "v5.8.2" || libraries["helm"] != "v4.3.1" || !strings.HasPrefix(libraries["go"].(string), "go1.") {
		t.Errorf("libraries are %v", libraries)
	}
	out, err := exec.Command(engineBinary, "--version").Output()
	if err != nil || !strings.Contains(string(out), version) || !strings.Contains(string(out), "kustomize v5.8.2, helm v4.3.1") {
		t.Errorf("--version gives %q, %v", out, err)
	}
}

func TestObjectsAreAskedForTogetherAndOnce(t *testing.T) {
	r := newRepo(t)
	tree := r.addFiles(t, text(smallOverlay()))
	e := start(t)
	ask := request{tree: tree, path: "overlay"}
	e.render(t, r, ask)
	if len(e.asked) > 6 {
		t.Errorf("%d questions for a small overlay: %v", len(e.asked), e.asked)
	}
	if e.render(t, r, ask); len(e.asked) != 0 {
		t.Errorf("asked again: %v", e.asked)
	}
	if err := e.write(map[string]any{"type": "forget"}, nil); err != nil {
		t.Fatal(err)
	}
	if e.render(t, r, ask); len(e.asked) == 0 {
		t.Error("did not forget")
	}
}

func TestOverlayFilesLieOverTheTreeAndStayOutOfTheTrace(t *testing.T) {
	r := newRepo(t)
	tree := r.addFiles(t, text(smallOverlay()))
	e := start(t)
	got := e.render(t, r, request{tree: tree, path: "made/up", output: "json", overlay: map[string][]byte{
		"made/up/kustomization.yaml": []byte("resources: [../../overlay]\nnamespace: elsewhere\n"),
		"base/config.yaml":           []byte(configMap),
	}})
	if got.failed() || !strings.Contains(string(got.body), `"namespace":"elsewhere"`) || !strings.Contains(string(got.body), `"name":"ok"`) {
		t.Fatalf("got %v %s", got.header, got.body)
	}
	for _, e := range got.trace() {
		if strings.HasPrefix(e[0], "made") && e[1] != "absent" || e[0] == "base/config.yaml" {
			t.Errorf("the trace has the overlay's %v", e)
		}
	}
}

func TestNumbersThatADoubleCannotHoldKeepTheirText(t *testing.T) {
	r := newRepo(t)
	tree := r.addFiles(t, text(map[string]string{"a.yaml": "apiVersion: e/v1\nkind: Big\nmetadata: {name: b, annotations: {n: \"9007199254740993\"}}\n" +
		"spec: {a/b: [1, 9007199254740993], c: 9007199254740992, d: 0.1, e: 1.5e300, f: 18446744073709551615, g: 1234567890123456}\n"}))
	got := start(t).render(t, r, request{tree: tree, kind: "plain", output: "json"})
	var list []struct{ Numbers map[string]string }
	if err := json.Unmarshal(got.body, &list); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"/spec/a~1b/1": "9007199254740993", "/spec/f": "18446744073709551615"}
	if len(list) != 1 || !reflect.DeepEqual(list[0].Numbers, want) {
		t.Errorf("numbers are %v of %s", list, got.body)
	}
}

func TestTheSameAnswersGiveTheSameTraceAndErrors(t *testing.T) {
	r := newRepo(t)
	tree := r.addFiles(t, text(map[string]string{"app/kustomization.yaml": "resources: [gone]\n"}))
	e := start(t)
	first, second := e.render(t, r, request{tree: tree, path: "app"}), e.render(t, r, request{tree: tree, path: "app"})
	delete(first.header, "id")
	delete(second.header, "id")
	if !reflect.DeepEqual(first.header, second.header) {
		t.Errorf("%v\n%v", first.header, second.header)
	}
}

func TestAMissingObjectIsAnInternalErrorAndMayBeThereLater(t *testing.T) {
	r := newRepo(t)
	e := start(t)
	got := e.render(t, r, request{tree: strings.Repeat("12", 20), path: "app"})
	if !got.failed() || got.header["kind"] != "internal" || !strings.Contains(got.message(), "lacks object 1212") {
		t.Errorf("got %v", got.header)
	}
}
