package flux

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/helm"
	"github.com/sluice-gitops/sluice/engine/internal/kustomize"
	"github.com/sluice-gitops/sluice/engine/internal/limits"
	"github.com/sluice-gitops/sluice/engine/internal/output"
	"github.com/sluice-gitops/sluice/engine/internal/plain"
	"github.com/sluice-gitops/sluice/engine/internal/yamldoc"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// object is one that a release applies.
type object struct {
	fields map[string]any
	file   string
}

// objects gives what the release applies: the definitions of `crds/`, and what comes out of the post-renderers.
func (r *release) objects(m helm.Manifest, l limits.Limits) error {
	var all []object
	if r.spec.showsCRDs() {
		for _, crd := range m.CRDs {
			found, err := parseObjects(crd.Text, m.Source(crd.Name))
			if err != nil {
				return err
			}
			all = append(all, found...)
		}
	}
	released, err := r.rendered(m, l)
	if err != nil {
		return err
	}
	all = append(all, released...)
	scopes := scopesOf(all)
	for _, o := range all {
		if !r.applies(o) {
			continue
		}
		r.fillNamespace(o, scopes)
		text, err := json.Marshal(o.fields)
		if err != nil {
			return err
		}
		r.out.Resources = append(r.out.Resources, output.Resource{Object: text, File: o.file})
	}
	return nil
}

// rendered runs the release's documents through the post-renderers, as its strategy says.
func (r *release) rendered(m helm.Manifest, l limits.Limits) ([]object, error) {
	split := slices.IndexFunc(m.Parts, func(p helm.Part) bool { return p.Hook })
	if split < 0 {
		split = len(m.Parts)
	}
	var groups [][]helm.Part
	var untouched []helm.Part
	switch r.spec.PostRenderStrategy {
	case "", "combined":
		groups = [][]helm.Part{m.Parts}
	case "nohooks":
		groups, untouched = [][]helm.Part{m.Parts[:split]}, m.Parts[split:]
	case "separate":
		groups = [][]helm.Part{m.Parts[:split], m.Parts[split:]}
	default:
		return nil, fault.New(fault.Input, "", "the HelmRelease has an unknown postRenderStrategy %q", r.spec.PostRenderStrategy)
	}
	var out []object
	for _, group := range groups {
		done, err := r.spec.postRender(documentsOf(m, group), l)
		if err != nil {
			return nil, err
		}
		for i, res := range done.resources.Resources() {
			text, err := kustomize.JSON(res)
			if err != nil {
				return nil, err
			}
			found, err := decode(text, done.files[i])
			if err != nil {
				return nil, err
			}
			out = append(out, found)
		}
	}
	for _, hook := range untouched {
		found, err := parseObjects(hook.Text, m.Source(hook.Name))
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

func documentsOf(m helm.Manifest, parts []helm.Part) []document {
	docs := make([]document, len(parts))
	for i, part := range parts {
		docs[i] = document{part.Text, m.Source(part.Name)}
	}
	return docs
}

func parseObjects(text, file string) ([]object, error) {
	var out []object
	for _, part := range yamldoc.Split([]byte(text)) {
		found, err := plain.Objects(part.Text)
		if err != nil {
			return nil, fault.New(fault.Input, file, "a document of the chart is no resource: %s", err)
		}
		for _, raw := range found {
			o, err := decode(raw, file)
			if err != nil {
				return nil, err
			}
			out = append(out, o)
		}
	}
	return out, nil
}

func decode(raw []byte, file string) (object, error) {
	o := object{file: file}
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.UseNumber()
	err := decoder.Decode(&o.fields)
	return o, err
}

// applies says whether an object is applied when the release is installed or upgraded: tests and the hooks of a removal or a rollback are not.
func (r *release) applies(o object) bool {
	meta, _ := o.fields["metadata"].(map[string]any)
	annotations, _ := meta["annotations"].(map[string]any)
	events, hook := annotations["helm.sh/hook"].(string)
	if !hook {
		return true
	}
	return slices.ContainsFunc(strings.Split(events, ","), func(event string) bool {
		switch strings.ToLower(strings.TrimSpace(event)) {
		case "pre-install", "post-install":
			return !r.spec.Install.DisableHooks
		case "pre-upgrade", "post-upgrade":
			return !r.spec.Upgrade.DisableHooks
		default:
			return false
		}
	})
}

// fillNamespace puts an object that has no namespace into that of the release, where its kind has namespaces.
func (r *release) fillNamespace(o object, scopes map[string]bool) {
	meta, _ := o.fields["metadata"].(map[string]any)
	if own, _ := meta["namespace"].(string); meta == nil || own != "" || !namespaced(o, scopes) {
		return
	}
	meta["namespace"] = r.namespace()
}

func namespaced(o object, scopes map[string]bool) bool {
	version, _ := o.fields["apiVersion"].(string)
	kind, _ := o.fields["kind"].(string)
	if scoped, known := openapi.IsNamespaceScoped(yaml.TypeMeta{APIVersion: version, Kind: kind}); known {
		return scoped
	}
	group, _, grouped := strings.Cut(version, "/")
	if !grouped {
		group = ""
	}
	scoped, known := scopes[group+"/"+kind]
	return scoped || !known
}

// scopesOf reads which kinds have namespaces from the definitions among the objects.
func scopesOf(all []object) map[string]bool {
	scopes := map[string]bool{}
	for _, o := range all {
		if o.fields["kind"] != "CustomResourceDefinition" {
			continue
		}
		spec, _ := o.fields["spec"].(map[string]any)
		names, _ := spec["names"].(map[string]any)
		group, _ := spec["group"].(string)
		kind, _ := names["kind"].(string)
		scopes[group+"/"+kind] = spec["scope"] != "Cluster"
	}
	return scopes
}
