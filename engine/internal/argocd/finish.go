package argocd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gobwas/glob"
	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/yaml"
)

// finish does what Argo CD's controller does with the rendered objects: lists are opened, namespaces filled in, doubles and what is not
// applied left out.
func (out *Output) finish(o Options) error {
	filter, err := newFilter(o)
	if err != nil {
		return err
	}
	objects := opened(out.Objects)
	scopes := newScopes(objects)
	for _, object := range objects {
		switch {
		case !scopes.namespaced(object):
			object.SetNamespace("")
		case object.GetNamespace() == "" && o.Spec.Destination.Namespace != "":
			object.SetNamespace(o.Spec.Destination.Namespace)
		}
	}
	objects = out.lastOfEach(objects)
	out.Objects = slices.DeleteFunc(objects, func(object Object) bool {
		return filter.excludes(object) || neverApplied(object)
	})
	return nil
}

// opened gives the items of lists in the place of the lists.
func opened(objects []Object) []Object {
	var out []Object
	for _, object := range objects {
		items, set := object.Object["items"]
		list, isList := items.([]any)
		switch {
		case isList:
			for _, item := range list {
				if fields, ok := item.(map[string]any); ok {
					out = append(out, Object{Unstructured: &unstructured.Unstructured{Object: fields}, File: object.File, Line: object.Line})
				}
			}
		case set && items == nil && object.Object["spec"] == nil && object.Object["status"] == nil:
			// A list without items.
		default:
			out = append(out, object)
		}
	}
	return out
}

// lastOfEach keeps the last of the objects with the same identity, in its place.
func (out *Output) lastOfEach(objects []Object) []Object {
	last := map[string]int{}
	for i, object := range objects {
		last[identity(object)] = i
	}
	var kept []Object
	told := map[string]bool{}
	for i, object := range objects {
		id := identity(object)
		if last[id] == i {
			kept = append(kept, object)
			continue
		}
		if !told[id] {
			told[id] = true
			out.Warnings = append(out.Warnings, warning(fmt.Sprintf("Resource %s appeared more than once among the application's resources; the last one counts", id), object))
		}
	}
	return kept
}

func identity(object Object) string {
	gvk := object.GroupVersionKind()
	name := object.GetName()
	if name == "" {
		name = object.GetGenerateName() + fmt.Sprintf("%p", object.Unstructured)
	}
	return gvk.Group + "/" + gvk.Kind + "/" + object.GetNamespace() + "/" + name
}

// scopes knows which kinds have namespaces: those of Kubernetes, and those that the render's own definitions say.
type scopes map[string]bool

func newScopes(objects []Object) scopes {
	out := scopes{}
	for _, object := range objects {
		if object.GetKind() != "CustomResourceDefinition" || object.GroupVersionKind().Group != "apiextensions.k8s.io" {
			continue
		}
		group, _, _ := unstructured.NestedString(object.Object, "spec", "group")
		kind, _, _ := unstructured.NestedString(object.Object, "spec", "names", "kind")
		scope, _, _ := unstructured.NestedString(object.Object, "spec", "scope")
		out[group+"/"+kind] = scope != "Cluster"
	}
	return out
}

func (s scopes) namespaced(object Object) bool {
	gvk := object.GroupVersionKind()
	if namespaced, defined := s[gvk.Group+"/"+gvk.Kind]; defined {
		return namespaced
	}
	if slices.Contains(newClusterScoped[gvk.Group], gvk.Kind) {
		return false
	}
	namespaced, known := openapi.IsNamespaceScoped(kyaml.TypeMeta{APIVersion: object.GetAPIVersion(), Kind: object.GetKind()})
	return namespaced || !known
}

// newClusterScoped are the kinds without namespace that Kubernetes got after the version whose schema kustomize has.
var newClusterScoped = map[string][]string{
	"admissionregistration.k8s.io": {
		"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding",
	},
	"certificates.k8s.io":          {"ClusterTrustBundle"},
	"flowcontrol.apiserver.k8s.io": {"FlowSchema", "PriorityLevelConfiguration"},
	"networking.k8s.io":            {"IPAddress", "ServiceCIDR"},
	"resource.k8s.io":              {"DeviceClass", "ResourceSlice", "DeviceTaintRule"},
	"storage.k8s.io":               {"VolumeAttributesClass"},
	"storagemigration.k8s.io":      {"StorageVersionMigration"},
}

// neverApplied says whether a hook runs only when the Application is deleted, or never.
func neverApplied(object Object) bool {
	annotations := object.GetAnnotations()
	own, isArgo := annotations["argocd.argoproj.io/hook"]
	helm, isHelm := annotations["helm.sh/hook"]
	types := slices.DeleteFunc(list(own), func(hook string) bool { return !slices.Contains(hookTypes, hook) })
	if isArgo && slices.Equal(types, []string{"Skip"}) || !isArgo && (!isHelm || helm == "crd-install") {
		return false
	}
	if len(types) > 0 {
		return !slices.ContainsFunc(types, func(hook string) bool { return !strings.HasSuffix(hook, "Delete") })
	}
	return !slices.ContainsFunc(list(helm), func(hook string) bool { return slices.Contains(syncedHelmHooks, hook) })
}

var (
	hookTypes       = []string{"PreSync", "Sync", "PostSync", "SyncFail", "Skip", "PreDelete", "PostDelete"}
	syncedHelmHooks = []string{"pre-install", "pre-upgrade", "post-upgrade", "post-install"}
)

func list(text string) []string {
	var out []string
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}

// filtered is one rule of `resource.exclusions` or `resource.inclusions`.
type filtered struct {
	APIGroups []string `json:"apiGroups"`
	Kinds     []string `json:"kinds"`
	Clusters  []string `json:"clusters"`
}

// filter leaves out the kinds that Argo CD does not look at.
type filter struct {
	server                 string
	exclusions, inclusions []filtered
}

// alwaysExcluded are the kinds that Argo CD leaves out whatever its settings are.
var alwaysExcluded = []filtered{
	{APIGroups: []string{"events.k8s.io", "metrics.k8s.io"}},
	{APIGroups: []string{""}, Kinds: []string{"Event"}},
	{APIGroups: []string{"coordination.k8s.io"}, Kinds: []string{"Lease"}},
}

// shippedExclusions are those of the argocd-cm that comes with Argo CD.
var shippedExclusions = []filtered{
	{APIGroups: []string{"", "discovery.k8s.io"}, Kinds: []string{"Endpoints", "EndpointSlice"}},
	{APIGroups: []string{"authentication.k8s.io", "authorization.k8s.io"}, Kinds: []string{
		"SelfSubjectReview", "TokenReview", "LocalSubjectAccessReview", "SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview",
	}},
	{APIGroups: []string{"certificates.k8s.io"}, Kinds: []string{"CertificateSigningRequest"}},
	{APIGroups: []string{"cert-manager.io"}, Kinds: []string{"CertificateRequest"}},
	{APIGroups: []string{"cilium.io"}, Kinds: []string{"CiliumIdentity", "CiliumEndpoint", "CiliumEndpointSlice"}},
	{APIGroups: []string{"kyverno.io", "reports.kyverno.io", "wgpolicyk8s.io"}, Kinds: []string{
		"PolicyReport", "ClusterPolicyReport", "EphemeralReport", "ClusterEphemeralReport", "AdmissionReport", "ClusterAdmissionReport",
		"BackgroundScanReport", "ClusterBackgroundScanReport", "UpdateRequest",
	}},
}

func newFilter(o Options) (filter, error) {
	f := filter{server: o.Spec.Destination.Server, exclusions: slices.Clone(alwaysExcluded)}
	text, set := o.Settings["resource.exclusions"]
	if !set {
		f.exclusions = append(f.exclusions, shippedExclusions...)
	}
	var own []filtered
	if err := yaml.Unmarshal([]byte(text), &own); err != nil {
		return f, fault.New(fault.Input, "", "resource.exclusions of argocd-cm: %s", err)
	}
	f.exclusions = append(f.exclusions, own...)
	if err := yaml.Unmarshal([]byte(o.Settings["resource.inclusions"]), &f.inclusions); err != nil {
		return f, fault.New(fault.Input, "", "resource.inclusions of argocd-cm: %s", err)
	}
	return f, nil
}

func (f filter) excludes(object Object) bool {
	gvk := object.GroupVersionKind()
	matches := func(r filtered) bool { return r.matches(gvk.Group, gvk.Kind, f.server) }
	if slices.ContainsFunc(f.exclusions, matches) {
		return true
	}
	return len(f.inclusions) > 0 && !slices.ContainsFunc(f.inclusions, matches)
}

func (r filtered) matches(group, kind, server string) bool {
	return anyGlob(r.APIGroups, group) && (len(r.Kinds) == 0 || slices.Contains(r.Kinds, "*") || slices.Contains(r.Kinds, kind)) &&
		anyGlob(r.Clusters, server)
}

// anyGlob says whether one of the globs matches; none at all match everything.
func anyGlob(globs []string, text string) bool {
	return len(globs) == 0 || slices.ContainsFunc(globs, func(pattern string) bool {
		g, err := glob.Compile(pattern)
		return err == nil && g.Match(text)
	})
}
