package applicationset

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
)

// result is what one generator gives: sets of parameters, and the template for them.
type result struct {
	params   []map[string]any
	template map[string]any
}

// generatorNames are the fields of a generator in Argo CD's order.
var generatorNames = []string{
	"list", "clusters", "git", "scmProvider", "clusterDecisionResource", "pullRequest", "matrix", "merge", "plugin", "oci",
}

// worldly are the generators that ask what no tree has, and what they ask.
var worldly = map[string]string{
	"scmProvider":             "the repositories of a code host",
	"clusterDecisionResource": "the status of an object in the cluster",
	"pullRequest":             "the open pull requests of a repository",
	"plugin":                  "a service of its own",
	"oci":                     "an artifact of an OCI registry",
}

// maxNesting is how deep matrix and merge generators may stand in each other.
const maxNesting = 2

// transform gives what each generator of an entry makes. With outer parameters, of a matrix, the entry is rendered first.
func (s *set) transform(entry, base, outer map[string]any, depth int) ([]result, error) {
	selector, err := newSelector(entry["selector"])
	if err != nil {
		return nil, err
	}
	var out []result
	for _, name := range generatorNames {
		spec, isSet := entry[name].(map[string]any)
		if !isSet {
			continue
		}
		template, _ := spec["template"].(map[string]any)
		template = fill(template, base)
		if len(outer) > 0 {
			if spec, err = s.interpolate(name, spec, outer); err != nil {
				return nil, err
			}
		}
		params, err := s.params(name, spec, depth)
		if err != nil {
			return nil, err
		}
		if selector != nil {
			params = slices.DeleteFunc(params, func(p map[string]any) bool { return !selector.matches(flattened(p)) })
		}
		out = append(out, result{params, template})
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Input, "", "ApplicationSet %s contains unrecognized generators: %s", s.Set.Metadata.Name, unrecognized(entry))
	}
	return out, nil
}

// unrecognized names what an entry without a known generator has.
func unrecognized(entry map[string]any) string {
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(entry)), func(name string) bool { return name == "selector" })
	if len(names) == 0 {
		return "one of them is empty"
	}
	return strings.Join(names, ", ")
}

// params runs one generator.
func (s *set) params(name string, spec map[string]any, depth int) ([]map[string]any, error) {
	var out []map[string]any
	var err error
	switch name {
	case "list":
		out, err = s.list(spec)
	case "clusters":
		out, err = s.clusters(spec)
	case "git":
		out, err = s.git(spec)
	case "matrix":
		out, err = s.matrix(spec, depth)
	case "merge":
		out, err = s.merge(spec, depth)
	default:
		rows, isKnown := s.Rows[name]
		if !isKnown {
			return nil, s.unknowable(name)
		}
		out, err = s.given(spec, rows)
	}
	if err != nil {
		return nil, fault.Of(err)
	}
	return out, nil
}

// given gives the rows that stand in for what a generator would ask, each with the generator's own values.
func (s *set) given(spec map[string]any, rows []map[string]any) ([]map[string]any, error) {
	var g struct {
		Values map[string]string `json:"values"`
	}
	if err := into(map[string]any{"values": spec["values"]}, &g); err != nil {
		return nil, err
	}
	var out []map[string]any
	for _, row := range rows {
		params := clone(row)
		if !s.replace.goTemplate {
			params = map[string]any{}
			for key, text := range flattened(row) {
				params[key] = text
			}
		}
		if err := s.addValues(g.Values, params); err != nil {
			return nil, err
		}
		out = append(out, params)
	}
	return out, nil
}

// unknowable says that a generator cannot be evaluated here.
func (s *set) unknowable(name string) error {
	s.Unpinned = append(s.Unpinned, protocol.Unpinned{Reference: name, Reason: "the generator asks " + worldly[name], Kind: "generator"})
	return fault.New(fault.Refused, "", "the generator %s asks %s, which no tree has: the ApplicationSet is not evaluated. "+
		"A list generator with the same parameters can be", name, worldly[name])
}

// into reads a generator's fields.
func into(spec map[string]any, fields any) error {
	raw, err := json.Marshal(spec)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, fields); err != nil {
		return fault.New(fault.Input, "", "%s", err)
	}
	return nil
}

// list gives the elements that are written in the generator.
func (s *set) list(spec map[string]any) ([]map[string]any, error) {
	var g struct {
		Elements     []map[string]any `json:"elements"`
		ElementsYaml string           `json:"elementsYaml"`
	}
	if err := into(spec, &g); err != nil {
		return nil, err
	}
	out := make([]map[string]any, len(g.Elements))
	for i, element := range g.Elements {
		out[i] = element
		if s.replace.goTemplate {
			continue
		}
		flat, err := texts(element)
		if err != nil {
			return nil, err
		}
		out[i] = flat
	}
	more, err := objectsOf([]byte(g.ElementsYaml))
	if err != nil {
		return nil, fault.New(fault.Input, "", "error unmarshling decoded ElementsYaml %s", err)
	}
	return append(out, more...), nil
}

// texts gives an element as simple templates see it: every value is a text.
func texts(element map[string]any) (map[string]any, error) {
	if len(element) == 0 {
		return nil, nil
	}
	out := map[string]any{}
	put := func(key string, value any) error {
		if _, isText := value.(string); !isText {
			return fault.New(fault.Input, "", "error parsing value as string: %q of a list element is %T (without goTemplate, values must be strings)", key, value)
		}
		out[key] = value
		return nil
	}
	for key, value := range element {
		if key != "values" {
			if err := put(key, value); err != nil {
				return nil, err
			}
			continue
		}
		below, isMap := value.(map[string]any)
		if !isMap {
			return nil, fault.New(fault.Input, "", "error parsing values map")
		}
		for name, item := range below {
			if err := put("values."+name, item); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// addValues adds a generator's own `values`, rendered with its parameters.
func (s *set) addValues(values map[string]string, params map[string]any) error {
	rendered := map[string]string{}
	for key, value := range values {
		text, err := s.replace.text(value, params)
		if err != nil {
			return fault.New(fault.Input, "", "values.%s: %s", key, err)
		}
		rendered[key] = text
	}
	if len(values) == 0 {
		return nil
	}
	if s.replace.goTemplate {
		params["values"] = rendered
		return nil
	}
	for key, text := range rendered {
		params["values."+key] = text
	}
	return nil
}

// flattened gives parameters as labels: the way to each value, joined by dots.
func flattened(params map[string]any) map[string]string {
	out := map[string]string{}
	for key, value := range flat(params) {
		out[key] = fmt.Sprintf("%v", value)
	}
	return out
}

// flat lays nested maps and lists out as one map, with the keys on the way joined by dots.
func flat(nested map[string]any) map[string]any {
	out := map[string]any{}
	var walk func(prefix string, value any)
	walk = func(prefix string, value any) {
		switch value := value.(type) {
		case map[string]any:
			for key, item := range value {
				walk(join(prefix, key), item)
			}
		case map[string]string:
			for key, item := range value {
				out[join(prefix, key)] = item
			}
		case []any:
			for i, item := range value {
				walk(join(prefix, fmt.Sprint(i)), item)
			}
		default:
			out[prefix] = value
		}
	}
	walk("", nested)
	return out
}

func join(prefix, key string) string {
	if prefix == "" {
		return key
	}
	return prefix + "." + key
}
