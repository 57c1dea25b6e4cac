package health

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// fields reads an object whose shape nobody has checked: what is absent or of another type is the empty value.
type fields map[string]any

func (o fields) at(path ...string) any {
	value, _, err := unstructured.NestedFieldNoCopy(o, path...)
	if err != nil {
		return nil
	}
	return value
}

func (o fields) text(path ...string) string {
	text, _ := o.at(path...).(string)
	return text
}

func (o fields) boolean(path ...string) bool {
	value, _ := o.at(path...).(bool)
	return value
}

func (o fields) integer(absent int64, path ...string) int64 {
	if value, ok := o.at(path...).(int64); ok {
		return value
	}
	return absent
}

func (o fields) list(path ...string) []any {
	list, _ := o.at(path...).([]any)
	return list
}

type condition struct{ kind, status, reason, message string }

func (o fields) conditions() []condition { return conditionsOf(o.list("status", "conditions")) }

func conditionsOf(list []any) []condition {
	var out []condition
	for _, item := range list {
		c, _ := item.(map[string]any)
		f := fields(c)
		out = append(out, condition{f.text("type"), f.text("status"), f.text("reason"), f.text("message")})
	}
	return out
}

func (o fields) condition(kind string) (condition, bool) {
	for _, c := range o.conditions() {
		if c.kind == kind {
			return c, true
		}
	}
	return condition{}, false
}

func (o fields) conditionIs(kind, status string) bool {
	c, ok := o.condition(kind)
	return ok && c.status == status
}

// containers are the states of a Pod's containers, those that prepare it first.
func (o fields) containers() []fields {
	var out []fields
	for _, name := range []string{"initContainerStatuses", "containerStatuses"} {
		for _, item := range o.list("status", name) {
			c, _ := item.(map[string]any)
			out = append(out, c)
		}
	}
	return out
}

// exits says how the containers of a failed Pod ended.
func (o fields) exits() string {
	var out []string
	for _, c := range o.containers() {
		code := c.integer(0, "state", "terminated", "exitCode")
		if code != 0 {
			reason := sentence(fmt.Sprintf("container %s ended with exit code %d", c.text("name"), code), c.text("state", "terminated", "reason"))
			out = append(out, reason)
		}
	}
	return strings.Join(out, ", ")
}

// stuck says what holds up a Pod that is to run for good, as Argo CD sees it: a container that waits because something went wrong.
func (o fields) stuck() string {
	var out []string
	for _, c := range o.containers() {
		reason := c.text("state", "waiting", "reason")
		if strings.HasPrefix(reason, "Err") || strings.HasSuffix(reason, "Error") || strings.HasSuffix(reason, "BackOff") {
			out = append(out, sentence("container "+c.text("name"), reason, c.text("state", "waiting", "message")))
		}
	}
	return strings.Join(out, ", ")
}
