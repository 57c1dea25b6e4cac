package main_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"sigs.k8s.io/yaml"
)

func oracleBinary(t *testing.T, variable, name string) string {
	t.Helper()
	if path := os.Getenv(variable); path != "" {
		return path
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("no oracle: set %s or put %s on the PATH", variable, name)
	}
	return path
}

type oracles struct{ kustomize, helm string }

func findOracles(t *testing.T) oracles {
	t.Helper()
	return oracles{oracleBinary(t, "SLUICE_KUSTOMIZE", "kustomize"), oracleBinary(t, "SLUICE_HELM", "helm")}
}

// run gives what the real program prints for a case.
func (o oracles) run(t *testing.T, c corpusCase) (string, error) {
	t.Helper()
	target := filepath.Join(c.dir, filepath.FromSlash(c.Path))
	var cmd *exec.Cmd
	switch c.Kind {
	case "kustomize":
		args := []string{"build", "--enable-helm", "--helm-command", o.helm, target}
		if c.Options["loadRestrictor"] == "none" {
			args = append(args, "--load-restrictor", "LoadRestrictionsNone")
		}
		if v, ok := c.Options["kubeVersion"].(string); ok {
			args = append(args, "--helm-kube-version", v)
		}
		for _, v := range list(c.Options["apiVersions"]) {
			args = append(args, "--helm-api-versions", v)
		}
		cmd = exec.Command(o.kustomize, args...)
	case "helm":
		cmd = exec.Command(o.helm, helmArgs(t, c, target)...)
	case "plain":
		cmd = exec.Command(o.kustomize, "build", plainAsKustomization(t, c, target))
	default:
		t.Fatalf("%s: unknown kind %q", c.name, c.Kind)
	}
	home := t.TempDir()
	cmd.Env = append(os.Environ(), "HOME="+home, "KUBECONFIG=/dev/null", "TZ=UTC")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%w: %s", err, errs.String())
	}
	return out.String(), nil
}

// cached asks the oracle once per content: its answers are kept in the user's cache under a hash of the case and of the programs.
func (o oracles) cached(t *testing.T, c corpusCase) (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return o.run(t, c)
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "3 %s %s %s %v", c.tree, c.Kind, c.Path, c.Options)
	for _, program := range []string{o.kustomize, o.helm} {
		info, err := os.Stat(program)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(sum, " %d %d", info.Size(), info.ModTime().UnixNano())
	}
	file := filepath.Join(base, "sluice", "oracle", hex.EncodeToString(sum.Sum(nil)))
	if text, err := os.ReadFile(file); err == nil {
		return string(text), nil
	}
	text, err := o.run(t, c)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err == nil {
		_ = os.WriteFile(file+".new", []byte(text), 0o600)
		_ = os.Rename(file+".new", file)
	}
	return text, nil
}

func list(v any) []string {
	var out []string
	items, _ := v.([]any)
	for _, i := range items {
		out = append(out, i.(string))
	}
	return out
}

func helmArgs(t *testing.T, c corpusCase, target string) []string {
	args := []string{"template", c.Options["releaseName"].(string), target}
	if v, ok := c.Options["includeCRDs"].(bool); !ok || v {
		args = append(args, "--include-crds")
	}
	for option, flag := range map[string]string{"noHooks": "--no-hooks", "skipTests": "--skip-tests", "skipSchemaValidation": "--skip-schema-validation"} {
		if c.Options[option] == true {
			args = append(args, flag)
		}
	}
	for option, flag := range map[string]string{"namespace": "--namespace", "kubeVersion": "--kube-version"} {
		if v, ok := c.Options[option].(string); ok {
			args = append(args, flag, v)
		}
	}
	for _, v := range list(c.Options["apiVersions"]) {
		args = append(args, "--api-versions", v)
	}
	for _, v := range list(c.Options["valueFiles"]) {
		args = append(args, "-f", filepath.Join(c.dir, v))
	}
	if v, ok := c.Options["values"]; ok {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "values.json")
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "-f", file)
	}
	return args
}

// plainAsKustomization copies the files that a plain render reads beside a kustomization that lists them in their order.
func plainAsKustomization(t *testing.T, c corpusCase, target string) string {
	dir := t.TempDir()
	var resources []string
	excluded := list(c.Options["exclude"])
	err := filepath.WalkDir(target, func(p string, d os.DirEntry, err error) error {
		if err != nil || p == target {
			return err
		}
		rel, _ := filepath.Rel(target, p)
		if strings.HasPrefix(d.Name(), ".") || d.IsDir() && c.Options["recurse"] == false {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if d.IsDir() || rel == "case.json" || slices.Contains(excluded, rel) || !slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(p)) {
			return nil
		}
		content, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		resources = append(resources, rel)
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, rel)), 0o700); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, rel), content, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(resources)
	k, _ := yaml.Marshal(map[string]any{"resources": resources, "sortOptions": map[string]any{"order": "fifo"}})
	if err := os.WriteFile(filepath.Join(dir, "kustomization.yaml"), k, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

type expectation struct {
	text string
	err  error
}

// expected asks the oracles for all cases, two at a time.
func expected(t *testing.T, o oracles, cases []corpusCase) map[string]expectation {
	out := map[string]expectation{}
	var mu sync.Mutex
	var wait sync.WaitGroup
	slots := make(chan struct{}, 2)
	for _, c := range cases {
		wait.Add(1)
		go func() {
			defer wait.Done()
			slots <- struct{}{}
			defer func() { <-slots }()
			text, err := o.cached(t, c)
			mu.Lock()
			defer mu.Unlock()
			out[c.name] = expectation{text, err}
		}()
	}
	wait.Wait()
	return out
}
