// Package output writes resources as the protocol wants them.
package output

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
)

// Resource is one resource: its object as JSON and where it came from.
type Resource struct {
	Object []byte
	File   string
	Line   int
}

// MaxDepth is how deep a resource may nest: far more than any real one does, far less than a reader's stack.
const MaxDepth = 500

// List writes a JSON array of resources of at most maxBytes bytes.
func List(resources []Resource, maxBytes int64) ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('[')
	for i, r := range resources {
		if i > 0 {
			out.WriteByte(',')
		}
		if depth(r.Object) > MaxDepth {
			return nil, fault.Over("depth", r.File, "a resource nests deeper than %d levels", MaxDepth)
		}
		out.WriteString(`{"object":`)
		out.Write(bytes.TrimSpace(r.Object))
		if r.File != "" {
			out.WriteString(`,"file":`)
			name, err := json.Marshal(r.File)
			if err != nil {
				return nil, err
			}
			out.Write(name)
			if r.Line > 0 {
				out.WriteString(`,"line":`)
				out.WriteString(strconv.Itoa(r.Line))
			}
		}
		if err := writeNumbers(&out, r.Object); err != nil {
			return nil, err
		}
		out.WriteByte('}')
		if int64(out.Len()) > maxBytes {
			return nil, fault.Over("outputBytes", "", "the render gives more than %d bytes", maxBytes)
		}
	}
	out.WriteByte(']')
	return out.Bytes(), nil
}

// depth is how deep a valid JSON text nests.
func depth(object []byte) int {
	at, deepest, quoted := 0, 0, false
	for i := 0; i < len(object); i++ {
		switch c := object[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			at++
			deepest = max(deepest, at)
		case c == '}' || c == ']':
			at--
		}
	}
	return deepest
}

func writeNumbers(out *bytes.Buffer, object []byte) error {
	if !mayLose(object) {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(object))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return err
	}
	lost := map[string]string{}
	collect(v, "", lost)
	if len(lost) == 0 {
		return nil
	}
	text, err := json.Marshal(lost)
	if err != nil {
		return err
	}
	out.WriteString(`,"numbers":`)
	out.Write(text)
	return nil
}

// mayLose looks, outside of strings, for a number long enough to need a second look.
func mayLose(object []byte) bool {
	digits := 0
	inString := false
	for i := 0; i < len(object); i++ {
		switch c := object[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
			digits = 0
		case inString:
		case c >= '0' && c <= '9':
			if digits++; digits > 15 {
				return true
			}
		case c == 'e' && digits > 0, c == 'E' && digits > 0:
			return true
		case c == '.':
		default:
			digits = 0
		}
	}
	return false
}

func collect(v any, pointer string, into map[string]string) {
	switch v := v.(type) {
	case json.Number:
		if !exact(v.String()) {
			into[pointer] = v.String()
		}
	case []any:
		for i, item := range v {
			collect(item, pointer+"/"+strconv.Itoa(i), into)
		}
	case map[string]any:
		for key, item := range v {
			collect(item, pointer+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(key), into)
		}
	}
}

// exact says whether a double gives the same decimal number back.
func exact(text string) bool {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) {
		return false
	}
	return decimal(text) == decimal(strconv.FormatFloat(f, 'e', -1, 64))
}

// decimal writes a number in one normal form: digits without zeros at the ends, and the exponent.
func decimal(text string) string {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	exp, _ := strconv.Atoi(exponent)
	sign := ""
	if rest, ok := strings.CutPrefix(mantissa, "-"); ok {
		sign, mantissa = "-", rest
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	exp -= len(fraction)
	trimmed := strings.TrimRight(digits, "0")
	exp += len(digits) - len(trimmed)
	if trimmed == "" {
		return "0"
	}
	return sign + trimmed + "e" + strconv.Itoa(exp)
}
