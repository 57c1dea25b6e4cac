package limits

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"go.yaml.in/yaml/v3"
)

// CheckYAML refuses content that would grow when it is parsed: more documents or more alias expansion than the limits allow. Content that is
// no YAML passes; the renderer will say what is wrong with it. file is named in the fault.
func CheckYAML(content []byte, file string, l Limits) error {
	if n := int64(bytes.Count(content, []byte("\n---"))); n >= l.Documents {
		return fault.Over("documents", file, "more than %d YAML documents in one file", l.Documents)
	}
	if bytes.IndexByte(content, '*') < 0 || bytes.IndexByte(content, '&') < 0 {
		return nil
	}
	dec := yaml.NewDecoder(bytes.NewReader(content))
	for {
		var doc yaml.Node
		if err := dec.Decode(&doc); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return nil //nolint:nilerr // not YAML: the renderer's own parser reports it with its place
		}
		c := counter{max: l.Aliases, memo: map[*yaml.Node]int64{}}
		c.size(&doc)
		if c.expanded > l.Aliases {
			return fault.Over("aliases", file, "its YAML aliases expand to more than %d nodes", l.Aliases)
		}
		if err := nested(&doc, file, l); err != nil {
			return err
		}
	}
}

// nested looks into multi-line strings, which may be YAML themselves (inline patches, generators).
func nested(n *yaml.Node, file string, l Limits) error {
	if n.Kind == yaml.ScalarNode && strings.Contains(n.Value, "\n") {
		return CheckYAML([]byte(n.Value), file, l)
	}
	for _, child := range n.Content {
		if err := nested(child, file, l); err != nil {
			return err
		}
	}
	return nil
}

type counter struct {
	max      int64
	expanded int64
	memo     map[*yaml.Node]int64
}

// size counts the nodes that n stands for with all aliases written out; expanded sums those that came through an alias.
func (c *counter) size(n *yaml.Node) int64 {
	if n.Kind == yaml.AliasNode {
		if n.Alias == nil {
			return 1
		}
		known, seen := c.memo[n.Alias]
		if !seen {
			// An alias inside its own anchor never ends.
			c.expanded = c.max + 1
			return c.max + 1
		}
		c.expanded = min(c.expanded+known, c.max+1)
		return known
	}
	total := int64(1)
	for _, child := range n.Content {
		total = min(total+c.size(child), c.max+1)
	}
	if n.Anchor != "" {
		c.memo[n] = total
	}
	return total
}
