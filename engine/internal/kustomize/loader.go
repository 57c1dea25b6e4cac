package kustomize

import (
	"path"
	"runtime"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
	"sigs.k8s.io/kustomize/api/ifc"
	"sigs.k8s.io/kustomize/api/konfig"
)

// run is the state of one render.
type run struct {
	fs        *gitfs.FS
	options   Options
	warnings  []protocol.Warning
	unpinned  []protocol.Unpinned
	kustFiles map[string]string
	events    []string
	generated map[any]Origin
	byPointer map[any]Origin
	lastFile  string
	lastDir   string
	rootDir   string
	missing   []missing
}

// missing is a reference that led nowhere: the kustomization's directory and the reference.
type missing struct{ dir, reference string }

// active is the render under way: kustomize makes its generators by itself, and they must find it. One render runs at a time.
var active *run

// loader stands between kustomize and its own loader. It refuses what is not in the tree and notes what is read by whom.
type loader struct {
	ifc.Loader
	run *run
}

// Load reads a file.
func (l *loader) Load(location string) ([]byte, error) {
	dir, _ := gitfs.Rel(l.Root())
	if isRemoteFile(location) {
		return nil, l.run.remote(dir, location)
	}
	content, err := l.Loader.Load(location)
	if err != nil {
		if !isKustomizationName(location) {
			l.run.missing = append(l.run.missing, missing{dir, location})
		}
		return nil, err
	}
	rel := path.Join(dir, location)
	l.run.lastFile = rel
	switch {
	case isKustomizationName(location):
		l.run.kustFiles[dir] = rel
		l.run.lastDir = dir
		l.run.checkDeprecated(rel, content)
	case forResources():
		l.run.events = append(l.run.events, rel)
	}
	return content, nil
}

// New enters another kustomization.
func (l *loader) New(reference string) (ifc.Loader, error) {
	dir, _ := gitfs.Rel(l.Root())
	if _, err := newRepoSpecFromURL(reference); err == nil {
		return nil, l.run.remote(dir, reference)
	}
	inner, err := l.Loader.New(reference)
	if err != nil {
		return nil, err
	}
	return &loader{Loader: inner, run: l.run}, nil
}

// remote refuses a reference to something outside the repository.
func (r *run) remote(dir, reference string) error {
	file := r.kustFiles[dir]
	r.unpinned = append(r.unpinned, protocol.Unpinned{File: file, Reference: reference, Reason: "remote references are not fetched"})
	f := fault.New(fault.Refused, file, "%q is a remote reference; the engine has no network, vendor it into the repository", reference)
	f.Line = r.lineOf(file, reference)
	return r.fs.Refuse(f)
}

func isKustomizationName(name string) bool {
	for _, known := range konfig.RecognizedKustomizationFileNames() {
		if name == known {
			return true
		}
	}
	return false
}

// forResources says whether the file that is loaded stands in a `resources` list: kustomize reads those by accumulateFile, from
// accumulateTarget. (Generators' and transformers' configurations are read by it too, but from elsewhere.)
func forResources() bool {
	var pcs [10]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		frame, more := frames.Next()
		if name, ok := strings.CutPrefix(frame.Function, "sigs.k8s.io/kustomize/api/internal/target.(*KustTarget)."); ok {
			switch name {
			case "accumulateFile", "accumulateResources":
			default:
				return name == "accumulateTarget"
			}
		} else if frame.Function != "sigs.k8s.io/kustomize/api/resmap.(*Factory).FromFile" {
			return false
		}
		if !more {
			return false
		}
	}
}
