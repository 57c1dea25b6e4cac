// Package applicationset makes the Applications of an ApplicationSet as Argo CD's controller does.
package applicationset

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
)

// Options are an ApplicationSet and what its generators may know.
type Options struct {
	Set          Set          `json:"set"`
	Repositories []Repository `json:"repositories"`
	Clusters     []Cluster    `json:"clusters"`
	// Rows are what generators that ask the world are taken to give, by their field's name.
	Rows     map[string][]map[string]any `json:"rows"`
	Settings map[string]string           `json:"settings"`
}

// Set is what of an ApplicationSet decides its Applications.
type Set struct {
	Metadata struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
	Spec struct {
		GoTemplate        bool             `json:"goTemplate"`
		GoTemplateOptions []string         `json:"goTemplateOptions"`
		Generators        []map[string]any `json:"generators"`
		Template          map[string]any   `json:"template"`
		TemplatePatch     *string          `json:"templatePatch"`
		SyncPolicy        struct {
			PreserveResourcesOnDeletion bool `json:"preserveResourcesOnDeletion"`
		} `json:"syncPolicy"`
	} `json:"spec"`
}

// Repository says where the tree of a repository begins that a git generator names.
type Repository struct {
	URL      string `json:"url"`
	Revision string `json:"revision"`
	Root     string `json:"root"`
}

// Cluster is one that Argo CD knows.
type Cluster struct {
	Name        string            `json:"name"`
	Server      string            `json:"server"`
	Project     string            `json:"project"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

// Output is what a render gave.
type Output struct {
	Applications [][]byte
	Warnings     []protocol.Warning
	Unpinned     []protocol.Unpinned
}

// set is the state of one render.
type set struct {
	*Output
	Options
	fs      *gitfs.FS
	replace replacer
}

const finalizer = "resources-finalizer.argocd.argoproj.io"

// Render gives the Applications that the set makes, in the order of its generators. Any error in one of them is the error of all, as Argo CD
// changes nothing then. Errors are faults.
func Render(fs *gitfs.FS, o Options) (Output, error) {
	var out Output
	s := &set{Output: &out, Options: o, fs: fs.Following(), replace: replacer{o.Set.Spec.GoTemplate, o.Set.Spec.GoTemplateOptions}}
	known := map[string]bool{}
	for i, generator := range o.Set.Spec.Generators {
		results, err := s.transform(generator, o.Set.Spec.Template, nil, 0)
		if err != nil {
			return out, s.where(i, err)
		}
		for _, result := range results {
			if err := s.applications(result, known); err != nil {
				return out, s.where(i, err)
			}
		}
	}
	return out, nil
}

func (s *set) where(index int, err error) error {
	f := *fault.Of(err)
	if f.Kind == fault.Input && len(s.Set.Spec.Generators) > 1 {
		f.Message = fmt.Sprintf("generator %d: %s", index+1, f.Message)
	}
	return &f
}

func (s *set) warn(format string, args ...any) {
	w := protocol.Warning{Message: fmt.Sprintf(format, args...)}
	if !slices.Contains(s.Warnings, w) {
		s.Warnings = append(s.Warnings, w)
	}
}

// applications renders the template with each set of parameters.
func (s *set) applications(r result, known map[string]bool) error {
	for _, params := range r.params {
		app, err := s.application(r.template, params)
		if err != nil {
			return err
		}
		meta, _ := app["metadata"].(map[string]any)
		name, _ := meta["name"].(string)
		switch {
		case name == "":
			return fault.New(fault.Input, "", "the ApplicationSet makes an Application without a name")
		case known[name]:
			return fault.New(fault.Input, "", "ApplicationSet %s contains applications with duplicate name: %s", s.Set.Metadata.Name, name)
		}
		known[name] = true
		raw, err := json.Marshal(app)
		if err != nil {
			return err
		}
		s.Applications = append(s.Applications, raw)
		if n := int64(len(s.Applications)); n > s.fs.Limits().Documents {
			return fault.Over("documents", "", "the ApplicationSet makes more than %d Applications", s.fs.Limits().Documents)
		}
	}
	return nil
}

// application renders one Application.
func (s *set) application(template map[string]any, params map[string]any) (map[string]any, error) {
	app := blank(template)
	if len(params) > 0 {
		rendered, err := s.replace.deep(app, params)
		if err != nil {
			return nil, fault.New(fault.Input, "", "the template: %s", err)
		}
		app, _ = rendered.(map[string]any)
		s.finalize(app)
	}
	if s.Set.Spec.TemplatePatch != nil {
		patch, err := s.replace.text(*s.Set.Spec.TemplatePatch, params)
		if err != nil {
			return nil, fault.New(fault.Input, "", "templatePatch: %s", err)
		}
		if app, err = patched(app, patch); err != nil {
			return nil, fault.New(fault.Input, "", "templatePatch: %s", err)
		}
	}
	meta := child(app, "metadata")
	delete(meta, "namespace")
	if s.Set.Metadata.Namespace != "" {
		meta["namespace"] = s.Set.Metadata.Namespace
	}
	return app, nil
}

// blank makes the Application that a template stands for.
func blank(template map[string]any) map[string]any {
	from, _ := template["metadata"].(map[string]any)
	meta := map[string]any{}
	for _, field := range []string{"name", "labels", "annotations", "finalizers"} {
		if value, set := from[field]; set {
			meta[field] = value
		}
	}
	app := map[string]any{"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": meta}
	if spec, set := template["spec"]; set {
		app["spec"] = spec
	}
	return app
}

// finalize adds the finalizer that deletes what an Application deployed, unless the set or the template says otherwise.
func (s *set) finalize(app map[string]any) {
	meta := child(app, "metadata")
	own, _ := meta["finalizers"].([]any)
	if len(own) == 0 && !s.Set.Spec.SyncPolicy.PreserveResourcesOnDeletion {
		meta["finalizers"] = []any{finalizer}
	}
}

// child gives a map below another, made if it is not there.
func child(of map[string]any, name string) map[string]any {
	below, ok := of[name].(map[string]any)
	if !ok {
		below = map[string]any{}
		of[name] = below
	}
	return below
}
