package argocd

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/gitglob"
	"github.com/spf13/cobra"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/kv"
	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/kustomize/v5/commands/edit/add"
	"sigs.k8s.io/kustomize/kustomize/v5/commands/edit/set"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// editor runs `kustomize edit` on a kustomization in memory.
type editor struct{ fs filesys.FileSystem }

func newEditor(files map[string][]byte) (*editor, error) {
	e := &editor{filesys.MakeFsInMemory()}
	for name, content := range files {
		if err := e.fs.WriteFile(name, content); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// run executes one command of `kustomize edit`, if it is wanted.
func (e *editor) run(wanted bool, args ...string) error {
	if !wanted {
		return nil
	}
	deps := provider.NewDepProvider()
	loader := kv.NewLoader(nil, deps.GetFieldValidator())
	command := &cobra.Command{Use: "edit", SilenceUsage: true, SilenceErrors: true}
	command.AddCommand(
		add.NewCmdAdd(e.fs, loader, deps.GetResourceFactory()),
		set.NewCmdSet(e.fs, loader, deps.GetFieldValidator(), deps.GetResourceFactory()),
	)
	command.SetArgs(args)
	command.SetOut(io.Discard)
	command.SetErr(io.Discard)
	if err := command.Execute(); err != nil {
		return fault.New(fault.Input, "", "kustomize edit %s: %s", strings.Join(args[:2], " "), strings.TrimSpace(err.Error()))
	}
	return nil
}

// appendTo appends to a list of the kustomization.
func (e *editor) appendTo(field string, items []any) error {
	if len(items) == 0 {
		return nil
	}
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		if !e.fs.Exists(name) {
			continue
		}
		content, err := e.fs.ReadFile(name)
		if err != nil {
			return err
		}
		var k map[string]any
		if err := yaml.Unmarshal(content, &k); err != nil || k == nil {
			return fault.New(fault.Input, "", "the kustomization is no mapping")
		}
		present, isList := k[field].([]any)
		if _, set := k[field]; set && !isList {
			return fault.New(fault.Input, "", "expected '%s' field in kustomization.yaml to be []any, but got %T", field, k[field])
		}
		for _, item := range items {
			if text, ok := item.(string); ok && slices.Contains(present, any(text)) {
				continue
			}
			present = append(present, item)
		}
		k[field] = present
		edited, err := yaml.Marshal(k)
		if err != nil {
			return err
		}
		return e.fs.WriteFile(name, edited)
	}
	return fault.New(fault.Input, "", "kustomization file not found in the path")
}

// files gives the edited kustomization.
func (e *editor) files() map[string][]byte {
	out := map[string][]byte{}
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		if content, err := e.fs.ReadFile(name); err == nil {
			out[name] = content
		}
	}
	return out
}

// counts gives the replicas as arguments.
func (k Kustomize) counts() ([]string, error) {
	var out []string
	for _, r := range k.Replicas {
		text := fmt.Sprint(r.Count)
		if f, isNumber := r.Count.(float64); isNumber {
			text = strconv.FormatFloat(f, 'f', -1, 64)
		}
		if _, err := strconv.Atoi(text); err != nil {
			return nil, fault.New(fault.Input, "", "expected integer value for count. Received: %s", text)
		}
		out = append(out, r.Name+"="+text)
	}
	return out, nil
}

// component finds one component: by its path, by a glob, or by its address, which is left to the build.
func (r *run) component(name string) ([]string, error) {
	if strings.Contains(name, "://") || !isGlob(name) {
		if strings.Contains(name, "://") || strings.Contains(name, "?ref=") || r.fs.Exists(gitfs.Abs(path.Join(r.dir, name))) {
			return []string{name}, nil
		}
		if known := r.fs.Refusal(); known != nil {
			return nil, known
		}
		return nil, fault.New(fault.Input, "", "the component %q does not exist", name)
	}
	found, err := gitglob.Files(r.fs, path.Join(r.dir, name))
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fault.New(fault.Input, "", "%s has no match", name)
	}
	for i, match := range found {
		found[i] = relative(r.dir, match)
	}
	return found, nil
}

// relative gives the way from one folder of the tree to a path.
func relative(from, to string) string {
	up := ""
	for from != "" && from != "." && to != from && !strings.HasPrefix(to, from+"/") {
		up += "../"
		if from = path.Dir(from); from == "." {
			from = ""
		}
	}
	return up + strings.TrimPrefix(strings.TrimPrefix(to, from), "/")
}
