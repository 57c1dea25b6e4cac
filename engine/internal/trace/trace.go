// Package trace records what a render looked up and what it found.
package trace

// Kinds of answers; the words are those of the protocol.
const (
	File   = "file"
	Dir    = "dir"
	Tree   = "tree"
	Absent = "absent"
	Link   = "link"
	Module = "module"
)

type key struct{ path, kind string }

// Trace is the list of lookups of one render, without repeats, in the order of the first.
type Trace struct {
	seen    map[key]struct{}
	entries [][]string
}

// New makes an empty trace.
func New() *Trace { return &Trace{seen: map[key]struct{}{}, entries: [][]string{}} }

// Add records one lookup; oid may be empty for kinds without one.
func (t *Trace) Add(path, kind, oid string) {
	k := key{path, kind}
	if _, ok := t.seen[k]; ok {
		return
	}
	t.seen[k] = struct{}{}
	if oid == "" {
		t.entries = append(t.entries, []string{path, kind})
		return
	}
	t.entries = append(t.entries, []string{path, kind, oid})
}

// Entries gives the lookups so far; the caller does not change them.
func (t *Trace) Entries() [][]string { return t.entries }
