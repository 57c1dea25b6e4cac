package health

import (
	"path"
	"strings"
	"sync"

	"github.com/argoproj/argo-cd/v3/resource_customizations"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// script is a health script of Argo CD. Its name is the folder that it lies in: the group and kind that it is for.
type script struct{ name, source string }

// found are the scripts that were looked for, by group and kind; without a source where there is none.
var found = map[schema.GroupKind]script{}

// scriptFor finds the script for a kind as Argo CD does: in the folder of the group and kind, else in the first that has wildcards.
func scriptFor(kind schema.GroupKind) (script, bool) {
	s, known := found[kind]
	if !known {
		s = lookUp(kind)
		if len(found) >= maxScripts {
			clear(found)
		}
		found[kind] = s
	}
	return s, s.source != ""
}

func lookUp(kind schema.GroupKind) script {
	name := nameOf(kind)
	for _, folder := range append([]string{name}, matching(name)...) {
		if source, err := resource_customizations.Embedded.ReadFile(folder + "/health.lua"); err == nil {
			return script{folder, string(source)}
		}
	}
	return script{}
}

// nameOf is a kind as Argo CD writes it.
func nameOf(kind schema.GroupKind) string {
	if kind.Group == "" {
		return kind.Kind
	}
	return kind.Group + "/" + kind.Kind
}

// matching are the folders whose wildcards match, in order.
func matching(name string) []string {
	var out []string
	for _, folder := range wildcards() {
		if ok, _ := path.Match(strings.ReplaceAll(folder, "_", "*"), name); ok {
			out = append(out, folder)
		}
	}
	return out
}

// wildcards are the folders with `_` for anything.
var wildcards = sync.OnceValue(func() []string {
	var out []string
	groups, _ := resource_customizations.Embedded.ReadDir(".")
	for _, group := range groups {
		kinds, _ := resource_customizations.Embedded.ReadDir(group.Name())
		for _, kind := range kinds {
			if folder := group.Name() + "/" + kind.Name(); strings.Contains(folder, "_") {
				out = append(out, folder)
			}
		}
	}
	return out
})

// argoStatuses are Argo CD's words.
var argoStatuses = map[string]Status{
	"Healthy": Healthy, "Progressing": Progressing, "Degraded": Degraded, "Suspended": Suspended, "Missing": Missing, "Unknown": Unknown,
}

// byLua asks a script. said is false where it leaves the object to others.
func byLua(u *unstructured.Unstructured, s script, rule string) (v Verdict, said bool) {
	a, err := runScript(u, s.source, s.name)
	if err != nil {
		return unknown(rule, s.name, "%s", err), true
	}
	if !a.said {
		return Verdict{}, false
	}
	status, ok := argoStatuses[a.status]
	if !ok {
		return unknown(rule, s.name, "Lua returned an invalid health status"), true
	}
	return Verdict{Status: status, Message: a.message, Rule: rule, Name: s.name}, true
}
