package applicationset

import (
	"maps"
	"slices"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

const (
	inCluster       = "in-cluster"
	inClusterServer = "https://kubernetes.default.svc"
	secretType      = "argocd.argoproj.io/secret-type"
)

// hiddenAnnotations are those of cluster secrets that Argo CD does not show to templates.
var hiddenAnnotations = []string{
	"argocd.argoproj.io/refresh", "argocd.argoproj.io/refresh-timestamp", "argocd.argoproj.io/hydrate", "argocd.argoproj.io/hydrate-timestamp",
	"argocd.argoproj.io/tracking-id", "argocd.argoproj.io/installation-id", "kubectl.kubernetes.io/last-applied-configuration",
}

// clusters gives the clusters that a selector takes, and without one also that of Argo CD itself, last.
func (s *set) clusters(spec map[string]any) ([]map[string]any, error) {
	var g struct {
		Selector metav1.LabelSelector `json:"selector"`
		Values   map[string]string    `json:"values"`
		FlatList bool                 `json:"flatList"`
	}
	if err := into(spec, &g); err != nil {
		return nil, err
	}
	selector, err := metav1.LabelSelectorAsSelector(&g.Selector)
	if err != nil {
		return nil, fault.New(fault.Input, "", "error converting label selector: %s", err)
	}
	all := len(g.Selector.MatchLabels)+len(g.Selector.MatchExpressions) == 0
	var out []map[string]any
	local := false
	for _, c := range s.known() {
		if !selector.Matches(labels.Set(c.Labels)) {
			continue
		}
		local = local || c.Server == inClusterServer
		out = append(out, s.cluster(c))
	}
	if all && !local {
		out = append(out, map[string]any{"name": inCluster, "nameNormalized": inCluster, "server": inClusterServer, "project": ""})
	}
	if len(out) == 0 || len(s.Options.Clusters) == 0 {
		s.warn("the clusters that Argo CD knows are not known here: the generator sees those that `.sluice.yaml` or the repository declares (%d)",
			len(s.Options.Clusters))
	}
	for _, params := range out {
		if err := s.addValues(g.Values, params); err != nil {
			return nil, err
		}
	}
	if g.FlatList {
		return []map[string]any{{"clusters": out}}, nil
	}
	return out, nil
}

// known gives the known clusters with the label that Argo CD's secrets have. Of two with one name the last counts.
func (s *set) known() []Cluster {
	var out []Cluster
	for i, c := range s.Options.Clusters {
		later := s.Options.Clusters[i+1:]
		if slices.ContainsFunc(later, func(other Cluster) bool { return other.Name == c.Name }) {
			continue
		}
		c.Labels = maps.Clone(c.Labels)
		if c.Labels == nil {
			c.Labels = map[string]string{}
		}
		c.Labels[secretType] = "cluster"
		out = append(out, c)
	}
	return out
}

func (s *set) cluster(c Cluster) map[string]any {
	params := map[string]any{"name": c.Name, "nameNormalized": normalize(c.Name), "server": c.Server, "project": c.Project}
	annotations := maps.Clone(c.Annotations)
	maps.DeleteFunc(annotations, func(key, _ string) bool { return slices.Contains(hiddenAnnotations, key) })
	if s.replace.goTemplate {
		meta := map[string]any{"labels": c.Labels}
		if len(c.Annotations) > 0 {
			meta["annotations"] = annotations
		}
		params["metadata"] = meta
		return params
	}
	for key, value := range annotations {
		params["metadata.annotations."+key] = value
	}
	for key, value := range c.Labels {
		params["metadata.labels."+key] = value
	}
	return params
}
