// Package health says how live objects are, by the field's own rules: kstatus for every kind, what kstatus gets wrong of the core kinds, Argo
// CD's health scripts, and over them the rules of the repository. It is a pure function of the objects, the rules and the clock.
package health

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	kjson "k8s.io/apimachinery/pkg/util/json"
)

// Status is how an object is; the words are those of the protocol.
type Status string

// The statuses of the protocol.
const (
	Healthy     Status = "healthy"
	Progressing Status = "progressing"
	Degraded    Status = "degraded"
	Suspended   Status = "suspended"
	Missing     Status = "missing"
	Terminating Status = "terminating"
	Unknown     Status = "unknown"
)

// Verdict is what is said of one object. Rule is the kind of rule that decided, Name which of that kind, where there are several.
type Verdict struct {
	Status  Status `json:"status"`
	Message string `json:"message"`
	Rule    string `json:"rule"`
	Name    string `json:"name,omitempty"`
}

// The kinds of rules.
const (
	byKstatus    = "kstatus"
	byCore       = "core"
	byScript     = "argocd"
	byRepository = "repository"
)

// maxMessage bounds what is said of one object, in bytes: a message is for people.
const maxMessage = 4096

// Assess says how one object is, given as JSON. Whatever goes wrong, a panic of a library too, is a verdict of this object.
func (r *Rules) Assess(raw []byte) (v Verdict) {
	defer func() {
		if p := recover(); p != nil {
			v = unknown(byKstatus, "", "the rule failed: %v", p)
		}
		if len(v.Message) > maxMessage {
			v.Message = strings.ToValidUTF8(v.Message[:maxMessage], "") + "…"
		}
	}()
	var object map[string]any
	if err := kjson.Unmarshal(raw, &object); err != nil || object == nil {
		return unknown(byKstatus, "", "it is no object")
	}
	return r.assess(&unstructured.Unstructured{Object: object})
}

func unknown(rule, name, format string, args ...any) Verdict {
	return Verdict{Status: Unknown, Message: fmt.Sprintf(format, args...), Rule: rule, Name: name}
}
