package helm

import (
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// NameFromTemplate makes a release name from a template, as `helm template --name-template` does, but without the environment and DNS.
func NameFromTemplate(text string) (string, error) {
	funcs := sprig.TxtFuncMap()
	for _, name := range []string{"env", "expandenv", "getHostByName"} {
		funcs[name] = func(string) string { return "" }
	}
	t, err := template.New("name-template").Funcs(funcs).Parse(text)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, nil)
	return b.String(), err
}
