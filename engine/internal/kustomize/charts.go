package kustomize

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/helm"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/kio"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/yaml"
)

// chartInflator stands for kustomize's HelmChartInflationGenerator: same configuration, same values, but the chart is rendered in this process
// from the tree, and nothing is pulled.
type chartInflator struct {
	types.HelmGlobals
	types.HelmChart
	h   *resmap.PluginHelpers
	run *run
	// ownValues says that the configuration names the values file.
	ownValues bool
	// mount is where the chart stands, when it is not in the tree of the kustomization.
	mount string
}

// Config reads and checks the configuration of one chart.
func (p *chartInflator) Config(h *resmap.PluginHelpers, config []byte) error {
	p.h, p.run = h, active
	p.KubeVersion = p.run.options.KubeVersion
	p.ApiVersions = p.run.options.APIVersions
	if who := p.run.options.WithoutHelm; who != "" {
		return fault.New(fault.Input, p.file(), "%s renders no helmCharts (must specify --enable-helm)", who)
	}
	if err := yaml.Unmarshal(config, p); err != nil {
		return err
	}
	if err := p.refuseUnsafe(); err != nil {
		return err
	}
	if p.Name == "" {
		return p.wrong("chart name cannot be empty")
	}
	if p.ChartHome == "" {
		p.ChartHome = types.HelmDefaultHome
	}
	p.ownValues = p.ValuesFile != ""
	if !p.ownValues {
		p.ValuesFile = path.Join(p.chartDir(), "values.yaml")
	}
	for _, file := range p.AdditionalValuesFiles {
		if _, err := h.Loader().Load(file); err != nil {
			return fmt.Errorf("could not load additionalValuesFile: %w", err)
		}
	}
	if p.ValuesMerge == "" {
		p.ValuesMerge = "override"
	}
	if !slices.Contains([]string{"merge", "override", "replace"}, p.ValuesMerge) {
		return p.wrong("valuesMerge must be one of merge, override, replace")
	}
	return nil
}

// refuseUnsafe stops what could steer a helm program, were there one.
func (p *chartInflator) refuseUnsafe() error {
	if p.ConfigHome != "" {
		return p.refuse("helmGlobals.configHome (or helmHome) is set to %q; it would let the repository choose Helm's plugins", p.ConfigHome)
	}
	for _, v := range []struct{ field, value string }{
		{"releaseName", p.ReleaseName}, {"name", p.Name}, {"namespace", p.Namespace}, {"nameTemplate", p.NameTemplate}, {"version", p.Version},
		{"kubeVersion", p.KubeVersion}, {"repo", p.Repo},
	} {
		if strings.HasPrefix(v.value, "-") {
			return p.refuse("%s must not start with '-', got %q", v.field, v.value)
		}
	}
	for _, v := range p.ApiVersions {
		if strings.HasPrefix(v, "-") {
			return p.refuse("apiVersions must not start with '-', got %q", v)
		}
	}
	return nil
}

func (p *chartInflator) refuse(format string, args ...any) error {
	return p.run.fs.Refuse(fault.New(fault.Refused, p.file(), format, args...))
}

func (p *chartInflator) wrong(format string, args ...any) error {
	return fault.New(fault.Input, p.file(), "helm chart %q: %s", p.Name, fmt.Sprintf(format, args...))
}

func (p *chartInflator) file() string { return p.run.kustomizationOf(p.h.Loader().Root()) }

// chartDir is where the chart is looked for, as an absolute path of the renderers.
func (p *chartInflator) chartDir() string {
	home := p.ChartHome
	if !path.IsAbs(home) {
		home = path.Join(p.h.Loader().Root(), home)
	}
	if p.Version != "" && p.Repo != "" {
		home = path.Join(home, p.Name+"-"+p.Version)
	}
	return path.Join(home, p.Name)
}

// Generate renders the chart.
func (p *chartInflator) Generate() (resmap.ResMap, error) {
	dir, inside := gitfs.Rel(p.chartDir())
	if !p.view().IsDir(p.chartDir()) {
		if refusal := p.run.fs.Refusal(); refusal != nil {
			return nil, refusal
		}
		at, pulled := p.run.fs.Remote(p.reference())
		if !pulled || p.Repo == "" {
			return p.absent(dir, inside)
		}
		p.mount, dir = at, at
	}
	values, err := p.values()
	if err != nil {
		return nil, err
	}
	name, err := p.releaseName()
	if err != nil {
		return nil, err
	}
	namespace := p.Namespace
	if namespace == "" {
		namespace = "default"
	}
	m, err := helm.Template(p.run.fs, helm.Request{
		Dir: dir, ReleaseName: name, Namespace: namespace, Values: values, KubeVersion: p.KubeVersion, APIVersions: splitAll(p.ApiVersions),
		IncludeCRDs: p.IncludeCRDs, NoHooks: p.SkipHooks, SkipTests: p.SkipTests,
	})
	if err != nil {
		return nil, err
	}
	if m.Left != nil {
		p.run.unpinned = append(p.run.unpinned, m.Unpinned...)
		p.run.leave(m.Left)
	}
	return p.resources(m)
}

// view is the file system of the source that the kustomization stands in.
func (p *chartInflator) view() *gitfs.FS {
	root, _ := gitfs.Rel(p.h.Loader().Root())
	return p.run.fs.At(root)
}

// reference names the chart in its repository.
func (p *chartInflator) reference() string {
	return protocol.ChartReference(p.Repo, p.Name, p.version())
}

// version is what helm is asked for.
func (p *chartInflator) version() string {
	if p.Version == "" && p.Devel {
		return ">0.0.0-0"
	}
	return p.Version
}

// absent leaves out a chart that is not in the tree. What it would get is read all the same: it decides what the chart gives.
func (p *chartInflator) absent(dir string, inside bool) (resmap.ResMap, error) {
	if !inside {
		dir = p.ChartHome
	}
	if p.Repo == "" {
		return nil, p.wrong("no chart found at %q and no repo to pull it from", dir)
	}
	if p.ownValues {
		if _, err := p.h.Loader().Load(p.ValuesFile); err != nil {
			return nil, err
		}
	}
	f := fault.New(fault.Refused, p.file(), "the chart %q from %s is not in the repository (no %q), and charts are not pulled", p.Name, p.Repo, dir)
	f.Line = p.run.lineOf(p.file(), p.Repo)
	p.run.unpinned = append(p.run.unpinned, protocol.Unpinned{
		File: p.file(), Line: f.Line, Reference: p.reference(), Reason: "the chart is not in the repository, and charts are not pulled", Kind: "chart",
		Source: protocol.Chart(p.Repo, p.Name, p.version()),
	})
	p.run.leave(f)
	return resmap.New(), nil
}

// releaseName gives the name that helm would choose from the arguments that kustomize passes.
func (p *chartInflator) releaseName() (string, error) {
	switch {
	case p.ReleaseName != "" && p.NameTemplate != "":
		return "", p.wrong("cannot set nameTemplate and also releaseName")
	case p.ReleaseName != "":
		return p.ReleaseName, nil
	case p.NameTemplate != "":
		name, err := helm.NameFromTemplate(p.NameTemplate)
		if err != nil {
			return "", p.wrong("nameTemplate: %s", err)
		}
		return name, nil
	default:
		return "release-name", nil
	}
}

// resources parses what helm printed, as kustomize does.
func (p *chartInflator) resources(m helm.Manifest) (resmap.ResMap, error) {
	factory := p.h.ResmapFactory()
	rm, first := factory.NewResMapFromBytes([]byte(m.Text))
	if first != nil {
		nodes, err := (&kio.ByteReader{Reader: bytes.NewBufferString(m.Text), OmitReaderAnnotations: true}).Read()
		if err != nil {
			return nil, p.wrong("error reading helm output: %s", err)
		}
		if len(nodes) == 0 {
			return nil, p.wrong("could not parse bytes into resource map: %s", first)
		}
		if rm, err = factory.NewResMapFromRNodeSlice(nodes); err != nil {
			return nil, p.wrong("could not parse rnode slice into resource map: %s", err)
		}
	}
	for _, res := range rm.Resources() {
		if file := m.Source(sourceComment(res.YNode())); file != "" {
			p.run.generated[res] = Origin{File: file}
		}
		if err := res.PipeE(kyaml.SetAnnotation(konfig.HelmGeneratedAnnotation, "true")); err != nil {
			return nil, fmt.Errorf("failed to set helm annotation: %w", err)
		}
	}
	return rm, nil
}

// sourceComment finds helm's comment before a document.
func sourceComment(n *kyaml.Node) string {
	comments := n.HeadComment
	if len(n.Content) > 0 {
		comments += "\n" + n.Content[0].HeadComment
	}
	for line := range strings.Lines(comments) {
		if source, ok := strings.CutPrefix(strings.TrimSpace(line), "# Source: "); ok {
			return source
		}
	}
	return ""
}

// splitAll cuts each entry at commas, as helm's flag does.
func splitAll(list []string) []string {
	var out []string
	for _, entry := range list {
		out = append(out, strings.Split(entry, ",")...)
	}
	return out
}
