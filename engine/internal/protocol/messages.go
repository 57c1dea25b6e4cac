package protocol

import (
	"encoding/json"

	"github.com/sluice-gitops/sluice/engine/internal/limits"
)

// Version is the protocol's number.
const Version = 1

// Hello is the first message of the engine.
type Hello struct {
	Type      string    `json:"type"`
	Protocol  int       `json:"protocol"`
	Version   string    `json:"version"`
	Libraries Libraries `json:"libraries"`
	Lockdown  Lockdown  `json:"lockdown"`
}

// Libraries are the versions that decide what a render gives.
type Libraries struct {
	Kustomize string `json:"kustomize"`
	Helm      string `json:"helm"`
	Go        string `json:"go"`
}

// Lockdown says which of the defences were put up.
type Lockdown struct {
	Landlock      string `json:"landlock"`
	Seccomp       bool   `json:"seccomp"`
	Environment   bool   `json:"environment"`
	HTTPTransport bool   `json:"httpTransport"`
	Path          bool   `json:"path"`
	Limits        bool   `json:"limits"`
}

// Need asks the host for objects.
type Need struct {
	Type string   `json:"type"`
	Oids []string `json:"oids"`
}

// Object is the header of one object from the host.
type Object struct {
	Type string `json:"type"`
	Oid  string `json:"oid"`
	Kind string `json:"kind"`
}

// Render is a request. Options stay raw until the kind is known.
type Render struct {
	Type    string            `json:"type"`
	ID      json.RawMessage   `json:"id"`
	Tree    string            `json:"tree"`
	Path    string            `json:"path"`
	Kind    string            `json:"kind"`
	Options json.RawMessage   `json:"options"`
	Overlay map[string][]byte `json:"overlay"`
	// Mounts are the paths where sources other than the repository stand in the tree; Remotes are the paths of those that files name, by that name.
	Mounts  []string          `json:"mounts"`
	Remotes map[string]string `json:"remotes"`
	Limits  limits.Limits     `json:"limits"`
	Output  string            `json:"output"`
}

// Health asks how objects are; the body is the JSON array of them. Rules stay raw here.
type Health struct {
	Type   string          `json:"type"`
	ID     json.RawMessage `json:"id"`
	Rules  json.RawMessage `json:"rules"`
	Limits limits.Limits   `json:"limits"`
	// ObjectMs is how many milliseconds one object may take.
	ObjectMs int64 `json:"objectMs"`
}

// Warning is something worth saying about a render that succeeded.
type Warning struct {
	Message string `json:"message"`
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
}

// Unpinned is an input that does not stand in the tree.
type Unpinned struct {
	File      string `json:"file,omitempty"`
	Line      int    `json:"line,omitempty"`
	Reference string `json:"reference"`
	Reason    string `json:"reason"`
	// Kind is "base", "file" or "chart".
	Kind string `json:"kind"`
	// Source is what to bring, where it can be told from the reference.
	Source any `json:"source,omitempty"`
}

// Result is the header of a render's result, and of the verdicts on objects.
type Result struct {
	Type     string          `json:"type"`
	ID       json.RawMessage `json:"id"`
	Trace    [][]string      `json:"trace"`
	Warnings []Warning       `json:"warnings"`
	Unpinned []Unpinned      `json:"unpinned"`
}

// Error is the header of a render that failed. Partial says that the body holds what is rendered without what the message names, or the
// verdicts that were reached.
type Error struct {
	Type     string          `json:"type"`
	ID       json.RawMessage `json:"id"`
	Kind     string          `json:"kind"`
	Message  string          `json:"message"`
	File     string          `json:"file,omitempty"`
	Line     int             `json:"line,omitempty"`
	Limit    string          `json:"limit,omitempty"`
	Fatal    bool            `json:"fatal,omitempty"`
	Partial  bool            `json:"partial,omitempty"`
	Trace    [][]string      `json:"trace"`
	Unpinned []Unpinned      `json:"unpinned"`
}
