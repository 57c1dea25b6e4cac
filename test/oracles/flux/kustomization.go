package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	securejoin "github.com/cyphar/filepath-securejoin"
	generator "github.com/fluxcd/pkg/kustomize"
	"github.com/fluxcd/pkg/ssa/utils"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/kustomize/api/resmap"
)

type fluxOptions struct {
	Namespace string            `json:"namespace"`
	Name      string            `json:"name"`
	Root      string            `json:"root"`
	Spec      map[string]any    `json:"spec"`
	Ignore    string            `json:"ignore"`
	Variables map[string]string `json:"variables"`
	Strict    *bool             `json:"strict"`
}

// kustomization does what kustomize-controller does between the artifact and the cluster: generate and build.
func kustomization(repo string, raw json.RawMessage) ([]*unstructured.Unstructured, error) {
	var o fluxOptions
	if err := json.Unmarshal(raw, &o); err != nil {
		return nil, err
	}
	work, err := os.MkdirTemp("", "flux-oracle-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(work) }()
	if err := artifact(filepath.Join(repo, o.Root), o.Ignore, work); err != nil {
		return nil, err
	}
	path, _ := o.Spec["path"].(string)
	dir, err := securejoin.SecureJoin(work, path)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("kustomization path not found: %s", path)
	}
	u := o.object()
	if _, err := generator.NewGenerator(work, u).WriteFile(dir); err != nil {
		return nil, err
	}
	m, err := generator.SecureBuild(work, dir, false)
	if err != nil {
		return nil, err
	}
	if err := o.substitute(u, m); err != nil {
		return nil, err
	}
	text, err := m.AsYaml()
	if err != nil {
		return nil, err
	}
	objects, err := utils.ReadObjects(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	o.label(objects)
	return objects, nil
}

// object is the Kustomization with its variables as those of one ConfigMap.
func (o fluxOptions) object() unstructured.Unstructured {
	if len(o.Variables) > 0 {
		post, _ := o.Spec["postBuild"].(map[string]any)
		if post == nil {
			post = map[string]any{}
			o.Spec["postBuild"] = post
		}
		post["substituteFrom"] = []any{map[string]any{"kind": "ConfigMap", "name": "variables"}}
	}
	return unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
		"metadata": map[string]any{"name": o.Name, "namespace": o.Namespace}, "spec": o.Spec,
	}}
}

func (o fluxOptions) substitute(u unstructured.Unstructured, m resmap.ResMap) error {
	variables := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "variables", Namespace: o.Namespace}, Data: o.Variables}
	client := fake.NewClientBuilder().WithObjects(variables).Build()
	post, _ := o.Spec["postBuild"].(map[string]any)
	strategy, _ := post["substituteStrategy"].(string)
	for _, res := range m.Resources() {
		if res.GetName() == "" || res.GetKind() == "" || res.GetApiVersion() == "" {
			return fmt.Errorf("failed to decode Kubernetes apiVersion, kind and name from: %v", res.String())
		}
		if post == nil {
			continue
		}
		changed, err := generator.SubstituteVariables(context.Background(), client, u, res,
			generator.SubstituteWithStrict(o.Strict == nil || *o.Strict), generator.SubstituteWithAlways(strategy == "Always"))
		if err != nil {
			return fmt.Errorf("post build failed for '%s': %w", res.GetName(), err)
		}
		if changed != nil {
			if _, err := m.Replace(res); err != nil {
				return err
			}
		}
	}
	return nil
}

// label sets the common metadata.
func (o fluxOptions) label(objects []*unstructured.Unstructured) {
	common, _ := o.Spec["commonMetadata"].(map[string]any)
	texts := func(field string) map[string]string {
		found, _, _ := unstructured.NestedStringMap(common, field)
		return found
	}
	if common != nil {
		utils.SetCommonMetadata(objects, texts("labels"), texts("annotations"))
	}
}
