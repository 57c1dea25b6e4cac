package helm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/limits"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	release "helm.sh/helm/v4/pkg/release/v1"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
)

// Request is what `helm template` would be called with. Values are the merged values of all files and inline ones.
type Request struct {
	Dir                  string
	ReleaseName          string
	Namespace            string
	Values               map[string]any
	KubeVersion          string
	APIVersions          []string
	IncludeCRDs          bool
	NoHooks              bool
	SkipTests            bool
	SkipSchemaValidation bool
	// Defaults take the place of the chart's own values, where there are any.
	Defaults map[string]any
	// Lookup is told what templates look up in the cluster; they find nothing.
	Lookup func(kind, namespace, name string)
}

// Manifest is the text that `helm template` prints. Left is set when dependencies are missing that helm would have fetched: the text is then
// that of the chart without them.
type Manifest struct {
	Text     string
	Left     *fault.Fault
	Unpinned []protocol.Unpinned
	// Parts are the documents of the release, hooks last, and CRDs those of `crds/`.
	Parts, CRDs []Part
	chart       loaded
}

// Part is one document and the template that it comes from.
type Part struct {
	Name, Text string
	Hook       bool
}

// AsksForTheCluster says whether a template reads what the cluster can do.
func (m Manifest) AsksForTheCluster() bool { return asksForTheCluster(m.chart.Chart) }

func asksForTheCluster(c *chart.Chart) bool {
	return slices.ContainsFunc(c.Templates, func(t *common.File) bool { return bytes.Contains(t.Data, []byte(".Capabilities")) }) ||
		slices.ContainsFunc(c.Dependencies(), asksForTheCluster)
}

// Source gives the path in the tree of a template as a `# Source:` comment names it, "" when it cannot be told.
func (m Manifest) Source(template string) string { return m.chart.source(template) }

// Template renders a chart. A chart that cannot be rendered without its missing dependencies gives Left as its error. Errors are faults. It follows `helm template`: action.Install with a client-side dry run.
func Template(f *gitfs.FS, r Request) (Manifest, error) {
	f = f.At(r.Dir)
	c, err := load(f, r.Dir)
	if err != nil {
		return Manifest{}, err
	}
	if err := r.installable(c); err != nil {
		return Manifest{}, err
	}
	out, err := supply(f, c)
	if err != nil {
		return Manifest{}, err
	}
	if len(r.Defaults) > 0 {
		c.Values = r.Defaults
	}
	out.Text, err = r.text(f, &out)
	if err != nil && out.Left != nil && fault.Of(err).Kind == fault.Input {
		// It may fail only for what was left out.
		err = out.Left
	}
	return out, err
}

// text renders the chart as it is loaded.
func (r Request) text(f *gitfs.FS, out *Manifest) (string, error) {
	c := out.chart
	if err := chartutil.ProcessDependencies(c.Chart, r.Values); err != nil {
		return "", explain(c, fmt.Errorf("chart dependencies processing failed: %w", err))
	}
	caps, err := r.capabilities()
	if err != nil {
		return "", err
	}
	if !r.SkipSchemaValidation {
		if err := checkSchemas(c, c.Chart, c.Name()); err != nil {
			return "", err
		}
	}
	release := common.ReleaseOptions{Name: r.ReleaseName, Namespace: r.Namespace, Revision: 1, IsInstall: true}
	values, err := util.ToRenderValuesWithSchemaValidation(c.Chart, r.Values, release, caps, r.SkipSchemaValidation)
	if err != nil {
		return "", explain(c, err)
	}
	if required := c.Metadata.KubeVersion; required != "" && !chartutil.IsCompatibleRange(required, caps.KubeVersion.String()) {
		return "", explain(c, fmt.Errorf("chart requires kubeVersion: %s which is incompatible with Kubernetes %s",
			required, caps.KubeVersion.Version))
	}
	rendered, err := r.execute(c, values)
	if err != nil {
		return "", explain(c, err)
	}
	return r.assemble(f, out, rendered)
}

// execute runs the templates.
func (r Request) execute(c loaded, values common.Values) (map[string]string, error) {
	if r.Lookup == nil {
		return engine.Engine{}.RenderWithContext(context.Background(), c.Chart, values)
	}
	return engine.RenderWithClientProvider(c.Chart, values, lookups{r.Lookup})
}

// installable makes the checks that helm makes before it renders.
func (r Request) installable(c loaded) error {
	if c.Metadata.Type != "" && c.Metadata.Type != "application" {
		return explain(c, fmt.Errorf("%s charts are not installable", c.Metadata.Type))
	}
	if c.Metadata.Deprecated {
		slog.Warn("this chart is deprecated", "chart", c.Name())
	}
	if err := chartutil.ValidateReleaseName(r.ReleaseName); err != nil {
		return explain(c, fmt.Errorf("release name check failed: release name %q: %w", r.ReleaseName, err))
	}
	return nil
}

func (r Request) capabilities() (*common.Capabilities, error) {
	caps := common.DefaultCapabilities.Copy()
	if r.KubeVersion != "" {
		v, err := common.ParseKubeVersion(r.KubeVersion)
		if err != nil {
			return nil, fault.New(fault.Input, "", "invalid kube version '%s': %s", r.KubeVersion, err)
		}
		caps.KubeVersion = *v
	}
	caps.APIVersions = append(slices.Clone(caps.APIVersions), r.APIVersions...)
	return caps, nil
}

// assemble puts the rendered files together in the order and form that helm prints.
func (r Request) assemble(f *gitfs.FS, out *Manifest, rendered map[string]string) (string, error) {
	c := out.chart
	var size int64
	for name, content := range rendered {
		if strings.HasSuffix(name, "NOTES.txt") {
			delete(rendered, name)
			continue
		}
		size += int64(len(content))
		if err := limits.CheckYAML([]byte(content), c.source(name), f.Limits()); err != nil {
			return "", err
		}
	}
	if size > f.Limits().OutputBytes {
		return "", fault.Over("outputBytes", "", "the chart renders to %d bytes; %d are allowed", size, f.Limits().OutputBytes)
	}
	hooks, manifests, err := releaseutil.SortManifests(rendered, nil, releaseutil.InstallOrder)
	if err != nil {
		return "", explain(c, err)
	}
	out.note(c.CRDObjects(), manifests, hooks)
	var b strings.Builder
	if r.IncludeCRDs {
		for _, crd := range c.CRDObjects() {
			fmt.Fprintf(&b, "---\n# Source: %s\n%s\n", crd.Filename, crd.File.Data)
		}
	}
	for _, m := range manifests {
		fmt.Fprintf(&b, "---\n# Source: %s\n%s\n", m.Name, m.Content)
	}
	text := strings.TrimSpace(b.String()) + "\n"
	if r.NoHooks {
		return text, nil
	}
	var h strings.Builder
	for _, hook := range hooks {
		if r.SkipTests && slices.Contains(hook.Events, release.HookTest) {
			continue
		}
		fmt.Fprintf(&h, "---\n# Source: %s\n%s\n", hook.Path, hook.Manifest)
	}
	return text + h.String(), nil
}

// note keeps the documents of a release one by one.
func (m *Manifest) note(crds []chart.CRD, manifests []releaseutil.Manifest, hooks []*release.Hook) {
	for _, crd := range crds {
		m.CRDs = append(m.CRDs, Part{Name: crd.Filename, Text: string(crd.File.Data)})
	}
	for _, doc := range manifests {
		m.Parts = append(m.Parts, Part{Name: doc.Name, Text: doc.Content})
	}
	for _, hook := range hooks {
		m.Parts = append(m.Parts, Part{Name: hook.Path, Text: hook.Manifest, Hook: true})
	}
}

// explain turns an error of helm into a fault with the template and line where helm names them.
func explain(c loaded, err error) error {
	var known *fault.Fault
	if errors.As(err, &known) {
		return known
	}
	f := fault.New(fault.Input, "", "%s", err)
	f.Cause = err
	f.File, f.Line = place(c, err.Error())
	return f
}
