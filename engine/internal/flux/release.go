package flux

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/helm"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
)

// ReleaseOptions are those of a HelmRelease.
type ReleaseOptions struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	// Root is where the chart's source begins in the tree.
	Root string `json:"root"`
	// Ignore is the source's `spec.ignore`.
	Ignore string          `json:"ignore"`
	Spec   json.RawMessage `json:"spec"`
	// ValuesFrom are the layers of `valuesFrom`, in its order.
	ValuesFrom []layer `json:"valuesFrom"`
	Cluster    struct {
		Version string   `json:"version"`
		APIs    []string `json:"apis"`
	} `json:"cluster"`
}

// releaseSpec has the fields of a HelmRelease that decide what is rendered.
type releaseSpec struct {
	ReleaseName     string `json:"releaseName"`
	TargetNamespace string `json:"targetNamespace"`
	Chart           struct {
		Spec struct {
			ValuesFiles              []string `json:"valuesFiles"`
			IgnoreMissingValuesFiles bool     `json:"ignoreMissingValuesFiles"`
		} `json:"spec"`
	} `json:"chart"`
	Values             map[string]any `json:"values"`
	PostRenderers      []postRenderer `json:"postRenderers"`
	PostRenderStrategy string         `json:"postRenderStrategy"`
	CommonMetadata     commonMetadata `json:"commonMetadata"`
	Install            action         `json:"install"`
	Upgrade            action         `json:"upgrade"`
}

// action is how a release is installed, or upgraded.
type action struct {
	CRDs                    string `json:"crds"`
	SkipCRDs                bool   `json:"skipCRDs"`
	DisableHooks            bool   `json:"disableHooks"`
	DisableSchemaValidation bool   `json:"disableSchemaValidation"`
	PreserveValues          bool   `json:"preserveValues"`
}

// HelmRelease renders the chart in the folder dir as helm-controller installs it. Errors are faults.
func HelmRelease(tree *gitfs.FS, dir string, o ReleaseOptions) (Output, error) {
	var s releaseSpec
	if err := json.Unmarshal(orEmptyObject(o.Spec), &s); err != nil {
		return Output{}, fault.New(fault.Input, "", "the HelmRelease's spec is not understood: %s", err)
	}
	root := join("", o.Root)
	view := tree
	if root != dir {
		view = tree.Artifact(root, o.Ignore)
	}
	defaults, err := s.valuesFiles(view, root)
	if err != nil {
		return Output{}, err
	}
	values, unpinned, err := s.merged(tree, o.ValuesFrom)
	if err != nil {
		return Output{}, err
	}
	release := release{spec: s, options: o, out: Output{Unpinned: unpinned}}
	m, err := helm.Template(view, release.request(dir, values, defaults))
	if err != nil {
		return Output{Unpinned: append(unpinned, m.Unpinned...)}, err
	}
	release.out.Unpinned = append(release.out.Unpinned, m.Unpinned...)
	if m.Left != nil {
		release.out.Left = m.Left
	}
	release.warn(m)
	release.out.Warnings = append(release.out.Warnings, passedOver(view)...)
	return release.out, release.objects(m, tree.Limits())
}

// release is one render of a HelmRelease.
type release struct {
	spec    releaseSpec
	options ReleaseOptions
	looked  []string
	out     Output
}

func (r *release) request(dir string, values, defaults map[string]any) helm.Request {
	return helm.Request{
		Dir: dir, ReleaseName: r.name(), Namespace: r.namespace(), Values: values, Defaults: defaults,
		KubeVersion: r.options.Cluster.Version, APIVersions: r.options.Cluster.APIs,
		SkipSchemaValidation: r.spec.Install.DisableSchemaValidation || r.spec.Upgrade.DisableSchemaValidation,
		Lookup: func(kind, namespace, name string) {
			what := strings.Trim(kind+" "+strings.Trim(namespace+"/"+name, "/"), " ")
			if !slices.Contains(r.looked, what) {
				r.looked = append(r.looked, what)
			}
		},
	}
}

// maxName is how long a release's name may be.
const maxName = 53

// name is the release's, as helm-controller shortens it.
func (r *release) name() string {
	name := r.spec.ReleaseName
	if name == "" {
		name = r.options.Name
		if r.spec.TargetNamespace != "" {
			name = r.spec.TargetNamespace + "-" + name
		}
	}
	if len(name) <= maxName {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return name[:40] + "-" + hex.EncodeToString(sum[:])[:12]
}

// namespace is that which objects without one land in.
func (r *release) namespace() string {
	if r.spec.TargetNamespace != "" {
		return r.spec.TargetNamespace
	}
	return r.options.Namespace
}

// showsCRDs says whether the objects of `crds/` are applied, on an installation or an upgrade.
func (s releaseSpec) showsCRDs() bool {
	install := s.Install.CRDs != "Skip" && !s.Install.SkipCRDs
	upgrade := s.Upgrade.CRDs
	return install || upgrade != "" && upgrade != "Skip"
}

// warn tells what of the render is a guess.
func (r *release) warn(m helm.Manifest) {
	say := func(format string, args ...any) {
		r.out.Warnings = append(r.out.Warnings, protocol.Warning{Message: fmt.Sprintf(format, args...)})
	}
	if r.options.Cluster.Version == "" && m.AsksForTheCluster() {
		say("the chart asks for the cluster's capabilities, and nothing says which version of Kubernetes it has: Helm's default is taken")
	}
	if len(r.looked) > 0 {
		say("the chart looks up %s in the cluster; here it finds nothing", strings.Join(r.looked, ", "))
	}
	if r.spec.Upgrade.PreserveValues {
		say("upgrade.preserveValues is set: the values of the last release, which only the cluster has, are not shown")
	}
}
