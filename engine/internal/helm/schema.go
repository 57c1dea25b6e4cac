package helm

import (
	"bytes"
	"errors"
	"path"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/sluice-gitops/sluice/engine/internal/fault"
	chart "helm.sh/helm/v4/pkg/chart/v2"
)

// checkSchemas refuses schemas that refer to files or to the network, of a chart and of those in it; name is the chart's for its templates. It
// compiles each one as helm will, with a loader that gives nothing.
func checkSchemas(top loaded, c *chart.Chart, name string) error {
	if c.Schema != nil {
		if err := checkSchema(c.Schema, top.source(path.Join(name, "values.schema.json"))); err != nil {
			return err
		}
	}
	for _, dep := range c.Dependencies() {
		if err := checkSchemas(top, dep, path.Join(name, "charts", dep.Name())); err != nil {
			return err
		}
	}
	return nil
}

func checkSchema(raw []byte, file string) error {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return fault.New(fault.Input, file, "the schema is not JSON: %s", err)
	}
	const name = "file:///values.schema.json"
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(noLoader{})
	if err := compiler.AddResource(name, doc); err != nil {
		return fault.New(fault.Input, file, "%s", err)
	}
	_, err = compiler.Compile(name)
	var lacking *jsonschema.LoadURLError
	if errors.As(err, &lacking) {
		return fault.New(fault.Refused, file, "the schema refers to %q; only references within the schema are followed", lacking.URL)
	}
	// Any other error is helm's to tell.
	return nil
}

var errNoDocuments = errors.New("nothing outside the schema is read")

// noLoader gives no document. URNs are let through as helm lets them through: to a schema that allows everything.
type noLoader struct{}

// Load refuses the URL.
func (noLoader) Load(url string) (any, error) {
	if strings.HasPrefix(url, "urn:") {
		return true, nil
	}
	return nil, errNoDocuments
}
