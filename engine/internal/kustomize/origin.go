package kustomize

import (
	"path"

	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/yamldoc"
	"sigs.k8s.io/kustomize/api/resmap"
)

// Origin is where a resource came from: a path in the tree and the first line of its document; empty when it is not known.
type Origin struct {
	File string
	Line int
}

type located struct {
	yamldoc.Head
	origin Origin
	used   bool
}

// attribute finds the file of each resource while kustomize's notes are still on them. Resources stand in the order in which their files
// were read, so the two lists are walked together; what generators made is known by identity.
func (r *run) attribute(m resmap.ResMap) {
	docs := r.documents()
	r.byPointer = map[any]Origin{}
	next := 0
	for _, res := range m.Resources() {
		if o, ok := r.generated[res]; ok {
			r.byPointer[res] = o
			continue
		}
		id := res.OrgId()
		found := search(docs, next, len(docs), id.Kind, id.Name)
		if found >= 0 {
			next = found + 1
		} else {
			found = search(docs, 0, next, id.Kind, id.Name)
		}
		if found >= 0 {
			docs[found].used = true
			r.byPointer[res] = docs[found].origin
		}
	}
}

func search(docs []located, from, to int, kind, name string) int {
	for i := from; i < to; i++ {
		if !docs[i].used && docs[i].Kind == kind && docs[i].Name == name {
			return i
		}
	}
	return -1
}

func (r *run) documents() []located {
	var docs []located
	for _, file := range r.events {
		for _, h := range r.heads(file) {
			docs = append(docs, located{Head: h, origin: Origin{File: file, Line: h.Line}})
		}
	}
	return docs
}

func (r *run) heads(file string) []yamldoc.Head {
	heads, _ := r.fs.Memo(file, "heads", func() any {
		content, err := r.fs.ReadFile(gitfs.Abs(file))
		if err != nil {
			return []yamldoc.Head(nil)
		}
		return yamldoc.Heads(content)
	}).([]yamldoc.Head)
	return heads
}

func (r *run) origins(m resmap.ResMap) []Origin {
	resources := m.Resources()
	out := make([]Origin, len(resources))
	for i, res := range resources {
		out[i] = r.byPointer[res]
	}
	return out
}

// kustomizationOf gives the kustomization file of a directory given as kustomize knows it.
func (r *run) kustomizationOf(root string) string {
	dir, _ := gitfs.Rel(root)
	if file, ok := r.kustFiles[dir]; ok {
		return file
	}
	return path.Join(dir, "kustomization.yaml")
}
