package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/fluxcd/pkg/apis/meta"
	"github.com/fluxcd/pkg/chartutil"
	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/yaml"
)

type releaseOptions struct {
	Namespace  string      `json:"namespace"`
	Name       string      `json:"name"`
	Root       string      `json:"root"`
	Spec       releaseSpec `json:"spec"`
	ValuesFrom []struct {
		YAML       string `json:"yaml"`
		TargetPath string `json:"targetPath"`
		Literal    bool   `json:"literal"`
	} `json:"valuesFrom"`
	Cluster struct {
		Version string   `json:"version"`
		APIs    []string `json:"apis"`
	} `json:"cluster"`
}

type releaseSpec struct {
	ReleaseName     string `json:"releaseName"`
	TargetNamespace string `json:"targetNamespace"`
	Chart           struct {
		Spec struct {
			ValuesFiles              []string `json:"valuesFiles"`
			IgnoreMissingValuesFiles bool     `json:"ignoreMissingValuesFiles"`
		} `json:"spec"`
	} `json:"chart"`
	Values             map[string]any  `json:"values"`
	PostRenderers      []postRenderer  `json:"postRenderers"`
	PostRenderStrategy string          `json:"postRenderStrategy"`
	CommonMetadata     *commonMetadata `json:"commonMetadata"`
	Install            map[string]any  `json:"install"`
	Upgrade            map[string]any  `json:"upgrade"`
}

// helmRelease renders with the real helm, and does after it what helm-controller does.
func helmRelease(repo, chart string, raw json.RawMessage) ([]*unstructured.Unstructured, error) {
	var o releaseOptions
	if err := json.Unmarshal(raw, &o); err != nil {
		return nil, err
	}
	work, err := os.MkdirTemp("", "flux-oracle-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(work) }()
	source := filepath.Join(work, "source")
	if err := os.CopyFS(source, os.DirFS(filepath.Join(repo, o.Root))); err != nil {
		return nil, err
	}
	below, err := filepath.Rel(filepath.Join(repo, o.Root), filepath.Join(repo, chart))
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(source, below)
	if err := o.valuesFiles(source, dir); err != nil {
		return nil, err
	}
	values, err := o.values(work)
	if err != nil {
		return nil, err
	}
	text, err := o.template(dir, values)
	if err != nil {
		return nil, err
	}
	objects, err := o.postRender(text)
	if err != nil {
		return nil, err
	}
	crds, err := o.crds(dir)
	if err != nil {
		return nil, err
	}
	return o.place(append(crds, objects...)), nil
}

// valuesFiles overwrites the chart's own values, as source-controller packs a chart.
func (o releaseOptions) valuesFiles(source, dir string) error {
	chart := o.Spec.Chart.Spec
	merged := map[string]any{}
	for _, name := range chart.ValuesFiles {
		content, err := os.ReadFile(filepath.Join(source, filepath.Clean("/"+name)))
		if os.IsNotExist(err) && chart.IgnoreMissingValuesFiles {
			continue
		}
		if err != nil {
			return err
		}
		values := map[string]any{}
		if err := yaml.Unmarshal(content, &values); err != nil {
			return err
		}
		merged = chartutil.MergeMaps(merged, values)
	}
	if len(merged) == 0 {
		return nil
	}
	text, err := yaml.Marshal(merged)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "values.yaml"), text, 0o600)
}

// values merges those of the references and of the spec, and gives the file that has them.
func (o releaseOptions) values(work string) (string, error) {
	builder := fake.NewClientBuilder()
	var refs []meta.ValuesReference
	for i, layer := range o.ValuesFrom {
		name := fmt.Sprintf("layer-%d", i)
		builder.WithObjects(&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: o.Namespace}, Data: map[string]string{"values.yaml": layer.YAML}})
		refs = append(refs, meta.ValuesReference{Kind: "ConfigMap", Name: name, TargetPath: layer.TargetPath, Literal: layer.Literal})
	}
	values, err := chartutil.ChartValuesFromReferences(context.Background(), logr.Discard(), builder.Build(), o.Namespace, o.Spec.Values, refs...)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(values)
	if err != nil {
		return "", err
	}
	file := filepath.Join(work, "values.json")
	return file, os.WriteFile(file, text, 0o600)
}

func (o releaseOptions) template(dir, values string) (string, error) {
	args := []string{"template", o.releaseName(), dir, "--namespace", o.releaseNamespace(), "--values", values}
	if o.Cluster.Version != "" {
		args = append(args, "--kube-version", o.Cluster.Version)
	}
	for _, api := range o.Cluster.APIs {
		args = append(args, "--api-versions", api)
	}
	if o.Spec.Install["disableSchemaValidation"] == true {
		args = append(args, "--skip-schema-validation")
	}
	cmd := exec.Command(os.Getenv("SLUICE_HELM"), args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG=/dev/null")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%w: %s", err, errs.String())
	}
	return out.String(), nil
}

func (o releaseOptions) releaseName() string {
	name := o.Spec.ReleaseName
	if name == "" && o.Spec.TargetNamespace != "" {
		name = o.Spec.TargetNamespace + "-" + o.Name
	} else if name == "" {
		name = o.Name
	}
	if len(name) > 53 {
		name = fmt.Sprintf("%s-%s", name[:40], fmt.Sprintf("%x", sha256.Sum256([]byte(name)))[:12])
	}
	return name
}

func (o releaseOptions) releaseNamespace() string {
	if o.Spec.TargetNamespace != "" {
		return o.Spec.TargetNamespace
	}
	return o.Namespace
}

// crds are the objects of `crds/`, where one of the actions applies them.
func (o releaseOptions) crds(dir string) ([]*unstructured.Unstructured, error) {
	upgrade, _ := o.Spec.Upgrade["crds"].(string)
	if o.Spec.Install["crds"] == "Skip" && (upgrade == "" || upgrade == "Skip") {
		return nil, nil
	}
	files, err := filepath.Glob(filepath.Join(dir, "crds", "*.yaml"))
	if err != nil {
		return nil, err
	}
	var all strings.Builder
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		all.WriteString("---\n" + string(content) + "\n")
	}
	return read(all.String())
}

// clusterKinds are those kinds of the cases that have no namespace.
var clusterKinds = map[string]bool{
	"ClusterRole": true, "ClusterRoleBinding": true, "CustomResourceDefinition": true, "Namespace": true, "StorageClass": true, "ClusterThing": true,
}

// place leaves out what is not applied, and puts the rest into its namespaces.
func (o releaseOptions) place(objects []*unstructured.Unstructured) []*unstructured.Unstructured {
	var out []*unstructured.Unstructured
	for _, object := range objects {
		if events, hook := object.GetAnnotations()["helm.sh/hook"]; hook && !o.runs(events) {
			continue
		}
		if object.GetNamespace() == "" && !clusterKinds[object.GetKind()] {
			object.SetNamespace(o.releaseNamespace())
		}
		out = append(out, object)
	}
	return out
}

// runs says whether a hook runs at an installation or an upgrade.
func (o releaseOptions) runs(events string) bool {
	install := strings.Contains(events, "-install") && o.Spec.Install["disableHooks"] != true
	upgrade := strings.Contains(events, "-upgrade") && o.Spec.Upgrade["disableHooks"] != true
	return install || upgrade
}
