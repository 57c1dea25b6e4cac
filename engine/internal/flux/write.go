package flux

import (
	"path"
	"slices"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"sigs.k8s.io/kustomize/api/types"
)

// writeInto writes the fields of the spec into the kustomization.
func (s spec) writeInto(view *gitfs.FS, dir string, k *types.Kustomization) error {
	override(&k.Namespace, s.TargetNamespace)
	override(&k.NamePrefix, s.NamePrefix)
	override(&k.NameSuffix, s.NameSuffix)
	s.writePatches(k)
	for _, component := range s.Components {
		if !isLocal(component) {
			return fault.New(fault.Input, "", "the component %q of the Kustomization must be local and relative", component)
		}
		if s.IgnoreMissingComponents && !view.Exists(gitfs.Abs(path.Join(dir, component))) {
			continue
		}
		k.Components = append(k.Components, component)
	}
	for _, image := range s.Images {
		k.Images = mergeImage(k.Images, image)
	}
	if len(s.BuildMetadata) > 0 {
		k.BuildMetadata = s.BuildMetadata
	}
	return nil
}

// writePatches adds the spec's patches to those of the file.
func (s spec) writePatches(k *types.Kustomization) {
	for _, p := range s.Patches {
		k.Patches = append(k.Patches, types.Patch{Patch: p.Patch, Target: p.Target})
	}
	for _, p := range s.PatchesStrategicMerge {
		k.PatchesStrategicMerge = append(k.PatchesStrategicMerge, types.PatchStrategicMerge(p))
	}
	for _, p := range s.PatchesJSON6902 {
		k.PatchesJson6902 = append(k.PatchesJson6902, types.Patch{Patch: string(p.Patch), Target: &p.Target})
	}
}

func override(field, value *string) {
	if value != nil {
		*field = *value
	}
}

// mergeImage sets an image: fields that are not given stay, but a tag and a digest go together.
func mergeImage(images []types.Image, image types.Image) []types.Image {
	i := slices.IndexFunc(images, func(known types.Image) bool { return known.Name == image.Name })
	if i < 0 {
		return append(images, types.Image{Name: image.Name, NewName: image.NewName, NewTag: image.NewTag, Digest: image.Digest})
	}
	if image.NewName != "" {
		images[i].NewName = image.NewName
	}
	if image.NewTag != "" || image.Digest != "" {
		images[i].NewTag, images[i].Digest = image.NewTag, image.Digest
	}
	return images
}

// remotePrefixes are the beginnings of what is no local path, as Flux tells.
var remotePrefixes = []string{"git::", "gh:", "ssh://", "https://", "http://", "git@", "github.com:", "github.com/"}

func isLocal(component string) bool {
	lower := strings.ToLower(component)
	remote := slices.ContainsFunc(remotePrefixes, func(p string) bool { return len(p) < len(lower) && strings.HasPrefix(lower, p) })
	return !remote && !path.IsAbs(strings.TrimPrefix(lower, "file://"))
}
