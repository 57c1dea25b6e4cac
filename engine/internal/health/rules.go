package health

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Rule is one of the repository: a script or expressions, for the kinds that Group and Kind match.
type Rule struct {
	Group string       `json:"group"`
	Kind  string       `json:"kind"`
	Lua   string       `json:"lua"`
	CEL   *Expressions `json:"cel"`
}

// Rules are those of a repository, which go before the field's own.
type Rules struct{ exact, wild []Rule }

// NewRules takes the rules of a repository as the protocol has them.
func NewRules(raw json.RawMessage) (*Rules, error) {
	var list []Rule
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, fmt.Errorf("the rules are not understood: %w", err)
		}
	}
	r := &Rules{}
	for _, rule := range list {
		if strings.Contains(rule.Group+rule.Kind, "*") {
			r.wild = append(r.wild, rule)
		} else {
			r.exact = append(r.exact, rule)
		}
	}
	return r, nil
}

// assess asks the repository's rule, then Argo CD's script, then the rules for the core kinds; what kstatus says stands where none of them
// says anything.
func (r *Rules) assess(u *unstructured.Unstructured) Verdict {
	base := kstatus(u)
	if base.Status == Terminating {
		return base
	}
	kind := u.GroupVersionKind().GroupKind()
	if rule, ok := r.find(kind); ok {
		if v, said := rule.ask(u); said {
			return v
		}
	}
	if s, ok := scriptFor(kind); ok {
		if v, said := byLua(u, s, byScript); said {
			return fresh(u, v)
		}
	}
	if v, said := core(u, base); said {
		return v
	}
	return base
}

// find gives the first rule for the very kind, else the first whose wildcards match it.
func (r *Rules) find(kind schema.GroupKind) (Rule, bool) {
	for _, rule := range r.exact {
		if rule.Group == kind.Group && rule.Kind == kind.Kind {
			return rule, true
		}
	}
	for _, rule := range r.wild {
		if matches(rule.Group, kind.Group) && matches(rule.Kind, kind.Kind) {
			return rule, true
		}
	}
	return Rule{}, false
}

func matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

func (rule Rule) ask(u *unstructured.Unstructured) (Verdict, bool) {
	name := nameOf(schema.GroupKind{Group: rule.Group, Kind: rule.Kind})
	if rule.CEL != nil {
		return rule.CEL.ask(u, name), true
	}
	return byLua(u, script{name, rule.Lua}, byRepository)
}

// fresh keeps a verdict from being about an older generation than the one that is wanted: most scripts do not look.
func fresh(u *unstructured.Unstructured, v Verdict) Verdict {
	if !stale(u) || v.Status != Healthy && v.Status != Degraded {
		return v
	}
	v.Status, v.Message = Progressing, sentence("the controller has not seen the newest generation yet", v.Message)
	return v
}
