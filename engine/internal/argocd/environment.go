package argocd

import (
	"os"
	"strings"
)

// anyRevision stands for the commit that is rendered, so that both sides of a comparison have the same.
const anyRevision = "0000000000000000000000000000000000000000"

// environment is the build environment of one source.
type environment struct {
	values map[string]string
	// revision says that something asked for the commit.
	revision bool
}

func newEnvironment(o Options, s Source) *environment {
	project := o.Spec.Project
	if project == "" {
		project = "default"
	}
	return &environment{values: map[string]string{
		"ARGOCD_APP_NAME":                   o.AppName,
		"ARGOCD_APP_NAMESPACE":              o.Spec.Destination.Namespace,
		"ARGOCD_APP_PROJECT_NAME":           project,
		"ARGOCD_APP_REVISION":               anyRevision,
		"ARGOCD_APP_REVISION_SHORT":         anyRevision[:7],
		"ARGOCD_APP_REVISION_SHORT_8":       anyRevision[:8],
		"ARGOCD_APP_SOURCE_REPO_URL":        s.RepoURL,
		"ARGOCD_APP_SOURCE_PATH":            s.Path,
		"ARGOCD_APP_SOURCE_TARGET_REVISION": s.TargetRevision,
	}}
}

// expand puts the variables into a text. `$$` is a dollar sign, and an unknown variable is empty.
func (e *environment) expand(text string) string {
	return os.Expand(text, func(name string) string {
		if name == "$" {
			return "$"
		}
		if strings.HasPrefix(name, "ARGOCD_APP_REVISION") {
			e.revision = true
		}
		return e.values[name]
	})
}
