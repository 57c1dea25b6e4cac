package yamldoc

import (
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

var errorLine = regexp.MustCompile(`line (\d+)`)

// Locate turns the line that a YAML error names, which counts in its document, into one of the file whose document starts at line start. It gives
// the message with the line of the file, and that line; 0 when the message names none.
func Locate(message string, start int) (string, int) {
	found := errorLine.FindStringSubmatch(message)
	if found == nil {
		return message, 0
	}
	line, _ := strconv.Atoi(found[1])
	line += start - 1
	if strings.Contains(message, "did not find expected") {
		// The YAML library counts the lines of its parser's own errors from 0.
		line++
	}
	return strings.Replace(message, found[0], "line "+strconv.Itoa(line), 1), line
}

// Fault finds the first document of a stream that is no YAML and gives the error with its line in the stream; "" when all parse.
func Fault(content []byte) (message string, line int) {
	for _, part := range Split(content) {
		var n yaml.Node
		if err := yaml.Unmarshal(part.Text, &n); err != nil {
			return Locate(err.Error(), part.Line)
		}
	}
	return "", 0
}
