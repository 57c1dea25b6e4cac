package health

import (
	"strings"
	"testing"
)

func TestExpressionsDecideAsInFlux(t *testing.T) {
	ready := Expressions{
		Current:    `has(status.conditions) && status.conditions.filter(e, e.type == 'Ready').all(e, e.status == 'True')`,
		InProgress: `has(status.phase) && status.phase == 'Starting'`,
		Failed:     `has(status.conditions) && status.conditions.exists(e, e.type == 'Broken' && e.status == 'True')`,
	}
	for name, c := range map[string]struct {
		rule    Expressions
		object  string
		status  Status
		message string
	}{
		"current":             {ready, `"status":{"conditions":[{"type":"Ready","status":"True"}]}`, Healthy, "current holds: has("},
		"in progress first":   {ready, `"status":{"phase":"Starting","conditions":[{"type":"Broken","status":"True"}]}`, Progressing, "inProgress holds"},
		"failed":              {ready, `"status":{"conditions":[{"type":"Broken","status":"True"},{"type":"Ready","status":"True"}]}`, Degraded, "failed holds"},
		"none":                {ready, `"status":{"conditions":[{"type":"Ready","status":"False"}]}`, Progressing, "none of the expressions holds"},
		"an older generation": {ready, `"status":{"observedGeneration":1,"conditions":[{"type":"Ready","status":"True"}]}`, Progressing, "newest generation"},
		"fields of any name":  {Expressions{Current: `data.color == "blue" && data.size > 1.5`}, `"data":{"color":"blue","size":2}`, Healthy, ""},
		"texts":               {Expressions{Current: `metadata.name.lowerAscii().split("-").join("") == "w" && base64.decode("dw==") == b"w"`}, `"a":1`, Healthy, ""},
		"a field that is not": {Expressions{Current: `spec.size == 1`}, `"a":1`, Unknown, "the expression current failed: no such"},
		"what is no answer":   {Expressions{Current: `1 + 1`}, `"a":1`, Unknown, "gives a int instead of true or false"},
		"no expression":       {Expressions{}, `"a":1`, Progressing, "none of the expressions holds"},
		"what does not parse": {Expressions{Current: `a ==`}, `"a":1`, Unknown, "does not parse"},
		"a long expression":   {Expressions{Current: strings.Repeat("true && ", 3000) + "true"}, `"a":1`, Unknown, "does not parse"},
		"a deep expression":   {Expressions{Current: strings.Repeat("(", 5000) + "true" + strings.Repeat(")", 5000)}, `"a":1`, Unknown, "does not parse"},
		"loops in loops": {Expressions{Current: "[1,2,3,4,5,6,7,8,9,10]" + strings.Repeat(".map(x, [1,2,3,4,5,6,7,8,9,10]", 8) + strings.Repeat(")", 8) + ".size() > 0"},
			`"a":1`, Unknown, "cost limit exceeded"},
		"a text that doubles": {Expressions{Current: `["xxxxxxxx"]` + strings.Repeat(".map(s, s + s)", 60) + ".size() > 0"}, `"a":1`, Unknown, "cost limit exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			r := repositoryRules(t, Rule{Group: "example.com", Kind: "Widget", CEL: &c.rule})
			got := r.Assess([]byte(`{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w","generation":2},` + c.object + `}`))
			if got.Status != c.status || !strings.Contains(got.Message, c.message) || got.Rule != byRepository || got.Name != "example.com/Widget" {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestRulesForTheVeryKindGoFirstThenTheEarlier(t *testing.T) {
	says := func(message string) string { return `return {status = "Healthy", message = "` + message + `"}` }
	r := repositoryRules(t,
		Rule{Group: "*", Kind: "Wid*", Lua: says("by the kind's beginning")},
		Rule{Group: "*.com", Kind: "*", Lua: says("by the group")},
		Rule{Group: "example.com", Kind: "Widget", Lua: says("by the kind")},
		Rule{Group: "", Kind: "Pod", Lua: says("by the core kind")},
		Rule{Group: "argoproj.io", Kind: "Rollout", Lua: "return nil"},
	)
	for object, want := range map[string]Verdict{
		`{"apiVersion":"example.com/v1","kind":"Widget"}`:   {Healthy, "by the kind", byRepository, "example.com/Widget"},
		`{"apiVersion":"example.org/v1","kind":"Widget"}`:   {Healthy, "by the kind's beginning", byRepository, "*/Wid*"},
		`{"apiVersion":"a.com/v1","kind":"Gadget"}`:         {Healthy, "by the group", byRepository, "*.com/*"},
		`{"apiVersion":"v1","kind":"Pod"}`:                  {Healthy, "by the core kind", byRepository, "Pod"},
		`{"apiVersion":"pods.example.org/v1","kind":"Pod"}`: {Healthy, "Resource is current", byKstatus, ""},
		`{"apiVersion":"argoproj.io/v1","kind":"Rollout","metadata":{"generation":1},"spec":{},"status":{"observedGeneration":"1","phase":"Paused","message":"CanaryPauseStep"}}`: {Suspended, "CanaryPauseStep", byScript, "argoproj.io/Rollout"},
		`{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"}}`:                                                                 {Terminating, "Resource scheduled for deletion", byKstatus, ""},
	} {
		if got := r.Assess([]byte(object)); got != want {
			t.Errorf("%s is %+v, want %+v", object, got, want)
		}
	}
}
