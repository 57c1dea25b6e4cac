// Package yamldoc finds the documents of a YAML stream and what they are.
package yamldoc

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Head is what one document says of itself and the line where it starts, from 1.
type Head struct {
	Kind string
	Name string
	Line int
}

// Part is one document of a stream and the line where its text starts, from 1.
type Part struct {
	Text []byte
	Line int
}

// Split cuts a stream at its "---" lines. Parts of blanks only are left out.
func Split(content []byte) []Part {
	var parts []Part
	start, startLine, line := 0, 1, 1
	add := func(end int) {
		if text := content[start:end]; len(bytes.TrimSpace(text)) > 0 {
			parts = append(parts, Part{Text: text, Line: startLine})
		}
	}
	for pos := 0; pos < len(content); {
		end := bytes.IndexByte(content[pos:], '\n')
		next := len(content)
		if end >= 0 {
			next = pos + end + 1
		}
		row := content[pos:next]
		if bytes.HasPrefix(row, []byte("---")) && (len(row) == 3 || strings.ContainsRune(" \t\r\n", rune(row[3]))) {
			add(pos)
			// What follows the marker on its line belongs to the document.
			start, startLine = pos+3, line
		}
		pos = next
		line++
	}
	add(len(content))
	return parts
}

// Heads tells the kind, name and line of each document, with the items of lists one by one. Documents that do not parse are left out.
func Heads(content []byte) []Head {
	var heads []Head
	for _, part := range Split(content) {
		if h, ok := quick(part); ok {
			heads = append(heads, h)
			continue
		}
		var n yaml.Node
		if yaml.Unmarshal(part.Text, &n) == nil && len(n.Content) == 1 {
			heads = append(heads, fromNode(n.Content[0], part.Line-1)...)
		}
	}
	return heads
}

// quick reads the plain block style that nearly every manifest is written in, without a parser.
func quick(p Part) (Head, bool) {
	var h Head
	inMeta, indent, first := false, -1, 0
	line := p.Line - 1
	for row := range bytes.Lines(p.Text) {
		line++
		text := strings.TrimRight(string(row), "\r\n ")
		body := strings.TrimLeft(text, " ")
		if body == "" || body[0] == '#' {
			continue
		}
		depth := len(text) - len(body)
		if depth == 0 {
			if first == 0 {
				first = line
			}
			key, value, found := strings.Cut(body, ":")
			if !found || strings.ContainsAny(body[:1], "{[\"'&*?-|>!%@") {
				return h, false
			}
			inMeta = key == "metadata" && strings.TrimSpace(value) == ""
			indent = -1
			if key == "kind" && !plain(value, &h.Kind) {
				return h, false
			}
			continue
		}
		if !inMeta {
			continue
		}
		if indent < 0 {
			indent = depth
		}
		if depth == indent {
			if value, ok := strings.CutPrefix(body, "name:"); ok && !plain(value, &h.Name) {
				return h, false
			}
		}
	}
	h.Line = first
	return h, h.Kind != "" && h.Name != "" && !strings.HasSuffix(h.Kind, "List")
}

// plain takes a scalar that needs no YAML rules to read.
func plain(value string, into *string) bool {
	value, _, _ = strings.Cut(strings.TrimSpace(value), " #")
	value = strings.TrimSpace(value)
	if value == "" || strings.ContainsAny(value, "\"'{}[]&*#|>!%@`\\: \t") {
		return false
	}
	*into = value
	return true
}

func fromNode(n *yaml.Node, offset int) []Head {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.MappingNode {
		return nil
	}
	h := Head{Line: n.Line + offset}
	var items *yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i].Value, n.Content[i+1]
		switch key {
		case "kind":
			h.Kind = value.Value
		case "items":
			items = value
		case "metadata":
			for j := 0; j+1 < len(value.Content); j += 2 {
				if value.Content[j].Value == "name" {
					h.Name = value.Content[j+1].Value
				}
			}
		}
	}
	if items == nil || !strings.HasSuffix(h.Kind, "List") {
		return []Head{h}
	}
	var heads []Head
	for _, item := range items.Content {
		heads = append(heads, fromNode(item, offset)...)
	}
	return heads
}
