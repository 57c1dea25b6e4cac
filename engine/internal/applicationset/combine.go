package applicationset

import (
	"encoding/json"
	"fmt"
	"maps"

	"dario.cat/mergo"
	"github.com/sluice-gitops/sluice/engine/internal/fault"
)

// combined reads the children of a matrix or merge generator.
type combined struct {
	Generators []map[string]any `json:"generators"`
	MergeKeys  []string         `json:"mergeKeys"`
}

func (s *set) combined(kind string, spec map[string]any, depth int) (combined, error) {
	var g combined
	if depth >= maxNesting {
		return g, fault.New(fault.Input, "", "a %s generator stands too deep in others", kind)
	}
	if err := into(spec, &g); err != nil {
		return g, err
	}
	if len(g.Generators) < 2 {
		return g, fault.New(fault.Input, "", "found less than two generators in a %s generator", kind)
	}
	return g, nil
}

// only gives the parameters of a child, which has one generator.
func (s *set) only(child, outer map[string]any, depth int) ([]map[string]any, error) {
	results, err := s.transform(child, nil, outer, depth+1)
	if err != nil {
		return nil, err
	}
	if len(results) > 1 {
		return nil, fault.New(fault.Input, "", "found more than one generator in one entry of a matrix or merge generator")
	}
	return results[0].params, nil
}

// matrix gives each set of the first child with each of the second, which sees the parameters of the first.
func (s *set) matrix(spec map[string]any, depth int) ([]map[string]any, error) {
	g, err := s.combined("matrix", spec, depth)
	if err != nil {
		return nil, err
	}
	if len(g.Generators) > 2 {
		return nil, fault.New(fault.Input, "", "found more than two generators, Matrix support only two")
	}
	first, err := s.only(g.Generators[0], nil, depth)
	if err != nil {
		return nil, err
	}
	var out []map[string]any
	for _, a := range first {
		second, err := s.only(g.Generators[1], a, depth)
		if err != nil {
			return nil, err
		}
		for _, b := range second {
			both, err := s.both(a, b)
			if err != nil {
				return nil, err
			}
			out = append(out, both)
		}
		if n := int64(len(out)); n > s.fs.Limits().Documents {
			return nil, fault.Over("documents", "", "a matrix generator makes more than %d sets of parameters", s.fs.Limits().Documents)
		}
	}
	return out, nil
}

// both joins two sets of parameters. With Go templates the first wins; without, a key must have one value.
func (s *set) both(a, b map[string]any) (map[string]any, error) {
	out := map[string]any{}
	if s.replace.goTemplate {
		for _, from := range []map[string]any{b, a} {
			if err := mergo.Merge(&out, clone(from), mergo.WithOverride); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	for key, value := range a {
		out[key] = fmt.Sprintf("%v", value)
	}
	for key, value := range b {
		text := fmt.Sprintf("%v", value)
		if have, present := out[key]; present && have != text {
			return nil, fault.New(fault.Input, "", "found duplicate key %s with different value, a: %s ,b: %s", key, have, text)
		}
		out[key] = text
	}
	return out, nil
}

// clone copies the maps and lists of parameters, so that a merge does not write into them.
func clone(params map[string]any) map[string]any {
	out := make(map[string]any, len(params))
	for key, value := range params {
		out[key] = cloned(value)
	}
	return out
}

func cloned(value any) any {
	switch value := value.(type) {
	case map[string]any:
		return clone(value)
	case map[string]string:
		return maps.Clone(value)
	case []any:
		out := make([]any, len(value))
		for i, item := range value {
			out[i] = cloned(item)
		}
		return out
	default:
		return value
	}
}

// merge lays the sets of later children over those of the first that have the same merge keys.
func (s *set) merge(spec map[string]any, depth int) ([]map[string]any, error) {
	g, err := s.combined("merge", spec, depth)
	if err != nil {
		return nil, err
	}
	if len(g.MergeKeys) == 0 {
		return nil, fault.New(fault.Input, "", "no merge keys were specified, Merge requires at least one")
	}
	var base []map[string]any
	var place map[string]int
	for i, generator := range g.Generators {
		params, err := s.only(generator, nil, depth)
		if err != nil {
			return nil, err
		}
		keyed, err := byKeys(g.MergeKeys, params)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			base, place = params, keyed
			continue
		}
		for key, at := range place {
			over, matched := keyed[key]
			if !matched {
				continue
			}
			if base[at], err = s.over(base[at], params[over]); err != nil {
				return nil, err
			}
		}
	}
	return base, nil
}

func (s *set) over(base, over map[string]any) (map[string]any, error) {
	base = clone(base)
	if !s.replace.goTemplate {
		maps.Copy(base, over)
		return base, nil
	}
	err := mergo.Merge(&base, clone(over), mergo.WithOverride)
	return base, err
}

// byKeys finds sets of parameters by the values of the merge keys, which must tell them apart.
func byKeys(keys []string, params []map[string]any) (map[string]int, error) {
	out := map[string]int{}
	for i, p := range params {
		values := map[string]any{}
		for _, key := range keys {
			values[key] = p[key]
		}
		raw, err := json.Marshal(values)
		if err != nil {
			return nil, err
		}
		if _, twice := out[string(raw)]; twice {
			return nil, fault.New(fault.Input, "", "the parameters from a generator were not unique by the given mergeKeys, "+
				"Merge requires all param sets to be unique. Duplicate key was %s", raw)
		}
		out[string(raw)] = i
	}
	return out, nil
}
