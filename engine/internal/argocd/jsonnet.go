package argocd

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/go-jsonnet"
	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// jsonnet evaluates one file. Its result is an object, or a list of them.
func (r *run) jsonnet(j Jsonnet, file string) ([]Object, error) {
	vm, err := r.machine(j)
	if err != nil {
		return nil, err
	}
	text, err := vm.EvaluateFile(gitfs.Abs(file))
	if known := r.fs.Refusal(); known != nil {
		return nil, known
	}
	if err != nil {
		return nil, jsonnetFault(file, err)
	}
	var several []*unstructured.Unstructured
	if json.Unmarshal([]byte(text), &several) != nil {
		one := &unstructured.Unstructured{}
		if err := json.Unmarshal([]byte(text), one); err != nil {
			return nil, fault.New(fault.Input, file, "Failed to unmarshal generated json %q: %s", path.Base(file), err)
		}
		several = []*unstructured.Unstructured{one}
	}
	var out []Object
	for _, u := range several {
		if u != nil {
			out = append(out, Object{Unstructured: u, File: file})
		}
	}
	return out, nil
}

// machine makes an interpreter with the source's arguments.
func (r *run) machine(j Jsonnet) (*jsonnet.VM, error) {
	vm := jsonnet.MakeVM()
	vm.SetTraceOut(nullWriter{})
	for _, v := range j.TLAs {
		if v.Code {
			vm.TLACode(v.Name, r.env.expand(v.Value))
		} else {
			vm.TLAVar(v.Name, r.env.expand(v.Value))
		}
	}
	for _, v := range j.ExtVars {
		if v.Code {
			vm.ExtCode(v.Name, r.env.expand(v.Value))
		} else {
			vm.ExtVar(v.Name, r.env.expand(v.Value))
		}
	}
	folders := []string{r.dir}
	for _, lib := range j.Libs {
		if !inside(strings.TrimPrefix(lib, "/")) {
			return nil, fault.New(fault.Input, "", "file '%s' resolved to outside repository root", lib)
		}
		folders = append(folders, strings.TrimPrefix(path.Join(r.root, path.Clean("/"+lib)), "/"))
	}
	vm.Importer(&importer{fs: r.fs, root: r.root, folders: folders, known: map[string]jsonnet.Contents{}})
	return vm, nil
}

// nullWriter takes what `std.trace` says.
type nullWriter struct{}

func (nullWriter) Write(p []byte) (int, error) { return len(p), nil }

// importer gives files of the source's repository, and nothing else.
type importer struct {
	fs      *gitfs.FS
	root    string
	folders []string
	known   map[string]jsonnet.Contents
}

// Import looks beside the file that imports, then in the libraries, the last first, then in the source's folder.
func (i *importer) Import(from, name string) (jsonnet.Contents, string, error) {
	dir, _ := gitfs.Rel(path.Dir(from))
	if from == "" {
		dir = ""
	}
	if path.IsAbs(name) {
		if _, tree := strings.CutPrefix(name, gitfs.Mount); !tree {
			return jsonnet.Contents{}, "", fmt.Errorf("jsonnet import %q resolves outside repository root", name)
		}
		return i.load(strings.TrimPrefix(strings.TrimPrefix(name, gitfs.Mount), "/"))
	}
	folders := slices.Clone(i.folders)
	slices.Reverse(folders)
	for _, folder := range append([]string{dir}, folders...) {
		file := path.Join(folder, name)
		if !inside(file) || i.root != "" && !strings.HasPrefix(file, i.root+"/") {
			return jsonnet.Contents{}, "", fmt.Errorf("jsonnet import %q resolves outside repository root", name)
		}
		if i.fs.Exists(gitfs.Abs(file)) {
			return i.load(file)
		}
		if known := i.fs.Refusal(); known != nil {
			return jsonnet.Contents{}, "", known
		}
	}
	return jsonnet.Contents{}, "", fmt.Errorf("couldn't open import %q: no match locally or in the Jsonnet library paths", name)
}

func (i *importer) load(file string) (jsonnet.Contents, string, error) {
	abs := gitfs.Abs(file)
	if known, ok := i.known[abs]; ok {
		return known, abs, nil
	}
	content, err := i.fs.ReadFile(abs)
	if err != nil {
		return jsonnet.Contents{}, "", err
	}
	i.known[abs] = jsonnet.MakeContentsRaw(content)
	return i.known[abs], abs, nil
}

var jsonnetPlace = regexp.MustCompile(`(/=tree=/[^\s:]+):\(?(\d+)`)

// jsonnetFault names the file and the line that an error of Jsonnet speaks of first.
func jsonnetFault(file string, err error) error {
	text := strings.TrimSpace(err.Error())
	f := fault.New(fault.Input, file, "Failed to evaluate jsonnet %q: %s", path.Base(file), text)
	if found := jsonnetPlace.FindStringSubmatch(text); found != nil {
		f.File = gitfs.Strip(found[1])
		f.Line, _ = strconv.Atoi(found[2])
	}
	return f
}
