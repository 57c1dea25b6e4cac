package kustomize

import (
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
	"sigs.k8s.io/kustomize/api/ifc"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/types"
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
	// left is the first reference that the render goes on without.
	left *fault.Fault
}

// missing is a reference that led nowhere: the kustomization's directory and the reference.
type missing struct{ dir, reference string }

// active is the render under way: kustomize makes its generators by itself, and they must find it. One render runs at a time.
var active *run

// loader stands between kustomize and its own loader. It answers what is remote from mounts, refuses what is neither there nor in the tree, and
// notes what is read by whom.
type loader struct {
	ifc.Loader
	run    *run
	parent *loader
	// reference is what the repository was named by, when it was entered with this loader.
	reference string
}

// Load reads a file.
func (l *loader) Load(location string) ([]byte, error) {
	dir, _ := gitfs.Rel(l.Root())
	at, mounted := l.run.fs.Remote(location)
	switch {
	case mounted && isRemoteFile(location):
		rel, content, err := l.run.remoteFile(at, location)
		if err == nil && forResources() {
			l.run.events = append(l.run.events, rel)
		}
		return content, err
	case isRemoteFile(location):
		f := l.run.remote(dir, location, kindOf(location))
		if forResources() {
			l.run.leave(f)
			return []byte("# not fetched\n"), nil
		}
		return nil, l.run.fs.Refuse(f)
	}
	content, err := l.Loader.Load(location)
	if err != nil {
		if mounted {
			return nil, notAFile(location)
		}
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
		l.run.checkDeprecated(rel, l.run.inTree(rel, content))
		if l.run.options.Encrypted {
			content = l.withoutEncrypted(rel, content)
		}
	case forResources():
		l.run.events = append(l.run.events, rel)
	case l.run.options.Encrypted && isEncrypted(content):
		l.run.warnEncrypted(rel)
	}
	return content, nil
}

// New enters another kustomization.
func (l *loader) New(reference string) (ifc.Loader, error) {
	dir, _ := gitfs.Rel(l.Root())
	if spec, err := newRepoSpecFromURL(reference); err == nil {
		if at, mounted := l.run.fs.Remote(reference); mounted {
			return l.enter(at, spec)
		}
		f := l.run.remote(dir, reference, "base")
		if kind := wanted(); kind != "" {
			l.run.leave(f)
			return &leftOut{Loader: l, kind: kind}, nil
		}
		return nil, l.run.fs.Refuse(f)
	}
	inner, err := l.Loader.New(reference)
	if err != nil {
		return nil, err
	}
	return &loader{Loader: inner, run: l.run, parent: l}, nil
}

// leave lets the render go on without what the fault names.
func (r *run) leave(f *fault.Fault) {
	if r.left == nil {
		r.left = f
	}
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
	return caller("accumulateFile", "accumulateResources") == "accumulateTarget"
}

// wanted tells which kind of kustomization is entered: one of `resources`, one of `components`, or "" for anything else.
func wanted() string {
	switch caller("accumulateResources") {
	case "accumulateTarget":
		return types.KustomizationKind
	case "accumulateComponents":
		return types.ComponentKind
	default:
		return ""
	}
}

// caller gives the method of kustomize's target on whose behalf the loader is asked, beyond those that are passed over.
func caller(over ...string) string {
	var pcs [10]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(4, pcs[:])])
	for {
		frame, more := frames.Next()
		if name, ok := strings.CutPrefix(frame.Function, "sigs.k8s.io/kustomize/api/internal/target.(*KustTarget)."); ok {
			if !slices.Contains(over, name) {
				return name
			}
		} else if frame.Function != "sigs.k8s.io/kustomize/api/resmap.(*Factory).FromFile" {
			return ""
		}
		if !more {
			return ""
		}
	}
}
