package helm

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/output"
	"github.com/sluice-gitops/sluice/engine/internal/plain"
	"github.com/sluice-gitops/sluice/engine/internal/yamldoc"
)

var (
	errorLine = regexp.MustCompile(`line (\d+)`)
	sourceOf  = regexp.MustCompile(`(?m)^# Source: (.+)$`)
)

func yamlErrorLine(err error) int {
	found := errorLine.FindStringSubmatch(err.Error())
	if found == nil {
		return 0
	}
	line, _ := strconv.Atoi(found[1])
	return line
}

// Resources parses the manifest's documents, at most max of them.
func (m Manifest) Resources(max int64) ([]output.Resource, error) {
	var out []output.Resource
	source := ""
	for _, part := range yamldoc.Split([]byte(m.Text)) {
		if found := sourceOf.FindSubmatch(firstLines(part.Text)); found != nil {
			source = strings.TrimSpace(string(found[1]))
		}
		file := m.Source(source)
		objects, err := plain.Objects(part.Text)
		if err != nil {
			return nil, fault.New(fault.Input, file, "the document that %s renders is no resource: %s", source, err)
		}
		for _, object := range objects {
			out = append(out, output.Resource{Object: object, File: file})
		}
		if int64(len(out)) > max {
			return nil, fault.Over("documents", "", "the render gives more than %d resources", max)
		}
	}
	return out, nil
}

// firstLines gives where helm's source comment stands.
func firstLines(text []byte) []byte {
	text = bytes.TrimLeft(text, " \t\r\n")
	if end := bytes.IndexByte(text, '\n'); end >= 0 {
		return text[:end]
	}
	return text
}
