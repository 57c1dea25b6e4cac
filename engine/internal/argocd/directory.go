package argocd

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/gobwas/glob"
	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/yamldoc"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	kubeyaml "k8s.io/apimachinery/pkg/util/yaml"
)

// maxManifestBytes is what the manifests of one folder may have together.
const maxManifestBytes = 10 << 20

var (
	skipMarker = []byte("+argocd:skip-file-rendering")
	utf8bom    = []byte{0xEF, 0xBB, 0xBF}
)

// directory reads plain manifests and evaluates Jsonnet.
func (r *run) directory() ([]Object, error) {
	d := r.source.Directory
	if d == nil {
		d = &Directory{}
	}
	files, err := r.fs.Files(gitfs.Abs(r.dir), r.skip(*d))
	if err != nil {
		return nil, err
	}
	contents, err := r.fs.Contents(files)
	if err != nil {
		return nil, err
	}
	var out []Object
	var size int
	for i, file := range files {
		content := bytes.TrimPrefix(contents[i], utf8bom)
		if bytes.Contains(content, skipMarker) {
			continue
		}
		if !strings.HasSuffix(file.Name, ".jsonnet") {
			if size += len(contents[i]); size > maxManifestBytes {
				return nil, fault.New(fault.Input, file.Rel, "exceeded max combined manifest file size: the manifests of %q have more than %d bytes together",
					r.source.Path, maxManifestBytes)
			}
		}
		found, err := r.manifests(*d, file.Rel, content)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// skip tells which entries of the folder are not looked at.
func (r *run) skip(d Directory) func(name string, dir bool) bool {
	include, exclude := r.compiled(d.Include), r.compiled(d.Exclude)
	return func(name string, dir bool) bool {
		if dir {
			return !d.Recurse
		}
		switch path.Ext(name) {
		case ".yaml", ".yml", ".json", ".jsonnet":
		default:
			if !d.DisableExtensionFilter {
				return true
			}
		}
		return d.Exclude != "" && exclude(name) || d.Include != "" && !include(name)
	}
}

// compiled reads a glob in which `*` matches slashes too. One that is none matches nothing, as in Argo CD.
func (r *run) compiled(pattern string) func(string) bool {
	g, err := glob.Compile(pattern)
	if err != nil {
		r.warn("%q is no glob (%s): it matches nothing", pattern, err)
		return func(string) bool { return false }
	}
	return g.Match
}

func (r *run) manifests(d Directory, file string, content []byte) ([]Object, error) {
	switch path.Ext(file) {
	case ".jsonnet":
		if !r.enabled("Directory") {
			return nil, nil
		}
		return r.jsonnet(d.Jsonnet, file)
	case ".json":
		return r.jsonManifest(file, content)
	default:
		return r.yamlManifests(file, content)
	}
}

// jsonManifest reads the one object of a file. One without a kind is passed over: it could be the manifest of an image.
func (r *run) jsonManifest(file string, content []byte) ([]Object, error) {
	u := &unstructured.Unstructured{}
	decoder := json.NewDecoder(bytes.NewReader(content))
	err := decoder.Decode(u)
	if err != nil {
		var fields map[string]any
		if json.Unmarshal(content, &fields) != nil || fields["kind"] != nil {
			return nil, fault.New(fault.Input, file, "Failed to unmarshal %q: %s", path.Base(file), err)
		}
		r.warn("%s is no Kubernetes object and is passed over", file)
		return nil, nil
	}
	if decoder.More() {
		return nil, fault.New(fault.Input, file, "Found multiple objects in %q. Only single objects are allowed in JSON files.", path.Base(file))
	}
	return []Object{{Unstructured: u, File: file, Line: 1}}, nil
}

// yamlManifests reads the documents of a file. A file that does not parse and does not look like a manifest is passed over.
func (r *run) yamlManifests(file string, content []byte) ([]Object, error) {
	var out []Object
	lines := documentLines(content)
	decoder := kubeyaml.NewYAMLOrJSONDecoder(bytes.NewReader(content), 4096)
	for {
		u := &unstructured.Unstructured{}
		err := decoder.Decode(&u)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			looks := bytes.Contains(content, []byte("apiVersion:")) && bytes.Contains(content, []byte("kind:")) && bytes.Contains(content, []byte("metadata:"))
			if len(out) > 0 || looks {
				return nil, fault.New(fault.Input, file, "Failed to unmarshal %q: failed to unmarshal manifest: %s", path.Base(file), err)
			}
			r.warn("%s is no manifest and is passed over, as Argo CD does", file)
			return nil, nil
		}
		if u == nil {
			continue
		}
		out = append(out, Object{Unstructured: u, File: file, Line: lines.of(u)})
	}
}

// places finds the line of a document by what it says of itself.
type places []yamldoc.Head

func documentLines(content []byte) places { return yamldoc.Heads(content) }

func (p *places) of(u *unstructured.Unstructured) int {
	for i, head := range *p {
		if head.Kind == u.GetKind() && head.Name == u.GetName() {
			*p = append((*p)[:i:i], (*p)[i+1:]...)
			return head.Line
		}
	}
	return 0
}
