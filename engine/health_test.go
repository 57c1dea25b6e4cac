package main_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

type verdict struct{ Status, Message, Rule, Name string }

// judge asks how objects are.
func (e *engine) judge(t testing.TB, rules any, objects []string, limits map[string]any) (map[string]any, []verdict) {
	t.Helper()
	e.next++
	header := map[string]any{"type": "health", "id": e.next, "rules": rules}
	for key, value := range limits {
		header[key] = value
	}
	if err := e.write(header, []byte("["+strings.Join(objects, ",")+"]")); err != nil {
		t.Fatal(err)
	}
	deadline := time.AfterFunc(5*time.Minute, func() { _ = e.cmd.Process.Kill() })
	defer deadline.Stop()
	answer, body, err := e.read()
	if err != nil {
		t.Fatalf("the engine ended: %v", err)
	}
	if answer["id"] != float64(e.next) {
		t.Fatalf("answer to %v, asked %d", answer["id"], e.next)
	}
	var list []verdict
	if len(body) > 0 {
		if err := json.Unmarshal(body, &list); err != nil {
			t.Fatal(err)
		}
	}
	return answer, list
}

func widgetOf(name string) string {
	return `{"apiVersion":"example.com/v1","kind":"` + name + `","metadata":{"name":"it"}}`
}

func script(kind, lua string) map[string]any {
	return map[string]any{"group": "example.com", "kind": kind, "lua": lua}
}

func TestHealthIsToldForEachObjectInTheirOrder(t *testing.T) {
	e := start(t)
	rules := []any{script("Loop", "while true do end"), script("Good", `return {status = "Healthy", message = "well"}`)}
	header, got := e.judge(t, rules, []string{widgetOf("Good"), "7", widgetOf("Loop"), widgetOf("Other"), widgetOf("Good")}, nil)
	want := []verdict{
		{"healthy", "well", "repository", "example.com/Good"},
		{"unknown", "it is no object", "kstatus", ""},
		{"unknown", "", "repository", "example.com/Loop"},
		{"healthy", "Resource is current", "kstatus", ""},
		{"healthy", "well", "repository", "example.com/Good"},
	}
	if header["type"] != "result" || len(got) != len(want) {
		t.Fatalf("got %v %v", header, got)
	}
	for i := range want {
		if want[i].Message == "" {
			want[i].Message = got[i].Message
		}
		if got[i] != want[i] {
			t.Errorf("object %d is %v, want %v", i, got[i], want[i])
		}
	}
	if _, none := e.judge(t, nil, nil, nil); len(none) != 0 {
		t.Errorf("got %v of nothing", none)
	}
}

func TestAnObjectThatCannotBeStoppedEndsTheProcessAfterTheAnswersBeforeIt(t *testing.T) {
	e := start(t)
	pattern := `return {status = string.find(("a"):rep(2000), ("a*"):rep(200) .. "b")}`
	header, got := e.judge(t, []any{script("Bomb", pattern)}, []string{widgetOf("A"), widgetOf("B"), widgetOf("Bomb"), widgetOf("C")}, map[string]any{"objectMs": 200})
	if header["type"] != "error" || header["kind"] != "limit" || header["limit"] != "objectMs" || header["fatal"] != true || header["partial"] != true {
		t.Errorf("got %v", header)
	}
	if len(got) > 2 || len(got) == 2 && got[1].Status != "healthy" {
		t.Errorf("got %v", got)
	}
	if _, _, err := e.read(); err == nil {
		t.Error("the process goes on after a fatal error")
	}
}

func TestARequestForHealthThatIsNotUnderstoodIsAnInternalError(t *testing.T) {
	header, _ := start(t).judge(t, "x", []string{widgetOf("A")}, nil)
	if header["type"] != "error" || header["kind"] != "internal" {
		t.Errorf("got %v", header)
	}
}
