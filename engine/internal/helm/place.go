package helm

import (
	"path"
	"regexp"
	"strconv"
)

var (
	atTemplate = regexp.MustCompile(`(?m)(?:^|\()([^\s():]+/templates/[^\s():]+):(\d+)(?::\d+)?`)
	onTemplate = regexp.MustCompile(`YAML parse error on ([^\s:]+):`)
)

// place finds the template and line that an error of helm speaks of; the chart's own file when it names none.
func place(c loaded, text string) (file string, line int) {
	if found := atTemplate.FindStringSubmatch(text); found != nil {
		if file := c.source(found[1]); file != "" {
			line, _ = strconv.Atoi(found[2])
			return file, line
		}
	}
	if found := onTemplate.FindStringSubmatch(text); found != nil {
		// The line of a YAML error counts in the rendered text, not in the template.
		if file := c.source(found[1]); file != "" {
			return file, 0
		}
	}
	return path.Join(c.dir, "Chart.yaml"), 0
}
