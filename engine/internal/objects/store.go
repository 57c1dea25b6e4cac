package objects

import (
	"container/list"
	"fmt"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
)

// Raw is an object as the host sent it.
type Raw struct {
	Kind string
	Body []byte
}

// Source gives objects by id, all that are asked for, in any order.
type Source interface {
	Fetch(oids []string) (map[string]Raw, error)
}

type item struct {
	oid  string
	size int64
	tree *Tree
	blob []byte
	memo map[any]any
	gone bool
}

// Store is a bounded cache of objects in front of a source. Objects never change, so nothing goes stale.
type Store struct {
	source Source
	max    int64
	used   int64
	order  *list.List
	items  map[string]*list.Element
}

// NewStore makes a store that holds about max bytes.
func NewStore(source Source, max int64) *Store {
	return &Store{source: source, max: max, order: list.New(), items: map[string]*list.Element{}}
}

// Forget drops everything.
func (s *Store) Forget() {
	s.order.Init()
	s.items = map[string]*list.Element{}
	s.used = 0
}

// Has says whether the object is here already.
func (s *Store) Has(oid string) bool {
	_, ok := s.items[oid]
	return ok
}

// Prefetch brings the objects that are lacking in one question.
func (s *Store) Prefetch(oids []string) error {
	var lacking []string
	asked := map[string]bool{}
	for _, oid := range oids {
		if !s.Has(oid) && !asked[oid] {
			asked[oid] = true
			lacking = append(lacking, oid)
		}
	}
	if len(lacking) == 0 {
		return nil
	}
	got, err := s.source.Fetch(lacking)
	if err != nil {
		return err
	}
	for _, oid := range lacking {
		raw, ok := got[oid]
		if !ok {
			return fault.New(fault.Internal, "", "the host did not answer for object %s", oid)
		}
		if err := s.put(oid, raw); err != nil {
			return err
		}
	}
	return nil
}

// Tree gives a parsed tree.
func (s *Store) Tree(oid string) (*Tree, error) {
	it, err := s.get(oid)
	if err != nil {
		return nil, err
	}
	if it.tree == nil {
		return nil, fault.New(fault.Internal, "", "object %s is not a tree", oid)
	}
	return it.tree, nil
}

// Blob gives a blob's bytes; the caller must not change them.
func (s *Store) Blob(oid string) ([]byte, error) {
	it, err := s.get(oid)
	if err != nil {
		return nil, err
	}
	if it.tree != nil {
		return nil, fault.New(fault.Internal, "", "object %s is not a blob", oid)
	}
	return it.blob, nil
}

// Memo gives what make computed from the object once under that name, and computes it when it is not known (any more).
func (s *Store) Memo(oid string, name any, make func() any) any {
	e, ok := s.items[oid]
	if !ok {
		return make()
	}
	it := e.Value.(*item)
	if v, ok := it.memo[name]; ok {
		return v
	}
	v := make()
	if it.memo == nil {
		it.memo = map[any]any{}
	}
	it.memo[name] = v
	return v
}

func (s *Store) get(oid string) (*item, error) {
	if !s.Has(oid) {
		if err := s.Prefetch([]string{oid}); err != nil {
			return nil, err
		}
	}
	e := s.items[oid]
	s.order.MoveToFront(e)
	it := e.Value.(*item)
	if it.gone {
		// It may be there the next time: a fetch can bring it.
		s.order.Remove(e)
		delete(s.items, oid)
		s.used -= it.size
		return nil, fault.New(fault.Internal, "", "the repository lacks object %s", oid)
	}
	return it, nil
}

func (s *Store) put(oid string, raw Raw) error {
	it := &item{oid: oid, size: int64(len(raw.Body)) + 200}
	switch raw.Kind {
	case "tree":
		tree, err := parseTree(oid, raw.Body)
		if err != nil {
			return fault.New(fault.Internal, "", "%s", err)
		}
		it.tree = tree
		it.size += int64(len(tree.Entries)) * 150
	case "blob":
		it.blob = raw.Body
	case "missing":
		it.gone = true
	default:
		return fmt.Errorf("object %s has the unknown kind %q", oid, raw.Kind)
	}
	s.items[oid] = s.order.PushFront(it)
	s.used += it.size
	for s.used > s.max && s.order.Len() > 1 {
		last := s.order.Back()
		old := last.Value.(*item)
		if old == it {
			break
		}
		s.order.Remove(last)
		delete(s.items, old.oid)
		s.used -= old.size
	}
	return nil
}
