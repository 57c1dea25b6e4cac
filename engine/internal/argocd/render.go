package argocd

import (
	"fmt"
	"path"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/version"
)

// Object is one resource and where it comes from.
type Object struct {
	*unstructured.Unstructured
	File string
	Line int
}

// Output is what a render gave. Left is set when it is rendered without what Unpinned lists.
type Output struct {
	Objects  []Object
	Warnings []protocol.Warning
	Unpinned []protocol.Unpinned
	Left     *fault.Fault
}

// run is the state of the render of one source.
type run struct {
	*Output
	// fs is what stands in the source; all is what stands in the others too.
	fs, all    *gitfs.FS
	options    Options
	source     Source
	env        *environment
	root, dir  string
	references map[string]reference
}

// Render gives what Argo CD applies for an Application. Errors are faults.
func Render(fs *gitfs.FS, o Options) (Output, error) {
	var out Output
	sources, several := o.Spec.sources()
	if len(sources) == 0 {
		return out, fault.New(fault.Input, "", "the Application has neither source nor sources")
	}
	if len(o.Roots) != len(sources) {
		return out, fault.New(fault.Internal, "", "%d sources have %d roots", len(sources), len(o.Roots))
	}
	fs = fs.Following()
	refs, err := o.references()
	if err != nil {
		return out, err
	}
	for i, source := range sources {
		if several && source.Path == "" && source.Chart == "" {
			continue
		}
		r := run{Output: &out, fs: fs.At(o.Roots[i]), all: fs, options: o, source: source.normalize(), root: o.Roots[i], references: refs}
		objects, err := r.render()
		if err != nil {
			return out, r.place(err, several, i)
		}
		out.Objects = append(out.Objects, objects...)
		if n := int64(len(out.Objects)); n > fs.Limits().Documents {
			return out, fault.Over("documents", "", "the render gives more than %d resources", fs.Limits().Documents)
		}
	}
	return out, out.finish(o)
}

// place says which of several sources an error is about.
func (r *run) place(err error, several bool, index int) error {
	f := *fault.Of(err)
	if several && f.Kind == fault.Input {
		f.Message = fmt.Sprintf("source %d (%s): %s", index+1, r.source.name(), f.Message)
	}
	return &f
}

func (s Source) name() string {
	if s.Chart != "" {
		return s.RepoURL + " " + s.Chart
	}
	return s.RepoURL + " " + s.Path
}

func (r *run) render() ([]Object, error) {
	if err := r.enter(); err != nil {
		return nil, err
	}
	if err := r.override(); err != nil {
		return nil, err
	}
	r.env = newEnvironment(r.options, r.source)
	kind, err := r.kind()
	if err != nil {
		return nil, err
	}
	var objects []Object
	switch kind {
	case "Helm":
		objects, err = r.helm()
	case "Kustomize":
		objects, err = r.kustomize()
	case "Plugin":
		err = r.plugin()
	default:
		objects, err = r.directory()
	}
	if r.env.revision {
		r.warn("the build environment names the commit (ARGOCD_APP_REVISION), which changes with every commit; it is rendered as %s", anyRevision[:8]+"…")
	}
	return objects, err
}

func (r *run) warn(format string, args ...any) {
	r.Warnings = append(r.Warnings, protocol.Warning{Message: fmt.Sprintf(format, args...)})
}

// enter finds the source's folder.
func (r *run) enter() error {
	r.dir = r.root
	if r.source.isChart() {
		return nil
	}
	where := r.source.Path
	if path.IsAbs(where) {
		return fault.New(fault.Input, "", "%s: app path is absolute", where)
	}
	clean := path.Clean("/" + where)
	if !inside(where) {
		return fault.New(fault.Input, "", "%s: app path outside root", where)
	}
	r.dir = path.Join(r.root, clean)
	if strings.HasPrefix(r.dir, "/") {
		r.dir = r.dir[1:]
	}
	real, file, err := r.fs.CleanedAbs(gitfs.Abs(r.dir))
	switch known := r.fs.Refusal(); {
	case known != nil:
		return known
	case err != nil:
		return fault.New(fault.Input, "", "%s: app path does not exist", where)
	case file != "":
		return fault.New(fault.Input, r.dir, "%s: app path is not a directory", where)
	}
	// Where a link leads there, what is read beside it stands at its end.
	r.dir, _ = gitfs.Rel(string(real))
	return nil
}

// inside says whether a relative path stays below the folder that it starts from.
func inside(relative string) bool {
	clean := path.Clean(relative)
	return clean != ".." && !strings.HasPrefix(clean, "../")
}

func (r *run) plugin() error {
	name := "a config management plugin"
	if r.source.Plugin.Name != "" {
		name = fmt.Sprintf("the config management plugin %q", r.source.Plugin.Name)
	}
	return fault.New(fault.Refused, "", "the source is rendered by %s, which only the Argo CD that has it can run", name)
}

// kubeVersion gives the version of Kubernetes as Argo CD hands it on: three numbers.
func (r *run) kubeVersion() (string, error) {
	asked := r.source.kubeVersion(r.options.Cluster)
	if asked == "" {
		return "", nil
	}
	v, err := version.ParseGeneric(asked)
	if err != nil {
		return "", fault.New(fault.Input, "", "could not parse kubernetes version %s: %s", asked, err)
	}
	return v.String(), nil
}

// object reads the JSON of one resource as Argo CD does.
func object(raw []byte, file string, line int) (Object, error) {
	u := &unstructured.Unstructured{}
	if err := decode(raw, &u.Object); err != nil {
		return Object{}, fault.New(fault.Input, file, "%s", err).At(line)
	}
	whole(u.Object)
	return Object{Unstructured: u, File: file, Line: line}, nil
}

// warning is one about an object.
func warning(message string, object Object) protocol.Warning {
	return protocol.Warning{Message: message, File: object.File, Line: object.Line}
}
