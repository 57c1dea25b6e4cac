// Package argocd renders an Application as Argo CD's repository server and controller do together: its sources, and what of them is applied.
package argocd

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
)

// Options are an Application and what its render may know of Argo CD and of the cluster.
type Options struct {
	// AppName is the name that Argo CD uses: with its namespace before it where that is not Argo CD's own.
	AppName string `json:"appName"`
	Spec    Spec   `json:"spec"`
	// Roots say for each source where it begins in the tree. That of a chart is the folder of the chart.
	Roots    []string          `json:"roots"`
	Settings map[string]string `json:"settings"`
	Cluster  Cluster           `json:"cluster"`
}

// Cluster is what only the destination knows.
type Cluster struct {
	Version string   `json:"version"`
	APIs    []string `json:"apis"`
}

// Spec is what of an Application's spec decides its render.
type Spec struct {
	Project     string      `json:"project"`
	Destination Destination `json:"destination"`
	Source      *Source     `json:"source"`
	Sources     []Source    `json:"sources"`
}

// Destination is where the resources go.
type Destination struct {
	Server    string `json:"server"`
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
}

// Source is one source of an Application.
type Source struct {
	RepoURL        string     `json:"repoURL,omitempty"`
	Path           string     `json:"path,omitempty"`
	TargetRevision string     `json:"targetRevision,omitempty"`
	Helm           *Helm      `json:"helm,omitempty"`
	Kustomize      *Kustomize `json:"kustomize,omitempty"`
	Directory      *Directory `json:"directory,omitempty"`
	Plugin         *Plugin    `json:"plugin,omitempty"`
	Chart          string     `json:"chart,omitempty"`
	Ref            string     `json:"ref,omitempty"`
}

// Helm holds the options of a chart.
type Helm struct {
	ValueFiles              []string        `json:"valueFiles,omitempty"`
	Parameters              []Parameter     `json:"parameters,omitempty"`
	ReleaseName             string          `json:"releaseName,omitempty"`
	Values                  string          `json:"values,omitempty"`
	FileParameters          []FileParameter `json:"fileParameters,omitempty"`
	Version                 string          `json:"version,omitempty"`
	PassCredentials         bool            `json:"passCredentials,omitempty"`
	IgnoreMissingValueFiles bool            `json:"ignoreMissingValueFiles,omitempty"`
	SkipCrds                bool            `json:"skipCrds,omitempty"`
	ValuesObject            json.RawMessage `json:"valuesObject,omitempty"`
	Namespace               string          `json:"namespace,omitempty"`
	KubeVersion             string          `json:"kubeVersion,omitempty"`
	APIVersions             []string        `json:"apiVersions,omitempty"`
	SkipTests               bool            `json:"skipTests,omitempty"`
	SkipSchemaValidation    bool            `json:"skipSchemaValidation,omitempty"`
}

// Parameter is one value by its path.
type Parameter struct {
	Name        string `json:"name,omitempty"`
	Value       string `json:"value,omitempty"`
	ForceString bool   `json:"forceString,omitempty"`
}

// FileParameter is one value that is a file's content.
type FileParameter struct {
	Name string `json:"name,omitempty"`
	Path string `json:"path,omitempty"`
}

// Kustomize holds what is edited into a kustomization.
type Kustomize struct {
	NamePrefix                string            `json:"namePrefix,omitempty"`
	NameSuffix                string            `json:"nameSuffix,omitempty"`
	Images                    []string          `json:"images,omitempty"`
	CommonLabels              map[string]string `json:"commonLabels,omitempty"`
	Version                   string            `json:"version,omitempty"`
	CommonAnnotations         map[string]string `json:"commonAnnotations,omitempty"`
	ForceCommonLabels         bool              `json:"forceCommonLabels,omitempty"`
	ForceCommonAnnotations    bool              `json:"forceCommonAnnotations,omitempty"`
	Namespace                 string            `json:"namespace,omitempty"`
	CommonAnnotationsEnvsubst bool              `json:"commonAnnotationsEnvsubst,omitempty"`
	Replicas                  []Replica         `json:"replicas,omitempty"`
	Patches                   []any             `json:"patches,omitempty"`
	Components                []string          `json:"components,omitempty"`
	IgnoreMissingComponents   bool              `json:"ignoreMissingComponents,omitempty"`
	LabelWithoutSelector      bool              `json:"labelWithoutSelector,omitempty"`
	KubeVersion               string            `json:"kubeVersion,omitempty"`
	APIVersions               []string          `json:"apiVersions,omitempty"`
	LabelIncludeTemplates     bool              `json:"labelIncludeTemplates,omitempty"`
}

// Replica is the count of one workload: a number, or its digits.
type Replica struct {
	Name  string `json:"name"`
	Count any    `json:"count"`
}

// Directory holds the options of plain manifests.
type Directory struct {
	Recurse                bool    `json:"recurse,omitempty"`
	Jsonnet                Jsonnet `json:"jsonnet,omitzero"`
	Exclude                string  `json:"exclude,omitempty"`
	Include                string  `json:"include,omitempty"`
	DisableExtensionFilter bool    `json:"disableExtensionFilter,omitempty"`
}

// Jsonnet holds the arguments of Jsonnet files.
type Jsonnet struct {
	ExtVars []JsonnetVar `json:"extVars,omitempty"`
	TLAs    []JsonnetVar `json:"tlas,omitempty"`
	Libs    []string     `json:"libs,omitempty"`
}

// JsonnetVar is one argument: a text, or code.
type JsonnetVar struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Code  bool   `json:"code,omitempty"`
}

// Plugin names a config management plugin.
type Plugin struct {
	Name string `json:"name,omitempty"`
}

// sources gives the sources that count, and whether they are of `sources`.
func (s Spec) sources() ([]Source, bool) {
	if len(s.Sources) > 0 {
		return s.Sources, true
	}
	if s.Source != nil {
		return []Source{*s.Source}, false
	}
	return nil, false
}

// isOCI says whether the source is an artifact of an OCI registry, for which a `chart` does not count.
func (s Source) isOCI() bool { return strings.HasPrefix(s.RepoURL, "oci://") }

// isChart says whether the source is a chart of a chart repository.
func (s Source) isChart() bool { return s.Chart != "" && !s.isOCI() }

// normalize drops empty blocks, which Argo CD's controller takes for absent.
func (s Source) normalize() Source {
	if k := s.Kustomize; k != nil && k.empty() {
		s.Kustomize = nil
	}
	if h := s.Helm; h != nil && h.empty() {
		s.Helm = nil
	}
	if d := s.Directory; d != nil && !d.Recurse && d.Jsonnet.empty() && !d.DisableExtensionFilter && d.Exclude == "" && d.Include == "" {
		s.Directory = nil
	}
	return s
}

func (k Kustomize) empty() bool {
	return k.NamePrefix == "" && k.NameSuffix == "" && k.Version == "" && k.Namespace == "" && k.KubeVersion == "" && !k.IgnoreMissingComponents &&
		len(k.Images)+len(k.Replicas)+len(k.CommonLabels)+len(k.CommonAnnotations)+len(k.Patches)+len(k.Components)+len(k.APIVersions) == 0
}

func (h Helm) empty() bool {
	return h.Version == "" && h.ReleaseName == "" && h.KubeVersion == "" && h.Namespace == "" && h.Values == "" && len(h.ValuesObject) == 0 &&
		!h.PassCredentials && !h.IgnoreMissingValueFiles && !h.SkipCrds && !h.SkipTests && !h.SkipSchemaValidation &&
		len(h.ValueFiles)+len(h.Parameters)+len(h.FileParameters)+len(h.APIVersions) == 0
}

func (j Jsonnet) empty() bool { return len(j.ExtVars)+len(j.TLAs)+len(j.Libs) == 0 }

// kubeVersion gives the version that is asked for, else the cluster's.
func (s Source) kubeVersion(cluster Cluster) string {
	switch {
	case s.Helm != nil && s.Helm.KubeVersion != "":
		return s.Helm.KubeVersion
	case s.Kustomize != nil && s.Kustomize.KubeVersion != "":
		return s.Kustomize.KubeVersion
	default:
		return cluster.Version
	}
}

// apiVersions gives the API versions that are asked for, else the cluster's.
func (s Source) apiVersions(cluster Cluster) []string {
	switch {
	case s.Helm != nil && len(s.Helm.APIVersions) > 0:
		return s.Helm.APIVersions
	case s.Kustomize != nil && len(s.Kustomize.APIVersions) > 0:
		return s.Kustomize.APIVersions
	default:
		return cluster.APIs
	}
}

// namespaceOr gives the namespace of the tool's options, else the one that is given.
func (s Source) namespaceOr(other string) string {
	switch {
	case s.Helm != nil && s.Helm.Namespace != "":
		return s.Helm.Namespace
	case s.Kustomize != nil && s.Kustomize.Namespace != "":
		return s.Kustomize.Namespace
	default:
		return other
	}
}

var refName = regexp.MustCompile(`^[a-zA-Z0-9_-]+$`)

// reference is a source that value files are taken from.
type reference struct {
	root  string
	chart bool
}

// references gives the sources by the name that value files use for them, with its `$`.
func (o Options) references() (map[string]reference, error) {
	sources, several := o.Spec.sources()
	if !several {
		return nil, nil
	}
	out := map[string]reference{}
	for i, s := range sources {
		if s.Ref == "" {
			continue
		}
		if !refName.MatchString(s.Ref) {
			return nil, fault.New(fault.Input, "", "sources.ref %s cannot contain any special characters except '_' and '-'", s.Ref)
		}
		if _, twice := out["$"+s.Ref]; twice {
			return nil, fault.New(fault.Input, "", "invalid sources: multiple sources had the same `ref` key %q", s.Ref)
		}
		out["$"+s.Ref] = reference{root: o.Roots[i], chart: s.Chart != ""}
	}
	return out, nil
}
