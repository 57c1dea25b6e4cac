package flux

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"text/template"

	sprig "github.com/go-task/slim-sprig/v3"
	"github.com/gosimple/slug"
	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/limits"
	"github.com/sluice-gitops/sluice/engine/internal/output"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
	"sigs.k8s.io/yaml"
)

// SetOptions are those of a ResourceSet.
type SetOptions struct {
	Set resourceSet `json:"set"`
	// Inputs are those of the providers that are known; `provider.name` tells whose they are.
	Inputs []map[string]any `json:"inputs"`
}

// provider gives sets of inputs: an object of its own, or the ResourceSet itself.
type provider struct {
	name   string
	inputs []map[string]any
}

type resourceSet struct {
	Metadata struct {
		Name string `json:"name"`
	} `json:"metadata"`
	Spec struct {
		Inputs        []map[string]any  `json:"inputs"`
		InputsFrom    []json.RawMessage `json:"inputsFrom"`
		InputStrategy struct {
			Name string `json:"name"`
		} `json:"inputStrategy"`
		templates
		Steps          []templates    `json:"steps"`
		CommonMetadata commonMetadata `json:"commonMetadata"`
	} `json:"spec"`
}

// templates are what is rendered with each set of inputs.
type templates struct {
	Resources         []map[string]any `json:"resources"`
	ResourcesTemplate string           `json:"resourcesTemplate"`
}

const (
	disabledObject = "fluxcd.controlplane.io/reconcile"
	copyFrom       = "fluxcd.controlplane.io/copyFrom"
	// maxPermutations is where the operator stops too.
	maxPermutations = 10_000
)

// ResourceSet renders the objects that a ResourceSet makes of its inputs. Errors are faults.
func ResourceSet(o SetOptions, l limits.Limits) (Output, error) {
	sets, err := o.inputs()
	if err != nil {
		return Output{}, err
	}
	texts, err := o.texts()
	if err != nil {
		return Output{}, err
	}
	made := made{common: o.Set.Spec.CommonMetadata, seen: map[string]bool{}, limits: l}
	for _, inputs := range sets {
		for _, text := range texts {
			if err := made.render(text, inputs); err != nil {
				return made.out, err
			}
		}
	}
	return made.out, nil
}

// inputs gives the sets of inputs, each for one rendering.
func (o SetOptions) inputs() ([]map[string]any, error) {
	spec := o.Set.Spec
	if len(spec.Inputs)+len(o.Inputs)+len(spec.InputsFrom) == 0 {
		return []map[string]any{{}}, nil
	}
	switch spec.InputStrategy.Name {
	case "", "Flatten":
		return slices.Concat(spec.Inputs, o.Inputs), nil
	case "Permute":
		return permute(o.providers())
	default:
		return nil, fault.New(fault.Input, "", "the ResourceSet has an unknown inputStrategy %q", spec.InputStrategy.Name)
	}
}

// providers puts the inputs together by who gives them.
func (o SetOptions) providers() []provider {
	var all []provider
	if len(o.Set.Spec.Inputs) > 0 {
		all = append(all, provider{o.Set.Metadata.Name, o.Set.Spec.Inputs})
	}
	for _, inputs := range o.Inputs {
		from, _ := inputs["provider"].(map[string]any)
		name, _ := from["name"].(string)
		i := slices.IndexFunc(all, func(p provider) bool { return p.name == name })
		if i < 0 {
			i, all = len(all), append(all, provider{name: name})
		}
		all[i].inputs = append(all[i].inputs, inputs)
	}
	return all
}

var notInName = regexp.MustCompile(`[^a-z0-9]+`)

// permute combines each set of each provider with those of all others; a provider's fields stand below its name.
func permute(providers []provider) ([]map[string]any, error) {
	if len(providers) == 0 {
		return nil, nil
	}
	sets := []map[string]any{{}}
	for _, p := range providers {
		name := strings.Trim(notInName.ReplaceAllString(strings.ToLower(p.name), "_"), "_")
		if len(sets)*len(p.inputs) > maxPermutations {
			return nil, fault.New(fault.Input, "", "the inputs of the ResourceSet give more than %d permutations", maxPermutations)
		}
		var next []map[string]any
		for _, set := range sets {
			for _, inputs := range p.inputs {
				combined := maps.Clone(set)
				combined[name] = inputs
				next = append(next, combined)
			}
		}
		sets = next
	}
	return sets, nil
}

// texts gives the templates as texts: resources are templates once they are written as YAML.
func (o SetOptions) texts() ([]string, error) {
	var texts []string
	for _, t := range append([]templates{o.Set.Spec.templates}, o.Set.Spec.Steps...) {
		for _, resource := range t.Resources {
			text, err := yaml.Marshal(resource)
			if err != nil {
				return nil, err
			}
			texts = append(texts, string(text))
		}
		if t.ResourcesTemplate != "" {
			texts = append(texts, t.ResourcesTemplate)
		}
	}
	return texts, nil
}

// made are the objects so far.
type made struct {
	common commonMetadata
	seen   map[string]bool
	size   int64
	limits limits.Limits
	out    Output
}

// render runs one template with one set of inputs.
func (m *made) render(text string, inputs map[string]any) error {
	rendered, err := execute(text, inputs)
	if err != nil {
		return fault.New(fault.Input, "", "the ResourceSet cannot be rendered: %s", err)
	}
	if m.size += int64(len(rendered)); m.size > m.limits.OutputBytes {
		return fault.Over("outputBytes", "", "the ResourceSet renders to more than %d bytes", m.limits.OutputBytes)
	}
	if err := limits.CheckYAML([]byte(rendered), "", m.limits); err != nil {
		return err
	}
	found, err := parseObjects(rendered, "")
	if err != nil {
		return err
	}
	for _, o := range found {
		if err := m.add(o); err != nil {
			return err
		}
	}
	return nil
}

// add takes an object, unless it is there already or says that it is not wanted.
func (m *made) add(o object) error {
	meta, _ := o.fields["metadata"].(map[string]any)
	annotations, _ := meta["annotations"].(map[string]any)
	id, err := json.Marshal([]any{o.fields["apiVersion"], o.fields["kind"], meta["namespace"], meta["name"]})
	if err != nil {
		return err
	}
	if m.seen[string(id)] || annotations[disabledObject] == "disabled" {
		return nil
	}
	m.seen[string(id)] = true
	if source, ok := annotations[copyFrom].(string); ok {
		m.out.Unpinned = append(m.out.Unpinned, protocol.Unpinned{
			Reference: source, Kind: "value", Reason: "only the cluster has it, so the data that is copied from it is not shown",
		})
	}
	if meta != nil {
		label(meta, "labels", m.common.Labels)
		label(meta, "annotations", m.common.Annotations)
	}
	text, err := json.Marshal(o.fields)
	m.out.Resources = append(m.out.Resources, output.Resource{Object: text})
	return err
}

// label sets labels, or annotations, on an object's metadata.
func label(meta map[string]any, field string, values map[string]string) {
	if len(values) == 0 {
		return
	}
	own, _ := meta[field].(map[string]any)
	if own == nil {
		own = map[string]any{}
		meta[field] = own
	}
	for key, value := range values {
		own[key] = value
	}
}

func execute(text string, inputs map[string]any) (string, error) {
	functions := sprig.HermeticTxtFuncMap()
	functions["inputs"] = func() map[string]any { return inputs }
	functions["slugify"] = slug.Make
	functions["toYaml"] = func(v any) (string, error) {
		text, err := yaml.Marshal(v)
		return strings.TrimSuffix(string(text), "\n"), err
	}
	t, err := template.New("resources").Delims("<<", ">>").Option("missingkey=error").Funcs(functions).Parse(text)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = t.Execute(&b, nil)
	return b.String(), err
}
