package health

import (
	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

var words = map[status.Status]Status{
	status.CurrentStatus:     Healthy,
	status.InProgressStatus:  Progressing,
	status.FailedStatus:      Degraded,
	status.TerminatingStatus: Terminating,
	status.NotFoundStatus:    Missing,
}

// kstatus asks the rule that knows every kind.
func kstatus(u *unstructured.Unstructured) Verdict {
	result, err := status.Compute(u)
	if err != nil {
		return unknown(byKstatus, "", "%s", err)
	}
	word, ok := words[result.Status]
	if !ok {
		word = Unknown
	}
	return Verdict{Status: word, Message: result.Message, Rule: byKstatus}
}

// stale says whether the controller has not looked at the object's newest generation yet: what its status says is about an older one.
func stale(u *unstructured.Unstructured) bool {
	generation, found, err := unstructured.NestedInt64(u.Object, "metadata", "generation")
	observed, seen, wrong := unstructured.NestedInt64(u.Object, "status", "observedGeneration")
	return found && seen && err == nil && wrong == nil && generation != observed
}
