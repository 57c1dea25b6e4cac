package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/argoproj/argo-cd/v3/applicationset/controllers/template"
	"github.com/argoproj/argo-cd/v3/applicationset/generators"
	"github.com/argoproj/argo-cd/v3/applicationset/utils"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/git"
	"github.com/sirupsen/logrus"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
)

const controllerNamespace = "argocd"

type applicationSetOptions struct {
	Set          v1alpha1.ApplicationSet `json:"set"`
	Repositories []struct {
		URL      string `json:"url"`
		Revision string `json:"revision"`
		Root     string `json:"root"`
	} `json:"repositories"`
	Clusters []struct {
		Name        string            `json:"name"`
		Server      string            `json:"server"`
		Project     string            `json:"project"`
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
	} `json:"clusters"`
	Settings map[string]string `json:"settings"`
}

// applicationSet runs the controller's generators and renderer over the case's repository.
func applicationSet(repo string, raw json.RawMessage) ([]map[string]any, error) {
	var o applicationSetOptions
	if err := json.Unmarshal(raw, &o); err != nil {
		return nil, err
	}
	cluster, err := o.cluster()
	if err != nil {
		return nil, err
	}
	if err := utils.CheckInvalidGenerators(&o.Set); err != nil {
		return nil, err
	}
	apps, _, err := template.GenerateApplications(logrus.NewEntry(logrus.StandardLogger()), o.Set, o.generators(cluster, repo), &utils.Render{}, cluster)
	if err != nil {
		return nil, err
	}
	out := []map[string]any{}
	names := map[string]bool{}
	for _, app := range apps {
		if app.Name == "" || names[app.Name] {
			return nil, fmt.Errorf("duplicate name: %q", app.Name)
		}
		names[app.Name] = true
		app.APIVersion, app.Kind = "argoproj.io/v1alpha1", "Application"
		raw, err := json.Marshal(app)
		if err != nil {
			return nil, err
		}
		var fields map[string]any
		if err := json.Unmarshal(raw, &fields); err != nil {
			return nil, err
		}
		delete(fields, "status")
		withoutEmpty(fields)
		out = append(out, fields)
	}
	return out, nil
}

// withoutEmpty takes out the fields that Go's types write though nobody set them.
func withoutEmpty(fields map[string]any) {
	for key, value := range fields {
		below, isMap := value.(map[string]any)
		if isMap {
			withoutEmpty(below)
		}
		if value == nil || value == "" || isMap && len(below) == 0 {
			delete(fields, key)
		}
	}
}

// cluster is one with the secrets of the case's clusters and the projects that sets name.
func (o applicationSetOptions) cluster() (client.Client, error) {
	scheme := runtime.NewScheme()
	if err := corev1.AddToScheme(scheme); err != nil {
		return nil, err
	}
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return nil, err
	}
	objects := []client.Object{
		&v1alpha1.AppProject{ObjectMeta: metav1.ObjectMeta{Name: "default", Namespace: controllerNamespace}},
		&v1alpha1.AppProject{ObjectMeta: metav1.ObjectMeta{Name: "apps", Namespace: controllerNamespace}},
	}
	for i, c := range o.Clusters {
		labels := map[string]string{"argocd.argoproj.io/secret-type": "cluster"}
		for key, value := range c.Labels {
			labels[key] = value
		}
		objects = append(objects, &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("cluster-%d", i), Namespace: controllerNamespace, Labels: labels, Annotations: c.Annotations},
			Data:       map[string][]byte{"name": []byte(c.Name), "server": []byte(c.Server), "project": []byte(c.Project)},
		})
	}
	return fake.NewClientBuilder().WithScheme(scheme).WithObjects(objects...).Build(), nil
}

// generators are those of the controller that a tree answers.
func (o applicationSetOptions) generators(cluster client.Client, repo string) map[string]generators.Generator {
	terminal := map[string]generators.Generator{
		"List":     generators.NewListGenerator(),
		"Clusters": generators.NewClusterGenerator(cluster, controllerNamespace),
		"Git":      generators.NewGitGenerator(repositories{o, repo}, controllerNamespace),
	}
	with := func(below map[string]generators.Generator) map[string]generators.Generator {
		out := map[string]generators.Generator{"Matrix": generators.NewMatrixGenerator(below), "Merge": generators.NewMergeGenerator(below)}
		for name, generator := range terminal {
			out[name] = generator
		}
		return out
	}
	return with(with(terminal))
}

// repositories stands for the repository server.
type repositories struct {
	applicationSetOptions
	repo string
}

func (r repositories) root(url, revision string) (string, error) {
	for _, known := range r.Repositories {
		if known.URL == url && known.Revision == revision {
			return filepath.Join(r.repo, known.Root), nil
		}
	}
	return "", fmt.Errorf("no repository %s at %q", url, revision)
}

// GetFiles lists files with Argo CD's git client.
func (r repositories) GetFiles(ctx context.Context, url, revision, _, pattern string, _ bool, _ *v1alpha1.SourceIntegrity) (map[string][]byte, error) {
	root, err := r.root(url, revision)
	if err != nil {
		return nil, err
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "--all", "--force"}} {
		if out, err := exec.Command("git", append([]string{"-C", root}, args...)...).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("git %v: %w: %s", args, err, out)
		}
	}
	git, err := git.NewClientExt("file://"+root, root, git.NopCreds{}, false, false, "", "")
	if err != nil {
		return nil, err
	}
	if pattern == "" {
		pattern = "."
	}
	names, err := git.LsFiles(ctx, pattern, r.Settings["applicationsetcontroller.enable.new.git.file.globbing"] == "true")
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for _, name := range names {
		if out[name], err = os.ReadFile(filepath.Join(root, name)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// GetDirectories is what walkDirectoryTree of the repository server does.
func (r repositories) GetDirectories(_ context.Context, url, revision, _ string, _ bool, _ *v1alpha1.SourceIntegrity) ([]string, error) {
	root, err := r.root(url, revision)
	if err != nil {
		return nil, err
	}
	var out []string
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !entry.IsDir() || path == root:
			return nil
		case strings.HasPrefix(entry.Name(), ".") && r.Settings["reposerver.include.hidden.directories"] != "true":
			return filepath.SkipDir
		}
		relative, err := filepath.Rel(root, path)
		out = append(out, relative)
		return err
	})
	return out, err
}

var errNoArtifacts = errors.New("cases have no artifacts")

// GetOciFiles is not asked.
func (r repositories) GetOciFiles(context.Context, string, string, string, string, bool) (map[string][]byte, error) {
	return nil, errNoArtifacts
}

// GetOciDirectories is not asked.
func (r repositories) GetOciDirectories(context.Context, string, string, string, bool) ([]string, error) {
	return nil, errNoArtifacts
}
