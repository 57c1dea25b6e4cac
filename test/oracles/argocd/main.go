// Command argocd renders one case as Argo CD does, by its own code: an Application by the repository server's GenerateManifests, an ApplicationSet by
// the controller's GenerateApplications. It prints {"resources": […]} or {"error": "…"}.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/sirupsen/logrus"
)

// testCase is what case.json says.
type testCase struct {
	Kind    string          `json:"kind"`
	Options json.RawMessage `json:"options"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: argocd <folder of a case>")
		os.Exit(2)
	}
	logrus.SetOutput(io.Discard)
	objects, err := render(os.Args[1])
	answer := map[string]any{"resources": objects}
	if err != nil {
		answer = map[string]any{"error": err.Error()}
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// render works in a copy of the case's repository, as Argo CD edits its checkout.
func render(folder string) ([]map[string]any, error) {
	raw, err := os.ReadFile(filepath.Join(folder, "case.json"))
	if err != nil {
		return nil, err
	}
	var c testCase
	if err := json.Unmarshal(raw, &c); err != nil {
		return nil, err
	}
	work, err := os.MkdirTemp("", "argocd-oracle")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(work) }()
	if err := programs(work); err != nil {
		return nil, err
	}
	repo := filepath.Join(work, "repo")
	if err := os.CopyFS(repo, os.DirFS(filepath.Join(folder, "repo"))); err != nil {
		return nil, err
	}
	switch c.Kind {
	case "argocd":
		return application(repo, c.Options)
	case "applicationset":
		return applicationSet(repo, c.Options)
	default:
		return nil, fmt.Errorf("no oracle for the kind %q", c.Kind)
	}
}

// programs puts kustomize and helm on the PATH, where Argo CD looks for them.
func programs(work string) error {
	bin := filepath.Join(work, "bin")
	if err := os.Mkdir(bin, 0o700); err != nil {
		return err
	}
	for name, variable := range map[string]string{"kustomize": "SLUICE_KUSTOMIZE", "helm": "SLUICE_HELM"} {
		if program := os.Getenv(variable); program != "" {
			if err := os.Symlink(program, filepath.Join(bin, name)); err != nil {
				return err
			}
		}
	}
	return os.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
}
