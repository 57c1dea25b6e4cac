package kustomize

import (
	"maps"
	"time"
	"unsafe"

	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/kustomize/api/ifc"
	_ "sigs.k8s.io/kustomize/api/krusty" // links the packages that are reached by name below
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// kustomize keeps what a resident renderer needs in internal packages: its loader (to refuse remote references before anything is tried, and
// to know which file a resource came from), the table of generators (to inflate charts without a helm program), and the parsed
// OpenAPI schema (45 ms to parse, so it must outlive a render). They are reached by name. The versions are pinned by go.mod, and the
// corpus compares every result with the real program.

type (
	loadRestrictor func(filesys.FileSystem, filesys.ConfirmedDir, string) (string, error)
	kustTarget     struct{ kustomization *types.Kustomization }
	pluginLoader   struct{ _ unsafe.Pointer }
	sortOrder      struct{ options *types.SortOptions }
)

// repoSpec has the layout of RepoSpec in kustomize's internal package git.
type repoSpec struct {
	raw          string
	host         string
	repoPath     string
	dir          filesys.ConfirmedDir
	kustRootPath string
	ref          string
	submodules   bool
	timeout      time.Duration
}

//go:linkname newFileLoader sigs.k8s.io/kustomize/api/internal/loader.NewLoader
func newFileLoader(lr loadRestrictor, target string, fSys filesys.FileSystem) (ifc.Loader, error)

//go:linkname restrictionRootOnly sigs.k8s.io/kustomize/api/internal/loader.RestrictionRootOnly
func restrictionRootOnly(filesys.FileSystem, filesys.ConfirmedDir, string) (string, error)

//go:linkname restrictionNone sigs.k8s.io/kustomize/api/internal/loader.RestrictionNone
func restrictionNone(filesys.FileSystem, filesys.ConfirmedDir, string) (string, error)

//go:linkname isRemoteFile sigs.k8s.io/kustomize/api/internal/loader.IsRemoteFile
func isRemoteFile(path string) bool

//go:linkname newRepoSpecFromURL sigs.k8s.io/kustomize/api/internal/git.NewRepoSpecFromURL
func newRepoSpecFromURL(n string) (*repoSpec, error)

//go:linkname newPluginLoader sigs.k8s.io/kustomize/api/internal/plugins/loader.NewLoader
func newPluginLoader(pc *types.PluginConfig, rf *resmap.Factory, fs filesys.FileSystem) *pluginLoader

//go:linkname newKustTarget sigs.k8s.io/kustomize/api/internal/target.NewKustTarget
func newKustTarget(ldr ifc.Loader, v ifc.Validator, rf *resmap.Factory, p *pluginLoader) *kustTarget

//go:linkname targetLoad sigs.k8s.io/kustomize/api/internal/target.(*KustTarget).Load
func targetLoad(kt *kustTarget) error

//go:linkname targetMake sigs.k8s.io/kustomize/api/internal/target.(*KustTarget).MakeCustomizedResMap
func targetMake(kt *kustTarget) (resmap.ResMap, error)

//go:linkname sortTransform sigs.k8s.io/kustomize/api/internal/builtins.(*SortOrderTransformerPlugin).Transform
func sortTransform(p *sortOrder, m resmap.ResMap) error

//go:linkname builtinPluginType sigs.k8s.io/kustomize/api/internal/plugins/builtinhelpers.GetBuiltinPluginType
func builtinPluginType(name string) int

//go:linkname generatorFactories sigs.k8s.io/kustomize/api/internal/plugins/builtinhelpers.GeneratorFactories
var generatorFactories map[int]func() resmap.GeneratorPlugin

//go:linkname transformerFactories sigs.k8s.io/kustomize/api/internal/plugins/builtinhelpers.TransformerFactories
var transformerFactories map[int]func() resmap.TransformerPlugin

// openapiData has the layout of the type of the same name in kyaml/openapi.
type openapiData struct {
	schema                          spec.Schema
	schemaByResourceType            map[yaml.TypeMeta]*spec.Schema
	namespaceabilityByResourceType  map[yaml.TypeMeta]bool
	noUseBuiltInSchema              bool
	schemaInit                      bool
	defaultBuiltInSchemaParseStatus uint32
}

//go:linkname globalSchema sigs.k8s.io/kustomize/kyaml/openapi.globalSchema
var globalSchema openapiData

// pristine is the parsed built-in schema as no render has touched it; empty until one needed it.
var pristine openapiData

// keepSchema remembers the parsed built-in schema the first time that it is there. What a fresh process would know before and after it is parsed is the
// same (kustomize has a table of the scopes besides), so it may stay from render to render.
func keepSchema() {
	if !pristine.schemaInit && globalSchema.schemaInit {
		pristine = copySchema(globalSchema)
	}
}

// restoreSchema puts kustomize's OpenAPI state back after a render with a schema of its own.
func restoreSchema() {
	openapi.ResetOpenAPI()
	globalSchema = copySchema(pristine)
}

func copySchema(d openapiData) openapiData {
	d.schema.Definitions = maps.Clone(d.schema.Definitions)
	d.schemaByResourceType = maps.Clone(d.schemaByResourceType)
	d.namespaceabilityByResourceType = maps.Clone(d.namespaceabilityByResourceType)
	return d
}
