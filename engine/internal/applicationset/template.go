package applicationset

import (
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"github.com/gosimple/slug"
	"github.com/valyala/fasttemplate"
	"sigs.k8s.io/yaml"
)

// maxTpl is how deep templates may call each other by `tpl`.
const maxTpl = 3

// base has the functions that Argo CD gives to templates.
var base = template.New("base").Funcs(functions())

func functions() template.FuncMap {
	out := template.FuncMap(sprig.GenericFuncMap())
	for _, name := range []string{"env", "expandenv", "getHostByName"} {
		delete(out, name)
	}
	maps.Copy(out, template.FuncMap{"normalize": normalize, "slugify": slugify, "toYaml": toYAML, "fromYaml": fromYAML, "fromYamlArray": fromYAMLArray})
	return out
}

// replacer renders texts with parameters: as Go templates, or by replacing `{{ name }}`.
type replacer struct {
	goTemplate bool
	options    []string
}

var templated = regexp.MustCompile(".*{{.*}}.*")

// text renders one text.
func (r replacer) text(text string, params map[string]any) (out string, err error) {
	if r.goTemplate {
		return r.execute(text, params)
	}
	if !templated.MatchString(text) {
		return text, nil
	}
	t, err := fasttemplate.NewTemplate(text, "{{", "}}")
	if err != nil {
		return "", fmt.Errorf("invalid template: %w", err)
	}
	return t.ExecuteFuncString(func(w io.Writer, tag string) (int, error) {
		value, known := params[strings.TrimSpace(tag)].(string)
		if !known || strings.TrimSpace(tag) == "" {
			return fmt.Fprintf(w, "{{%s}}", tag)
		}
		return io.WriteString(w, value)
	}), nil
}

func (r replacer) execute(text string, params map[string]any) (out string, err error) {
	defer func() {
		// An option that is none panics.
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	t, err := base.Clone()
	if err != nil {
		return "", err
	}
	for _, option := range r.options {
		t = t.Option(option)
	}
	t = t.Funcs(template.FuncMap{"tpl": tpl(t)})
	parsed, err := t.Parse(text)
	if err != nil {
		return "", fmt.Errorf("failed to parse template %s: %w", text, err)
	}
	var b strings.Builder
	if err := parsed.Execute(&b, params); err != nil {
		return "", fmt.Errorf("failed to execute go template %s: %w", text, err)
	}
	return b.String(), nil
}

// tpl renders a text that a template made.
func tpl(parent *template.Template) func(string, any) (string, error) {
	depth := 0
	return func(text string, values any) (string, error) {
		depth++
		defer func() { depth-- }()
		if depth > maxTpl {
			return "", fmt.Errorf("maximum recursion depth %d exceeded in tpl function", maxTpl)
		}
		t, err := parent.Clone()
		if err != nil {
			return "", fmt.Errorf("cannot clone template: %w", err)
		}
		if t, err = t.New(parent.Name()).Parse(text); err != nil {
			return "", fmt.Errorf("cannot parse template %q: %w", text, err)
		}
		var b strings.Builder
		if err := t.Execute(&b, values); err != nil {
			return "", fmt.Errorf("error during tpl function execution for %q: %w", text, err)
		}
		return strings.ReplaceAll(b.String(), "<no value>", ""), nil
	}
}

var notInNames = regexp.MustCompile("[^-a-z0-9.]")

// normalize makes a name of Kubernetes from a text.
func normalize(name string) string {
	name = notInNames.ReplaceAllString(strings.ToLower(name), "-")
	return strings.Trim(name[:min(len(name), 253)], "-.")
}

// slugify makes a part of an address from its last argument; before it may stand the length and whether to cut at words.
func slugify(args ...any) string {
	name := ""
	slug.MaxLength, slug.EnableSmartTruncate = 50, true
	for i, arg := range args {
		switch i {
		case len(args) - 1:
			name = arg.(string)
		case 0:
			slug.MaxLength = arg.(int)
		case 1:
			slug.EnableSmartTruncate = arg.(bool)
		}
	}
	return slug.Make(normalize(name))
}

func toYAML(v any) (string, error) {
	raw, err := yaml.Marshal(v)
	return strings.TrimSuffix(string(raw), "\n"), err
}

func fromYAML(text string) (map[string]any, error) {
	out := map[string]any{}
	err := yaml.Unmarshal([]byte(text), &out)
	return out, err
}

func fromYAMLArray(text string) ([]any, error) {
	out := []any{}
	err := yaml.Unmarshal([]byte(text), &out)
	return out, err
}

// deep renders every text in a value, the keys of maps too. What is null in a map is left out.
func (r replacer) deep(value any, params map[string]any) (any, error) {
	switch value := value.(type) {
	case string:
		return r.text(value, params)
	case []any:
		out := make([]any, len(value))
		for i, item := range value {
			rendered, err := r.deep(item, params)
			if err != nil {
				return nil, err
			}
			out[i] = rendered
		}
		return out, nil
	case map[string]any:
		out := make(map[string]any, len(value))
		for _, key := range slices.Sorted(maps.Keys(value)) {
			if value[key] == nil {
				continue
			}
			name, err := r.text(key, params)
			if err != nil {
				return nil, err
			}
			if out[name], err = r.deep(value[key], params); err != nil {
				return nil, err
			}
		}
		return out, nil
	default:
		return value, nil
	}
}

// interpolate renders a generator with the parameters of an outer one. A text of its `values` that names what only the generator itself will
// know stays as it is.
func (s *set) interpolate(name string, spec, outer map[string]any) (map[string]any, error) {
	rest := maps.Clone(spec)
	values, own := rest["values"].(map[string]any)
	own = own && (name == "git" || name == "clusters")
	if own {
		delete(rest, "values")
	}
	rendered, err := s.replace.deep(rest, outer)
	if err != nil {
		return nil, err
	}
	out, _ := rendered.(map[string]any)
	if !own {
		return out, nil
	}
	strict := s.replace
	if strict.goTemplate {
		strict.options = slices.DeleteFunc(slices.Clone(strict.options), func(o string) bool { return strings.HasPrefix(o, "missingkey=") })
		strict.options = append(strict.options, "missingkey=error")
	}
	resolved := map[string]any{}
	for key, value := range values {
		text, _ := value.(string)
		resolved[key], err = strict.text(text, outer)
		if missing := err != nil && (strings.Contains(err.Error(), "map has no entry for key") || strings.Contains(err.Error(), "can't evaluate field")); missing {
			resolved[key] = value
		} else if err != nil {
			return nil, fmt.Errorf("values.%s: %w", key, err)
		}
	}
	out["values"] = resolved
	return out, nil
}
