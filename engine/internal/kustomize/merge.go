package kustomize

import (
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/kustomize/kyaml/yaml/merge2"
)

// mergeNodes lays src over dest.
func mergeNodes(src, dest *kyaml.RNode) (*kyaml.RNode, error) {
	return merge2.Merge(src, dest, kyaml.MergeOptions{})
}
