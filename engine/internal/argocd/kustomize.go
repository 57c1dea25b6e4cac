package argocd

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/kustomize"
	"k8s.io/apimachinery/pkg/util/version"
	"sigs.k8s.io/kustomize/api/konfig"
)

// kustomize edits the source's options into its kustomization and builds it.
func (r *run) kustomize() ([]Object, error) {
	options, err := r.buildOptions()
	if err != nil {
		return nil, err
	}
	fs := r.fs
	if k := r.source.Kustomize; k != nil {
		var overlay map[string][]byte
		if overlay, options.Written, err = r.edited(*k); err != nil {
			return nil, err
		}
		fs = fs.With(overlay)
		if k.Version != "" {
			r.warn("the Application asks for kustomize %s; it is rendered with %s", k.Version, kustomize.Version)
		}
	}
	out, err := kustomize.Render(fs, r.dir, options)
	r.Warnings = append(r.Warnings, out.Warnings...)
	r.Unpinned = append(r.Unpinned, out.Unpinned...)
	if err != nil && !out.Partial {
		return nil, err
	}
	if err != nil && r.Left == nil {
		r.Left = fault.Of(err)
	}
	var objects []Object
	for i, resource := range out.Resources.Resources() {
		raw, err := kustomize.JSON(resource)
		if err != nil {
			return nil, err
		}
		o, err := object(raw, out.Origins[i].File, out.Origins[i].Line)
		if err != nil {
			return nil, err
		}
		objects = append(objects, o)
	}
	return objects, nil
}

// buildOptions reads `kustomize.buildOptions` of argocd-cm.
func (r *run) buildOptions() (kustomize.Options, error) {
	out := kustomize.Options{LoadRestrictor: "root", WithoutHelm: "Argo CD"}
	words := strings.Fields(r.options.Settings["kustomize.buildOptions"])
	for i := 0; i < len(words); i++ {
		flag, value, joined := strings.Cut(words[i], "=")
		switch flag {
		case "--enable-helm":
			if value != "false" {
				out.WithoutHelm = ""
			}
		case "--load-restrictor":
			if !joined && i+1 < len(words) {
				i++
				value = words[i]
			}
			if value == "LoadRestrictionsNone" {
				out.LoadRestrictor = "none"
			}
		case "--enable-alpha-plugins", "--enable-exec", "--network":
			r.warn("kustomize.buildOptions of argocd-cm has %s; plugins and functions are not run here", flag)
		case "--helm-command", "--reorder", "--env", "-e", "--mount":
			r.warn("kustomize.buildOptions of argocd-cm has %s, which does not count here", flag)
			if !joined && i+1 < len(words) {
				i++
			}
		}
	}
	if out.WithoutHelm != "" {
		return out, nil
	}
	kube, err := r.kubeVersion()
	out.KubeVersion, out.APIVersions = kube, r.source.apiVersions(r.options.Cluster)
	return out, err
}

// edited gives the kustomization with the options written in, and as it was.
func (r *run) edited(k Kustomize) (edited, original map[string][]byte, err error) {
	files, err := r.kustomizations()
	if err != nil {
		return nil, nil, err
	}
	e, err := newEditor(files)
	if err != nil {
		return nil, nil, err
	}
	for _, edit := range r.edits(k) {
		if err := edit(e); err != nil {
			return nil, nil, r.explain(files, err)
		}
	}
	edited, original = map[string][]byte{}, map[string][]byte{}
	for name, content := range e.files() {
		edited[path.Join(r.dir, name)] = content
		original[path.Join(r.dir, name)] = files[name]
	}
	return edited, original, nil
}

// kustomizations reads the source's kustomization, and what else could be one.
func (r *run) kustomizations() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		file := path.Join(r.dir, name)
		if !r.fs.Exists(gitfs.Abs(file)) {
			continue
		}
		content, err := r.fs.ReadFile(gitfs.Abs(file))
		if err != nil {
			return nil, err
		}
		files[name] = content
	}
	return files, nil
}

func (r *run) explain(files map[string][]byte, err error) error {
	f := *fault.Of(err)
	if names := slices.Sorted(maps.Keys(files)); f.File == "" && len(names) > 0 {
		f.File = path.Join(r.dir, names[0])
	}
	return &f
}

// edits gives the edits in Argo CD's order.
func (r *run) edits(k Kustomize) []func(*editor) error {
	return []func(*editor) error{
		func(e *editor) error { return e.run(k.NamePrefix != "", "set", "nameprefix", "--", k.NamePrefix) },
		func(e *editor) error { return e.run(k.NameSuffix != "", "set", "namesuffix", "--", k.NameSuffix) },
		func(e *editor) error {
			return e.run(len(k.Images) > 0, append([]string{"set", "image"}, r.images(k)...)...)
		},
		func(e *editor) error {
			counts, err := k.counts()
			if err != nil {
				return err
			}
			return e.run(len(counts) > 0, append([]string{"set", "replicas"}, counts...)...)
		},
		func(e *editor) error {
			return e.run(len(k.CommonLabels) > 0, append(k.labelFlags(), pairs(k.CommonLabels, r.env.expand)...)...)
		},
		func(e *editor) error {
			expand := func(text string) string { return text }
			if k.CommonAnnotationsEnvsubst {
				expand = r.env.expand
			}
			return e.run(len(k.CommonAnnotations) > 0, append(k.annotationFlags(), pairs(k.CommonAnnotations, expand)...)...)
		},
		func(e *editor) error { return e.run(k.Namespace != "", "set", "namespace", "--", k.Namespace) },
		func(e *editor) error { return e.appendTo("patches", k.Patches) },
		func(e *editor) error {
			components, err := r.components(k)
			if err != nil {
				return err
			}
			return e.appendTo("components", components)
		},
	}
}

func (r *run) images(k Kustomize) []string {
	var out []string
	for _, image := range k.Images {
		out = append(out, r.env.expand(image))
	}
	return out
}

func (k Kustomize) labelFlags() []string {
	flags := []string{"add", "label"}
	if k.ForceCommonLabels {
		flags = append(flags, "--force")
	}
	if k.LabelWithoutSelector {
		flags = append(flags, "--without-selector")
	}
	if k.LabelIncludeTemplates {
		flags = append(flags, "--include-templates")
	}
	return flags
}

func (k Kustomize) annotationFlags() []string {
	if k.ForceCommonAnnotations {
		return []string{"add", "annotation", "--force"}
	}
	return []string{"add", "annotation"}
}

func pairs(values map[string]string, expand func(string) string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		out = append(out, name+":"+expand(values[name]))
	}
	return out
}

// components gives the components to add. One that is missing is an error, or is left out where the Application asks for that.
func (r *run) components(k Kustomize) ([]any, error) {
	if len(k.Components) == 0 {
		return nil, nil
	}
	if k.IgnoreMissingComponents {
		return r.presentComponents(k)
	}
	var out []any
	for _, name := range k.Components {
		found, err := r.component(name)
		if err != nil {
			return nil, err
		}
		for _, one := range found {
			if !slices.Contains(out, any(one)) {
				out = append(out, one)
			}
		}
	}
	return out, nil
}

// presentComponents gives those that exist. Argo CD since 3.6 stops at the first of them.
func (r *run) presentComponents(k Kustomize) ([]any, error) {
	all := r.addsAllComponents()
	var out []any
	for i, name := range k.Components {
		dir := path.Join(r.dir, name)
		kustomized := slices.ContainsFunc(konfig.RecognizedKustomizationFileNames(), func(file string) bool {
			return r.fs.Exists(gitfs.Abs(path.Join(dir, file)))
		})
		if known := r.fs.Refusal(); known != nil {
			return nil, known
		}
		if !kustomized && !(all && r.fs.IsDir(gitfs.Abs(dir))) {
			continue
		}
		out = append(out, name)
		if !all {
			if rest := len(k.Components) - i - 1; rest > 0 {
				r.warn("Argo CD 3.6 adds only the first component that exists (%s) where ignoreMissingComponents is set: %s left out", name,
					strings.Join(k.Components[i+1:], ", "))
			}
			break
		}
	}
	return out, nil
}

// addsAllComponents says whether the Argo CD that renders is one before 3.6.
func (r *run) addsAllComponents() bool {
	v, err := version.ParseGeneric(r.options.Settings["version"])
	return err == nil && v.LessThan(version.MustParseGeneric("3.6.0"))
}
