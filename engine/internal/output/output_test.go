package output

import (
	"strings"
	"testing"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
)

func nested(levels int) []byte {
	return []byte(`{"a":` + strings.Repeat("[", levels-1) + `"}]\\\"[{"` + strings.Repeat("]", levels-1) + "}")
}

func TestAResourceMayNestAsDeepAsTheLimit(t *testing.T) {
	if _, err := List([]Resource{{Object: nested(MaxDepth)}}, 1<<20); err != nil {
		t.Fatal(err)
	}
}

func TestAResourceThatNestsDeeperIsRefusedByName(t *testing.T) {
	_, err := List([]Resource{{Object: nested(MaxDepth + 1), File: "deep.yaml"}}, 1<<20)
	if f := fault.Of(err); f.Limit != "depth" || f.File != "deep.yaml" {
		t.Fatalf("got %+v", f)
	}
}
