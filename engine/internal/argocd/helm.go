package argocd

import (
	"fmt"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/helm"
	"helm.sh/helm/v4/pkg/strvals"
	"sigs.k8s.io/yaml"
)

// helm renders a chart as `helm template` with the flags that Argo CD gives it.
func (r *run) helm() ([]Object, error) {
	h := r.source.Helm
	if h == nil {
		h = &Helm{}
	}
	request, err := r.request(h)
	if err != nil {
		return nil, err
	}
	m, err := helm.Template(r.fs, request)
	r.Unpinned = append(r.Unpinned, m.Unpinned...)
	if err != nil {
		return nil, err
	}
	if m.Left != nil && r.Left == nil {
		r.Left = m.Left
	}
	resources, err := m.Resources(r.fs.Limits().Documents)
	if err != nil {
		return nil, err
	}
	var out []Object
	for _, resource := range resources {
		o, err := object(resource.Object, resource.File, resource.Line)
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

func (r *run) request(h *Helm) (helm.Request, error) {
	switch h.Version {
	case "", "v3", "v4":
	default:
		return helm.Request{}, fault.New(fault.Input, "", "error initializing helm app object: helm chart version '%s' is not supported", h.Version)
	}
	values, err := r.values(h)
	if err != nil {
		return helm.Request{}, err
	}
	kube, err := r.kubeVersion()
	if err != nil {
		return helm.Request{}, err
	}
	name, err := r.releaseName(h)
	if err != nil {
		return helm.Request{}, err
	}
	namespace := r.source.namespaceOr(r.options.Spec.Destination.Namespace)
	if namespace == "" {
		namespace = "default"
	}
	return helm.Request{
		Dir: r.dir, ReleaseName: name, Namespace: namespace, Values: values, KubeVersion: kube, APIVersions: r.source.apiVersions(r.options.Cluster),
		IncludeCRDs: !h.SkipCrds, SkipTests: h.SkipTests, SkipSchemaValidation: h.SkipSchemaValidation,
	}, nil
}

// releaseName is the one that is asked for, else the Application's name without its namespace.
func (r *run) releaseName(h *Helm) (string, error) {
	name := h.ReleaseName
	if name == "" {
		name = r.options.AppName
		if _, own, qualified := strings.Cut(name, "_"); qualified {
			name = own
		}
	}
	name, err := helm.NameFromTemplate(name)
	if err != nil {
		return "", fault.New(fault.Input, "", "releaseName: %s", err)
	}
	return name, nil
}

// values merges the value files, the values of the Application and its parameters. Later ones win.
func (r *run) values(h *Helm) (map[string]any, error) {
	files, err := r.valueFiles(h)
	if err != nil {
		return nil, err
	}
	merged := map[string]any{}
	for _, file := range files {
		content, err := r.read(file)
		if err != nil {
			return nil, err
		}
		if merged, err = helm.Merge(merged, content, file); err != nil {
			return nil, err
		}
	}
	own, err := h.ownValues()
	if err != nil {
		return nil, err
	}
	if merged, err = helm.Merge(merged, own, ""); err != nil {
		f := fault.Of(err)
		return nil, fault.New(f.Kind, "", "the values of the Application: %s", f.Message)
	}
	return merged, r.parameters(h, merged)
}

// ownValues gives `valuesObject`, else `values`, as YAML.
func (h *Helm) ownValues() ([]byte, error) {
	if len(h.ValuesObject) == 0 || string(h.ValuesObject) == "null" {
		return []byte(h.Values), nil
	}
	return yaml.JSONToYAML(h.ValuesObject)
}

// read gives the content of a file of the tree.
func (r *run) read(file string) ([]byte, error) {
	content, err := r.all.ReadFile(gitfs.Abs(file))
	if err == nil {
		return content, nil
	}
	if known := r.fs.Refusal(); known != nil {
		return nil, known
	}
	return nil, fault.New(fault.Input, file, "the file %q does not exist", file)
}

// parameters sets single values, as the flags --set, --set-string and --set-file do. Of two parameters with one name the last counts.
func (r *run) parameters(h *Helm, values map[string]any) error {
	last := map[string]int{}
	for i, p := range h.Parameters {
		last[fmt.Sprint(p.ForceString)+p.Name] = i
	}
	for _, text := range []bool{false, true} {
		for i, p := range h.Parameters {
			if p.ForceString != text || last[fmt.Sprint(text)+p.Name] != i {
				continue
			}
			set := strvals.ParseInto
			if text {
				set = strvals.ParseIntoString
			}
			if err := set(p.Name+"="+escapeCommas(r.env.expand(p.Value)), values); err != nil {
				return fault.New(fault.Input, "", "the parameter %q: %s", p.Name, err)
			}
		}
	}
	return r.fileParameters(h, values)
}

func (r *run) fileParameters(h *Helm, values map[string]any) error {
	for _, p := range h.FileParameters {
		file, remote, err := r.resolve(p.Path)
		if err != nil {
			return err
		}
		if remote != "" {
			if file, err = r.fetched(remote); err != nil {
				return err
			}
		}
		var failed error
		reader := func([]rune) (any, error) {
			content, err := r.read(file)
			failed = err
			return string(content), err
		}
		err = strvals.ParseIntoFile(p.Name+"=file", values, reader)
		if failed != nil {
			return failed
		}
		if err != nil {
			return fault.New(fault.Input, "", "the file parameter %q: %s", p.Name, err)
		}
	}
	return nil
}

// escapeCommas keeps a value with commas one value. A list in braces stays one.
func escapeCommas(value string) string {
	if strings.HasPrefix(value, "{") && strings.HasSuffix(value, "}") {
		return value
	}
	var b strings.Builder
	var before rune
	for _, c := range value {
		if c == ',' && before != '\\' {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
		before = c
	}
	return b.String()
}
