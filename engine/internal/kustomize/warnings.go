package kustomize

import (
	"bytes"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/protocol"
	"sigs.k8s.io/kustomize/api/types"
)

// checkDeprecated notes the deprecated fields of a kustomization with their lines. kustomize prints the same messages without a place.
func (r *run) checkDeprecated(file string, content []byte) {
	found, _ := r.fs.Memo(file, "deprecated", func() any { return deprecated(content) }).([]protocol.Warning)
	for _, w := range found {
		w.File = file
		r.warnings = append(r.warnings, w)
	}
}

func deprecated(content []byte) []protocol.Warning {
	mentioned := false
	for _, field := range deprecatedFields {
		mentioned = mentioned || bytes.Contains(content, []byte(field))
	}
	var k types.Kustomization
	if !mentioned || k.Unmarshal(content) != nil {
		return nil
	}
	var out []protocol.Warning
	for _, message := range *k.CheckDeprecatedFields() {
		message = strings.TrimPrefix(message, "# Warning: ")
		_, field, _ := strings.Cut(message, "'")
		field, _, _ = strings.Cut(field, "'")
		out = append(out, protocol.Warning{Message: message, Line: fieldLine(content, field)})
	}
	return out
}

var deprecatedFields = []string{"bases", "commonLabels", "imageTags", "patchesJson6902", "patchesStrategicMerge", "vars"}

// fieldLine finds the line of a top-level field.
func fieldLine(content []byte, field string) int {
	line := 0
	for row := range bytes.Lines(content) {
		line++
		if bytes.HasPrefix(row, []byte(field+":")) {
			return line
		}
	}
	return 0
}
