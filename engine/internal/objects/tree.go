// Package objects holds Git objects by id and asks the host for those it lacks.
package objects

import (
	"bytes"
	"encoding/hex"
	"fmt"
)

// EntryKind is what a tree entry is.
type EntryKind uint8

// The kinds of tree entries.
const (
	Blob EntryKind = iota + 1
	Dir
	Link
	Module
)

// Entry is one line of a tree object.
type Entry struct {
	Name string
	Kind EntryKind
	Oid  string
}

// Tree is a parsed tree object. Entries keep Git's order.
type Tree struct {
	Oid     string
	Entries []Entry
	index   map[string]int
}

// Get finds an entry by name.
func (t *Tree) Get(name string) (Entry, bool) {
	i, ok := t.index[name]
	if !ok {
		return Entry{}, false
	}
	return t.Entries[i], true
}

// parseTree reads a tree object in Git's binary form; idLen is 20 for SHA-1 and 32 for SHA-256.
func parseTree(oid string, raw []byte) (*Tree, error) {
	idLen := len(oid) / 2
	t := &Tree{Oid: oid, index: map[string]int{}}
	for len(raw) > 0 {
		nul := bytes.IndexByte(raw, 0)
		if nul < 0 || len(raw) < nul+1+idLen {
			return nil, fmt.Errorf("tree object %s is damaged", oid)
		}
		mode, name, found := bytes.Cut(raw[:nul], []byte(" "))
		if !found {
			return nil, fmt.Errorf("tree object %s is damaged", oid)
		}
		e := Entry{Name: string(name), Oid: hex.EncodeToString(raw[nul+1 : nul+1+idLen])}
		switch string(mode) {
		case "40000", "040000":
			e.Kind = Dir
		case "120000":
			e.Kind = Link
		case "160000":
			e.Kind = Module
		default:
			e.Kind = Blob
		}
		t.index[e.Name] = len(t.Entries)
		t.Entries = append(t.Entries, e)
		raw = raw[nul+1+idLen:]
	}
	return t, nil
}
