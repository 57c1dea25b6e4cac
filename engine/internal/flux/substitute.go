package flux

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/fluxcd/pkg/envsubst"
	"github.com/fluxcd/pkg/envsubst/parse"
	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/kustomize"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/yaml"
)

// disabledKey is the label or annotation by which an object is left alone.
const disabledKey = "kustomize.toolkit.fluxcd.io/substitute"

// maxDollars is how many dollar signs an object may have: the parser goes one call deeper with each.
const maxDollars = 100_000

var validName = regexp.MustCompile("^[_[:alpha:]][_[:alpha:][:digit:]]*$")

// substitution puts the values of variables into objects, as `postBuild` asks.
type substitution struct {
	on      bool
	strict  bool
	values  map[string]string
	objects []string
	lacking []string
	assumed []string
}

func newSubstitution(s spec, o Options) *substitution {
	sub := &substitution{strict: o.Strict == nil || *o.Strict, values: map[string]string{}, objects: o.Placeholders}
	for name, value := range o.Variables {
		sub.values[name] = strings.ReplaceAll(value, "\n", "")
	}
	always := false
	if s.PostBuild != nil {
		always = s.PostBuild.Strategy == "Always"
		for name, value := range s.PostBuild.Substitute {
			sub.values[name] = strings.ReplaceAll(value, "\n", "")
		}
	}
	sub.on = len(sub.values) > 0 || len(sub.objects) > 0 || always
	return sub
}

// substituteAll changes the objects one by one.
func substituteAll(built kustomize.Output, s *substitution) error {
	for i, res := range built.Resources.Resources() {
		origin := built.Origins[i]
		if res.GetName() == "" || res.GetKind() == "" || res.GetApiVersion() == "" {
			return fault.New(fault.Input, origin.File, "an object has no apiVersion, kind or name, so Flux applies none").At(origin.Line)
		}
		if !s.on || res.GetLabels()[disabledKey] == "disabled" || res.GetAnnotations()[disabledKey] == "disabled" {
			continue
		}
		// As people know it: its name may be what is substituted.
		name := res.GetKind() + "/" + res.GetName()
		if err := s.substitute(res); err != nil {
			return fault.New(fault.Input, origin.File, "the variables of %s cannot be substituted: %s", name, err).At(origin.Line)
		}
		if _, err := built.Resources.Replace(res); err != nil {
			return fault.New(fault.Input, origin.File, "%s, once its variables are substituted: %s", name, err).At(origin.Line)
		}
	}
	return nil
}

func (s *substitution) substitute(res *resource.Resource) error {
	for name := range s.values {
		if !validName.MatchString(name) {
			return fmt.Errorf("'%s' is no name of a variable: it must match '%s'", name, validName)
		}
	}
	text, err := res.AsYAML()
	if err != nil {
		return err
	}
	changed, err := s.eval(string(text), res.GetKind() == "Secret")
	if err != nil {
		return err
	}
	object, err := yaml.YAMLToJSON([]byte(changed))
	if err != nil {
		return fmt.Errorf("what comes out is no YAML: %w", err)
	}
	return res.UnmarshalJSON(object)
}

func (s *substitution) eval(text string, secret bool) (string, error) {
	if n := strings.Count(text, "$"); n > maxDollars {
		return "", fmt.Errorf("it has %d dollar signs; %d are allowed", n, maxDollars)
	}
	tree, err := parse.Parse(text)
	if err != nil {
		if at := offender(text); at != "" && !secret {
			return "", fmt.Errorf("%w in %s", err, at)
		}
		return "", err
	}
	// The variables in the order in which they are asked for.
	asked := variables(tree.Root, nil)
	return envsubst.Eval(text, func(name string) (string, bool) {
		node := asked[0]
		asked = asked[1:]
		value, known := s.values[name]
		if known || len(s.objects) == 0 {
			return value, known || !s.strict
		}
		if hasDefault(node) {
			s.assumed = insert(s.assumed, name)
			return "", false
		}
		s.lacking = insert(s.lacking, name)
		return placeholder(name), true
	})
}

// placeholder stands for a value that only the cluster has.
func placeholder(name string) string { return "..UNKNOWN_" + name + ".." }

// variables lists the references to variables in a parsed text, those in defaults before what they are defaults of.
func variables(n parse.Node, found []*parse.FuncNode) []*parse.FuncNode {
	switch n := n.(type) {
	case *parse.ListNode:
		for _, child := range n.Nodes {
			found = variables(child, found)
		}
	case *parse.FuncNode:
		for _, argument := range n.Args {
			found = variables(argument, found)
		}
		found = append(found, n)
	}
	return found
}

func hasDefault(n *parse.FuncNode) bool {
	return slices.Contains([]string{"-", "+", "=", "?", ":-", ":+", ":=", ":?"}, n.Name)
}

// offender finds the reference at which a text cannot be parsed.
func offender(text string) string {
	for i := strings.Index(text, "${"); i >= 0; {
		line, _, _ := strings.Cut(text[i:], "\n")
		end := strings.Index(line, "}") + 1
		if end == 0 {
			end = len(line)
		}
		if _, err := parse.Parse(line[:end]); err != nil {
			return line[:min(end, 60)]
		}
		next := strings.Index(text[i+2:], "${")
		if next < 0 {
			return ""
		}
		i += 2 + next
	}
	return ""
}

func insert(names []string, name string) []string {
	if i, there := slices.BinarySearch(names, name); !there {
		return slices.Insert(names, i, name)
	}
	return names
}

// unpinned lists the variables whose values only the cluster has.
func (s *substitution) unpinned() []protocol.Unpinned {
	has := strings.Join(s.objects, ", ")
	var out []protocol.Unpinned
	for _, name := range s.lacking {
		out = append(out, protocol.Unpinned{Reference: name, Kind: "value", Reason: "only the cluster has " + has + ", so " + placeholder(name) + " stands for the value"})
	}
	for _, name := range s.assumed {
		if !slices.Contains(s.lacking, name) {
			out = append(out, protocol.Unpinned{Reference: name, Kind: "value", Reason: "only the cluster has " + has + ", so the default is shown"})
		}
	}
	return out
}
