package flux

import (
	"path"
	"slices"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"
)

// written is the kustomization file that is built: the folder's own with the spec written into it, or a generated one.
type written struct {
	path     string
	content  []byte
	original []byte
}

// generate makes the kustomization file of a folder as kustomize-controller writes it before it builds.
func generate(view *gitfs.FS, dir string, s spec) (written, error) {
	if err := folder(view, dir); err != nil {
		return written{}, err
	}
	file, err := find(view, dir)
	if err != nil {
		return written{}, err
	}
	k := types.Kustomization{TypeMeta: types.TypeMeta{APIVersion: types.KustomizationVersion, Kind: types.KustomizationKind}}
	if file.original == nil {
		if err := list(view, dir, &k); err != nil {
			return written{}, err
		}
	} else if err := yaml.Unmarshal(file.original, &k); err != nil {
		return written{}, fault.New(fault.Input, file.path, "the kustomization is not understood: %s", err)
	}
	if file.original != nil && len(k.Resources) == 0 {
		// A quirk of Flux that shows in the cluster.
		k.BuildMetadata = []string{types.OriginAnnotations}
	}
	if err := s.writeInto(view, dir, &k); err != nil {
		return written{}, err
	}
	file.content, err = yaml.Marshal(k)
	return file, err
}

// folder makes sure that the path leads to one.
func folder(view *gitfs.FS, dir string) error {
	switch {
	case view.IsDir(gitfs.Abs(dir)):
		return nil
	case view.Refusal() != nil:
		return view.Refusal()
	case view.Exists(gitfs.Abs(dir)):
		return fault.New(fault.Input, dir, "the path %q is a file, not a folder", dir)
	default:
		return fault.New(fault.Input, "", "the path %q does not exist in the source", dir)
	}
}

// find reads the folder's own kustomization file. Without one it names the file to be generated.
func find(view *gitfs.FS, dir string) (written, error) {
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		at := path.Join(dir, name)
		if !view.Exists(gitfs.Abs(at)) || view.IsDir(gitfs.Abs(at)) {
			continue
		}
		content, err := view.ReadFile(gitfs.Abs(at))
		if content == nil {
			content = []byte{}
		}
		return written{path: at, original: content}, err
	}
	return written{path: path.Join(dir, konfig.DefaultKustomizationFileName())}, nil
}

// list fills a kustomization with what a folder without one holds: every YAML file, and each folder that has a kustomization.
func list(view *gitfs.FS, dir string, k *types.Kustomization) error {
	var found []string
	files, err := view.Files(gitfs.Abs(dir), func(name string, isDir bool) bool {
		if !isDir {
			return path.Ext(name) != ".yaml" && path.Ext(name) != ".yml"
		}
		if !isKustomizationFolder(view, path.Join(dir, name)) {
			return false
		}
		found = append(found, name)
		return true
	})
	if err != nil {
		return err
	}
	// All of them in one question, before kustomize asks for one after the other.
	if _, err := view.Contents(files); err != nil {
		return err
	}
	for _, file := range files {
		found = append(found, file.Name)
	}
	// As a walk through the folders meets them.
	slices.SortFunc(found, func(a, b string) int { return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/")) })
	for _, name := range found {
		k.Resources = append(k.Resources, "./"+name)
	}
	if len(found) == 0 {
		k.Namespace = "_placeholder"
	}
	return nil
}

func isKustomizationFolder(view *gitfs.FS, dir string) bool {
	return slices.ContainsFunc(konfig.RecognizedKustomizationFileNames(), func(name string) bool {
		at := gitfs.Abs(path.Join(dir, name))
		return view.Exists(at) && !view.IsDir(at)
	})
}

// source names the file that a resource comes from; a generated kustomization is none.
func (w written) source(file string) string {
	if w.original == nil && file == w.path {
		return ""
	}
	return file
}

// explain says what a fault in a generated kustomization means.
func (w written) explain(err error) error {
	f := fault.Of(err)
	if w.original != nil || f.File != w.path {
		return err
	}
	generated := *f
	generated.File, generated.Line = "", 0
	generated.Message = "there is no kustomization in " + describe(path.Dir(w.path)) + ", so Flux takes every YAML file below it: " + f.Message
	return &generated
}

func describe(dir string) string {
	if dir == "." {
		return "the root of the source"
	}
	return "the folder " + dir
}
