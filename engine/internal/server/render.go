package server

import (
	"encoding/json"
	"path"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/helm"
	"github.com/sluice-gitops/sluice/engine/internal/kustomize"
	"github.com/sluice-gitops/sluice/engine/internal/output"
	"github.com/sluice-gitops/sluice/engine/internal/plain"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
)

// render does the work of one request.
func render(fs *gitfs.FS, req protocol.Render) (r reply, err error) {
	dir := strings.TrimPrefix(path.Clean("/"+req.Path), "/")
	switch req.Kind {
	case "kustomize":
		r, err = renderKustomize(fs, dir, req)
	case "helm":
		r, err = renderHelm(fs, dir, req)
	case "plain":
		r, err = renderPlain(fs, dir, req)
	case "argocd":
		r, err = renderArgoCD(fs, req)
	case "applicationset":
		r, err = renderApplicationSet(fs, req)
	case "flux":
		r, err = renderFlux(fs, req)
	case "helmrelease":
		r, err = renderHelmRelease(fs, dir, req)
	case "resourceset":
		r, err = renderResourceSet(fs, req)
	default:
		err = fault.New(fault.Internal, "", "unknown kind of target %q", req.Kind)
	}
	if refusal := fs.Refusal(); refusal != nil {
		r.partial = false
		return r, refusal
	}
	if most := fs.Limits().OutputBytes; int64(len(r.body)) > most {
		r.partial = false
		return r, fault.Over("outputBytes", "", "the render gives more than %d bytes", most)
	}
	return r, err
}

func options(raw json.RawMessage, into any) error {
	if len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fault.New(fault.Internal, "", "the options are not understood: %s", err)
	}
	return nil
}

func renderKustomize(fs *gitfs.FS, dir string, req protocol.Render) (reply, error) {
	var o kustomize.Options
	if err := options(req.Options, &o); err != nil {
		return reply{}, err
	}
	out, err := kustomize.Render(fs, dir, o)
	r := reply{warnings: out.Warnings, unpinned: out.Unpinned}
	if err != nil && (!out.Partial || req.Output == "yaml") {
		return r, err
	}
	left := err
	if n := int64(out.Resources.Size()); n > fs.Limits().Documents {
		return r, fault.Over("documents", "", "the render gives %d resources; %d are allowed", n, fs.Limits().Documents)
	}
	if req.Output == "yaml" {
		r.body, err = out.Resources.AsYaml()
		return r, err
	}
	list := make([]output.Resource, out.Resources.Size())
	for i, res := range out.Resources.Resources() {
		object, err := kustomize.JSON(res)
		if err != nil {
			return r, err
		}
		list[i] = output.Resource{Object: object, File: out.Origins[i].File, Line: out.Origins[i].Line}
	}
	if r.body, err = output.List(list, fs.Limits().OutputBytes); err != nil {
		return r, err
	}
	r.partial = left != nil
	return r, left
}

// helmOptions are the options of a chart; the defaults are those of the protocol.
type helmOptions struct {
	ReleaseName          string         `json:"releaseName"`
	Namespace            string         `json:"namespace"`
	ValueFiles           []string       `json:"valueFiles"`
	Values               map[string]any `json:"values"`
	KubeVersion          string         `json:"kubeVersion"`
	APIVersions          []string       `json:"apiVersions"`
	IncludeCRDs          *bool          `json:"includeCRDs"`
	NoHooks              bool           `json:"noHooks"`
	SkipTests            bool           `json:"skipTests"`
	SkipSchemaValidation bool           `json:"skipSchemaValidation"`
}

func renderHelm(fs *gitfs.FS, dir string, req protocol.Render) (reply, error) {
	var o helmOptions
	if err := options(req.Options, &o); err != nil {
		return reply{}, err
	}
	values, err := helm.Values(fs, o.ValueFiles, o.Values)
	if err != nil {
		return reply{}, err
	}
	h := helm.Request{
		Dir: dir, ReleaseName: o.ReleaseName, Namespace: o.Namespace, Values: values, KubeVersion: o.KubeVersion, APIVersions: o.APIVersions,
		IncludeCRDs: o.IncludeCRDs == nil || *o.IncludeCRDs, NoHooks: o.NoHooks, SkipTests: o.SkipTests,
		SkipSchemaValidation: o.SkipSchemaValidation,
	}
	if h.Namespace == "" {
		h.Namespace = "default"
	}
	m, err := helm.Template(fs, h)
	r := reply{unpinned: m.Unpinned}
	if err != nil {
		return r, err
	}
	if req.Output == "yaml" {
		r.body = []byte(m.Text)
		return r, asError(m.Left)
	}
	list, err := m.Resources(fs.Limits().Documents)
	if err != nil {
		return r, err
	}
	if r.body, err = output.List(list, fs.Limits().OutputBytes); err != nil {
		return r, err
	}
	r.partial = m.Left != nil
	return r, asError(m.Left)
}

// asError keeps a missing fault from becoming an error that is not nil.
func asError(f *fault.Fault) error {
	if f == nil {
		return nil
	}
	return f
}

func renderPlain(fs *gitfs.FS, dir string, req protocol.Render) (reply, error) {
	var o plain.Options
	if err := options(req.Options, &o); err != nil {
		return reply{}, err
	}
	list, err := plain.Render(fs.At(dir), dir, o)
	if err != nil {
		return reply{}, err
	}
	var body []byte
	if req.Output == "yaml" {
		body, err = plain.YAML(list)
	} else {
		body, err = output.List(list, fs.Limits().OutputBytes)
	}
	return reply{body: body}, err
}
