package helm

import (
	"context"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
)

// lookups stands for the cluster that templates look into: it has nothing, and tells what they asked for.
type lookups struct {
	tell func(kind, namespace, name string)
}

// GetClientFor gives a client of a kind.
func (l lookups) GetClientFor(_, kind string) (dynamic.NamespaceableResourceInterface, bool, error) {
	return nothing{lookups: l, kind: kind}, true, nil
}

// nothing finds no object of its kind.
type nothing struct {
	dynamic.NamespaceableResourceInterface
	lookups
	kind, namespace string
}

// Namespace narrows it to a namespace.
func (n nothing) Namespace(namespace string) dynamic.ResourceInterface {
	n.namespace = namespace
	return n
}

// Get finds nothing.
func (n nothing) Get(_ context.Context, name string, _ metav1.GetOptions, _ ...string) (*unstructured.Unstructured, error) {
	n.tell(n.kind, n.namespace, name)
	return nil, apierrors.NewNotFound(schema.GroupResource{Resource: n.kind}, name)
}

// List finds nothing.
func (n nothing) List(context.Context, metav1.ListOptions) (*unstructured.UnstructuredList, error) {
	n.tell(n.kind, n.namespace, "")
	return nil, apierrors.NewNotFound(schema.GroupResource{Resource: n.kind}, "")
}
