package applicationset

import (
	"encoding/json"
	"slices"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// selector takes sets of parameters by their values, which may be any text, unlike those of labels.
type selector struct{ metav1.LabelSelector }

// newSelector reads a generator's selector; nil where it has none.
func newSelector(spec any) (*selector, error) {
	if spec == nil {
		return nil, nil
	}
	raw, err := json.Marshal(spec)
	if err != nil {
		return nil, err
	}
	s := &selector{}
	if err := json.Unmarshal(raw, &s.LabelSelector); err != nil {
		return nil, fault.New(fault.Input, "", "error parsing label selector: %s", err)
	}
	for _, e := range s.MatchExpressions {
		valued := e.Operator == metav1.LabelSelectorOpIn || e.Operator == metav1.LabelSelectorOpNotIn
		unary := e.Operator == metav1.LabelSelectorOpExists || e.Operator == metav1.LabelSelectorOpDoesNotExist
		switch {
		case !valued && !unary:
			return nil, fault.New(fault.Input, "", "error parsing label selector: %q is not a valid pod selector operator", e.Operator)
		case valued && len(e.Values) == 0:
			return nil, fault.New(fault.Input, "", "error parsing label selector: for 'in', 'notin' operators, values set can't be empty")
		case unary && len(e.Values) > 0:
			return nil, fault.New(fault.Input, "", "error parsing label selector: values set must be empty for exists and does not exist")
		}
	}
	return s, nil
}

func (s *selector) matches(params map[string]string) bool {
	for key, want := range s.MatchLabels {
		if have, set := params[key]; !set || have != want {
			return false
		}
	}
	return !slices.ContainsFunc(s.MatchExpressions, func(e metav1.LabelSelectorRequirement) bool {
		have, set := params[e.Key]
		switch e.Operator {
		case metav1.LabelSelectorOpIn:
			return !set || !slices.Contains(e.Values, have)
		case metav1.LabelSelectorOpNotIn:
			return set && slices.Contains(e.Values, have)
		case metav1.LabelSelectorOpExists:
			return !set
		default:
			return set
		}
	})
}
