package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/argoproj/argo-cd/gitops-engine/v3/pkg/sync/common"
	"github.com/argoproj/argo-cd/gitops-engine/v3/pkg/sync/hook"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/reposerver/apiclient"
	"github.com/argoproj/argo-cd/v3/reposerver/repository"
	"github.com/argoproj/argo-cd/v3/util/argo"
	"github.com/argoproj/argo-cd/v3/util/git"
	utilio "github.com/argoproj/argo-cd/v3/util/io"
	"github.com/argoproj/argo-cd/v3/util/settings"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// revision is what the engine has for the commit.
const revision = "0000000000000000000000000000000000000000"

type applicationOptions struct {
	AppName  string                   `json:"appName"`
	Spec     v1alpha1.ApplicationSpec `json:"spec"`
	Roots    []string                 `json:"roots"`
	Settings map[string]string        `json:"settings"`
	Cluster  struct {
		Version string   `json:"version"`
		APIs    []string `json:"apis"`
	} `json:"cluster"`
}

// application renders the sources one by one, and does with the objects what the controller does.
func application(repo string, raw json.RawMessage) ([]map[string]any, error) {
	var o applicationOptions
	if err := json.Unmarshal(raw, &o); err != nil {
		return nil, err
	}
	o.Spec = *argo.NormalizeApplicationSpec(&o.Spec)
	refs, err := o.references()
	if err != nil {
		return nil, err
	}
	sources := o.Spec.GetSources()
	paths := utilio.NewRandomizedTempPaths(repo)
	for i, source := range sources {
		paths.Add(git.NormalizeGitURL(source.RepoURL), filepath.Join(repo, o.Roots[i]))
	}
	var objects []*unstructured.Unstructured
	for i, source := range sources {
		if o.Spec.HasMultipleSources() && source.Path == "" && source.Chart == "" {
			continue
		}
		rendered, err := o.source(filepath.Join(repo, o.Roots[i]), source, refs, paths)
		if err != nil {
			return nil, err
		}
		objects = append(objects, rendered...)
	}
	return o.applied(objects)
}

var refName = regexp.MustCompile(`^[a-zA-Z0-9_-]+$`)

func (o applicationOptions) references() (map[string]*v1alpha1.RefTarget, error) {
	refs := map[string]*v1alpha1.RefTarget{}
	for _, source := range o.Spec.Sources {
		if source.Ref == "" {
			continue
		}
		if !refName.MatchString(source.Ref) || refs["$"+source.Ref] != nil {
			return nil, fmt.Errorf("sources.ref %q", source.Ref)
		}
		refs["$"+source.Ref] = &v1alpha1.RefTarget{
			Repo: v1alpha1.Repository{Repo: source.RepoURL}, TargetRevision: source.TargetRevision, Chart: source.Chart,
		}
	}
	return refs, nil
}

// source asks the repository server's code for one source.
func (o applicationOptions) source(root string, source v1alpha1.ApplicationSource, refs map[string]*v1alpha1.RefTarget, paths utilio.TempPaths) ([]*unstructured.Unstructured, error) {
	if err := knownReferences(source, o.Spec.HasMultipleSources(), refs); err != nil {
		return nil, err
	}
	dir := root
	if source.Chart == "" {
		if filepath.IsAbs(source.Path) || !filepath.IsLocal(filepath.Clean(source.Path)) {
			return nil, errors.New("app path outside root")
		}
		dir = filepath.Join(root, source.Path)
	}
	schemes := []string{"https", "http"}
	if own, set := o.Settings["helm.valuesFileSchemes"]; set {
		schemes = strings.FieldsFunc(own, func(r rune) bool { return r == ',' || r == ' ' })
	}
	enabled := map[string]bool{}
	for kind, key := range map[string]string{"Helm": "helm.enable", "Kustomize": "kustomize.enable", "Directory": "jsonnet.enable"} {
		enabled[kind] = o.Settings[key] == "" || o.Settings[key] == "true"
	}
	response, err := repository.GenerateManifests(context.Background(), dir, root, revision, &apiclient.ManifestRequest{
		Repo: &v1alpha1.Repository{Repo: source.RepoURL}, Revision: revision, AppName: o.AppName, Namespace: o.Spec.Destination.Namespace,
		ApplicationSource: &source, KubeVersion: o.Cluster.Version, ApiVersions: o.Cluster.APIs, ProjectName: o.Spec.Project,
		KustomizeOptions: &v1alpha1.KustomizeOptions{BuildOptions: o.Settings["kustomize.buildOptions"]},
		HelmOptions:      &v1alpha1.HelmOptions{ValuesFileSchemes: schemes}, EnabledSourceTypes: enabled,
		HasMultipleSources: o.Spec.HasMultipleSources(), RefSources: refs,
	}, true, &git.NoopCredsStore{}, resource.MustParse("10Mi"), paths)
	if err != nil {
		return nil, err
	}
	var out []*unstructured.Unstructured
	for _, text := range response.Manifests {
		object, err := v1alpha1.UnmarshalToUnstructured(text)
		if err != nil {
			return nil, err
		}
		if object != nil && len(object.Object) > 0 {
			out = append(out, object)
		}
	}
	return out, nil
}

// knownReferences is what resolveReferencedSources of the repository server checks.
func knownReferences(source v1alpha1.ApplicationSource, several bool, refs map[string]*v1alpha1.RefTarget) error {
	if !several || source.Helm == nil {
		return nil
	}
	for _, file := range source.Helm.ValueFiles {
		if name, _, _ := strings.Cut(file, "/"); strings.HasPrefix(name, "$") && (refs[name] == nil || refs[name].Chart != "") {
			return fmt.Errorf("source referenced %q, which is not one of the available sources", name)
		}
	}
	return nil
}

// clusterScoped are the kinds without namespace that cases have.
var clusterScoped = []string{"Namespace", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "PersistentVolume", "StorageClass"}

// applied leaves out and fills in what the controller's state.go does: namespaces, doubles, excluded kinds, hooks of deletion.
func (o applicationOptions) applied(objects []*unstructured.Unstructured) ([]map[string]any, error) {
	filter := settings.ResourcesFilter{}
	if err := yaml.Unmarshal([]byte(o.Settings["resource.exclusions"]), &filter.ResourceExclusions); err != nil {
		return nil, err
	}
	if err := yaml.Unmarshal([]byte(o.Settings["resource.inclusions"]), &filter.ResourceInclusions); err != nil {
		return nil, err
	}
	kinds := slices.Clone(clusterScoped)
	for _, object := range objects {
		if scope, _, _ := unstructured.NestedString(object.Object, "spec", "scope"); object.GetKind() == "CustomResourceDefinition" && scope == "Cluster" {
			kind, _, _ := unstructured.NestedString(object.Object, "spec", "names", "kind")
			kinds = append(kinds, kind)
		}
	}
	last := map[string]map[string]any{}
	var order []string
	for _, object := range objects {
		if slices.Contains(kinds, object.GetKind()) {
			object.SetNamespace("")
		} else if object.GetNamespace() == "" {
			object.SetNamespace(o.Spec.Destination.Namespace)
		}
		gvk := object.GroupVersionKind()
		if filter.IsExcludedResource(gvk.Group, gvk.Kind, o.Spec.Destination.Server) || onDeletion(object) {
			continue
		}
		key := strings.Join([]string{gvk.Group, gvk.Kind, object.GetNamespace(), object.GetName()}, "/")
		if last[key] == nil {
			order = append(order, key)
		}
		last[key] = object.Object
	}
	out := []map[string]any{}
	for _, key := range order {
		out = append(out, last[key])
	}
	return out, nil
}

// onDeletion says whether a hook is run by no sync.
func onDeletion(object *unstructured.Unstructured) bool {
	if !hook.IsHook(object) {
		return false
	}
	return !slices.ContainsFunc(hook.Types(object), func(t common.HookType) bool {
		return t != common.HookTypePreDelete && t != common.HookTypePostDelete
	})
}
