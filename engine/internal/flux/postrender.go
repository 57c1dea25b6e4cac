package flux

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/kustomize"
	"github.com/sluice-gitops/sluice/engine/internal/limits"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
)

// postRenderer is one of `postRenderers`.
type postRenderer struct {
	Kustomize *struct {
		Patches               []patch           `json:"patches"`
		PatchesStrategicMerge []json.RawMessage `json:"patchesStrategicMerge"`
		PatchesJSON6902       []jsonPatch       `json:"patchesJson6902"`
		Images                []types.Image     `json:"images"`
	} `json:"kustomize"`
}

// document is a rendered object as text, and the file that it comes from.
type document struct{ text, file string }

// postRendered are the objects that come out of post-renderers, with the files that they come from.
type postRendered struct {
	resources resmap.ResMap
	files     []string
}

// manifests is the name of the file that kustomize is given.
const manifests = "helm-output.yaml"

// postRender runs the documents through the post-renderers, the common metadata last. Without any they go through kustomize all the same.
func (s releaseSpec) postRender(docs []document, l limits.Limits) (postRendered, error) {
	if len(docs) == 0 {
		return postRendered{resources: resmap.New()}, nil
	}
	out, err := stage(docs, types.Kustomization{}, l)
	for _, renderer := range s.PostRenderers {
		if err == nil && renderer.Kustomize != nil {
			if docs, err = out.documents(); err == nil {
				out, err = stage(docs, renderer.kustomization(), l)
			}
		}
	}
	if err != nil {
		return out, err
	}
	for _, res := range out.resources.Resources() {
		if err := s.CommonMetadata.set(res); err != nil {
			return out, err
		}
	}
	return out, nil
}

func (p postRenderer) kustomization() types.Kustomization {
	var k types.Kustomization
	s := spec{Patches: p.Kustomize.Patches, PatchesStrategicMerge: p.Kustomize.PatchesStrategicMerge, PatchesJSON6902: p.Kustomize.PatchesJSON6902}
	s.writePatches(&k)
	for _, image := range p.Kustomize.Images {
		k.Images = append(k.Images, types.Image{Name: image.Name, NewName: image.NewName, NewTag: image.NewTag, Digest: image.Digest})
	}
	return k
}

// stage builds one kustomization over the documents.
func stage(docs []document, k types.Kustomization, l limits.Limits) (postRendered, error) {
	k.TypeMeta = types.TypeMeta{APIVersion: types.KustomizationVersion, Kind: types.KustomizationKind}
	k.Resources = []string{manifests}
	content, err := json.Marshal(k)
	if err != nil {
		return postRendered{}, err
	}
	text, starts := joined(docs)
	files := gitfs.Virtual(map[string][]byte{"kustomization.yaml": content, manifests: text}, l)
	built, err := kustomize.Render(files, "", kustomize.Options{LoadRestrictor: "none"})
	if err != nil {
		f := *fault.Of(err)
		f.File, f.Line = blame(docs, starts, f), 0
		f.Message = "Flux runs a release through kustomize, which fails: " + strings.TrimSuffix(f.Message, "\n")
		return postRendered{}, &f
	}
	out := postRendered{resources: built.Resources}
	for _, origin := range built.Origins {
		out.files = append(out.files, fileAt(docs, starts, origin.Line))
	}
	return out, nil
}

// joined puts documents into one stream, and gives the line at which each starts.
func joined(docs []document) (text []byte, starts []int) {
	var b bytes.Buffer
	line := 1
	for _, doc := range docs {
		starts = append(starts, line)
		part := "---\n" + strings.TrimSuffix(doc.text, "\n") + "\n"
		line += strings.Count(part, "\n")
		b.WriteString(part)
	}
	return b.Bytes(), starts
}

// fileAt tells where the document on a line of the stream comes from.
func fileAt(docs []document, starts []int, line int) string {
	i := sort.SearchInts(starts, line+1) - 1
	if line == 0 || i < 0 {
		return ""
	}
	return docs[i].file
}

// blame finds the file of a fault that names a line of the stream.
func blame(docs []document, starts []int, f fault.Fault) string {
	if f.File != manifests {
		return ""
	}
	return fileAt(docs, starts, f.Line)
}

func (p postRendered) documents() ([]document, error) {
	var docs []document
	for i, res := range p.resources.Resources() {
		text, err := res.AsYAML()
		if err != nil {
			return nil, fmt.Errorf("a post-rendered object cannot be written: %w", err)
		}
		docs = append(docs, document{string(text), p.files[i]})
	}
	return docs, nil
}
