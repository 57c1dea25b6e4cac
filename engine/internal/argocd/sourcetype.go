package argocd

import (
	"bytes"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/objects"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/yaml"
)

// override lays the override files of the source's folder over the source.
func (r *run) override() error {
	files := []string{".argocd-source.yaml"}
	if r.options.AppName != "" {
		files = append(files, ".argocd-source-"+r.options.AppName+".yaml")
	}
	before := r.source
	for _, name := range files {
		file := path.Join(r.dir, name)
		if !r.fs.Exists(gitfs.Abs(file)) || r.fs.IsDir(gitfs.Abs(file)) {
			continue
		}
		content, err := r.fs.ReadFile(gitfs.Abs(file))
		if err != nil {
			return err
		}
		if err := r.source.merge(content); err != nil {
			return fault.New(fault.Input, file, "%s", err)
		}
	}
	r.source.Chart, r.source.Path = before.Chart, before.Path
	r.source.RepoURL, r.source.TargetRevision = before.RepoURL, before.TargetRevision
	return nil
}

// merge patches the source. What the patch takes out stays: Argo CD decodes the patched source over the old one.
func (s *Source) merge(content []byte) error {
	raw, err := yaml.YAMLToJSON(content)
	if err != nil {
		return err
	}
	old, err := json.Marshal(s)
	if err != nil {
		return err
	}
	var base, patch map[string]any
	if err := decode(old, &base); err != nil {
		return err
	}
	if bytes.Equal(bytes.TrimSpace(raw), []byte("null")) {
		return nil
	}
	if err := decode(raw, &patch); err != nil {
		return err
	}
	patched, err := json.Marshal(mergePatch(base, patch))
	if err != nil {
		return err
	}
	return json.Unmarshal(patched, s)
}

// decode keeps numbers as they are written.
func decode(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(into)
}

// mergePatch applies a JSON merge patch.
func mergePatch(base, patch map[string]any) map[string]any {
	if base == nil {
		base = map[string]any{}
	}
	for key, value := range patch {
		switch value := value.(type) {
		case nil:
			delete(base, key)
		case map[string]any:
			below, _ := base[key].(map[string]any)
			base[key] = mergePatch(below, value)
		default:
			base[key] = value
		}
	}
	return base
}

// kind tells which tool renders the source.
func (r *run) kind() (string, error) {
	var set []string
	s := r.source
	for _, block := range []struct {
		name string
		set  bool
	}{{"Kustomize", s.Kustomize != nil}, {"Helm", s.Helm != nil}, {"Directory", s.Directory != nil}, {"Plugin", s.Plugin != nil}} {
		if block.set {
			set = append(set, block.name)
		}
	}
	switch {
	case len(set) > 1:
		return "", fault.New(fault.Input, "", "multiple application sources defined: %s", strings.Join(set, ","))
	case len(set) == 1 && r.enabled(set[0]):
		return set[0], nil
	case len(set) == 1:
		return "Directory", nil
	}
	return r.discovered()
}

// enabled says whether Argo CD's settings let a tool render.
func (r *run) enabled(kind string) bool {
	key := map[string]string{"Helm": "helm.enable", "Kustomize": "kustomize.enable", "Directory": "jsonnet.enable"}[kind]
	value := r.options.Settings[key]
	return value == "" || value == "true"
}

// discovered looks at the names in the source's folder. The last name that says something counts.
func (r *run) discovered() (string, error) {
	entries, err := r.fs.List(gitfs.Abs(r.dir))
	if err != nil {
		return "", err
	}
	kind := "Directory"
	for _, e := range entries {
		switch {
		case e.Kind == objects.Dir || e.Kind == objects.Module:
		case strings.HasSuffix(e.Name, "Chart.yaml") && r.enabled("Helm"):
			kind = "Helm"
		case slices.Contains(konfig.RecognizedKustomizationFileNames(), e.Name) && r.enabled("Kustomize"):
			kind = "Kustomize"
		}
	}
	return kind, nil
}
