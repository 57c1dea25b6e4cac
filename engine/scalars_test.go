package main

import (
	"encoding/json"
	"os"
	"testing"

	yaml2 "go.yaml.in/yaml/v2"
	yaml3 "go.yaml.in/yaml/v3"
)

// scalarTable says what readers of YAML take plain texts for; see test/edit/splice/readers.test.ts, which tests that
// texts of another kind than "str" are written in quotes.
const scalarTable = "../test/fixtures/yaml-readers.json"

type readings struct {
	V2     string `json:"go-yaml v2"`
	V3     string `json:"go-yaml v3"`
	PyYAML string `json:"PyYAML"`
}

func TestReadersOfPlainScalars(t *testing.T) {
	bytes, err := os.ReadFile(scalarTable)
	if err != nil {
		t.Fatal(err)
	}
	var table map[string]readings
	if err := json.Unmarshal(bytes, &table); err != nil {
		t.Fatal(err)
	}
	for text, recorded := range table {
		document := []byte("key: " + text + "\n")
		var two, three map[string]any
		if kind := kindOf(yaml2.Unmarshal(document, &two), two, text); kind != recorded.V2 {
			t.Errorf("go-yaml v2 takes %q for %s, not %s", text, kind, recorded.V2)
		}
		if kind := kindOf(yaml3.Unmarshal(document, &three), three, text); kind != recorded.V3 {
			t.Errorf("go-yaml v3 takes %q for %s, not %s", text, kind, recorded.V3)
		}
	}
}

func kindOf(err error, read map[string]any, text string) string {
	if err != nil {
		return "error"
	}
	switch value := read["key"].(type) {
	case nil:
		return "null"
	case string:
		if value == text {
			return "str"
		}
		return "other"
	case bool:
		return "bool"
	case int, int64, uint64:
		return "int"
	case float64:
		return "float"
	default:
		return "other"
	}
}
