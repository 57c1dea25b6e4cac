package health

import (
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// coreRules hold what kstatus gets wrong of kinds that every cluster has, as Flux and Argo CD correct it: a running Job and a failed Pod are not
// well, a paused Deployment is suspended. Each is given what kstatus says and may leave it.
var coreRules = map[schema.GroupKind]func(o fields, base Verdict) Verdict{
	{Group: "batch", Kind: "Job"}:                           job,
	{Kind: "Pod"}:                                           pod,
	{Group: "apps", Kind: "Deployment"}:                     deployment,
	{Group: "apps", Kind: "DaemonSet"}:                      daemonSet,
	{Group: "apps", Kind: "ReplicaSet"}:                     replicaSet,
	{Kind: "Service"}:                                       service,
	{Kind: "PersistentVolumeClaim"}:                         claim,
	{Group: "autoscaling", Kind: "HorizontalPodAutoscaler"}: autoscaler,
	{Group: "apiregistration.k8s.io", Kind: "APIService"}:   apiService,
	{Group: "argoproj.io", Kind: "Workflow"}:                workflow,
}

// core applies the rule of the object's kind. said is false where kstatus's verdict stands.
func core(u *unstructured.Unstructured, base Verdict) (v Verdict, said bool) {
	rule := coreRules[u.GroupVersionKind().GroupKind()]
	if rule == nil || stale(u) {
		return base, false
	}
	v = rule(fields(u.Object), base)
	if v == base {
		return base, false
	}
	v.Rule = byCore
	return v, true
}

// job is Flux's rule (fluxcd/pkg, runtime/statusreaders/job.go): done only when completed. A suspended one is suspended here.
func job(o fields, _ Verdict) Verdict {
	if o.boolean("spec", "suspend") {
		return Verdict{Status: Suspended, Message: "Job is suspended"}
	}
	parallelism := o.integer(1, "spec", "parallelism")
	completions := o.integer(parallelism, "spec", "completions")
	succeeded, failed := o.integer(0, "status", "succeeded"), o.integer(0, "status", "failed")
	if o.conditionIs("Complete", "True") {
		return Verdict{Status: Healthy, Message: fmt.Sprintf("Job Completed. succeeded: %d/%d", succeeded, completions)}
	}
	if c, ok := o.condition("Failed"); ok && c.status == "True" {
		return Verdict{Status: Degraded, Message: sentence(fmt.Sprintf("Job Failed. failed: %d/%d", failed, completions), c.reason, c.message)}
	}
	active := o.integer(0, "status", "active")
	if o.text("status", "startTime") == "" {
		return Verdict{Status: Progressing, Message: fmt.Sprintf("Job not started. active: %d/%d", active, parallelism)}
	}
	return Verdict{Status: Progressing, Message: fmt.Sprintf("Job in progress. success: %d, active: %d, failed: %d", succeeded, active, failed)}
}

func pod(o fields, base Verdict) Verdict {
	phase, policy := o.text("status", "phase"), o.text("spec", "restartPolicy")
	always := policy == "Always" || policy == ""
	switch {
	case phase == "Failed":
		return Verdict{Status: Degraded, Message: sentence("Pod failed", o.text("status", "reason"), o.text("status", "message"), o.exits())}
	case phase == "Unknown":
		return Verdict{Status: Unknown, Message: sentence("the state of the Pod could not be obtained", o.text("status", "message"))}
	case phase == "Running" && !always:
		// One that runs to an end is not done before it.
		return Verdict{Status: Progressing, Message: "Pod is running to its end"}
	case always && base.Status != Healthy && o.stuck() != "":
		return Verdict{Status: Degraded, Message: o.stuck()}
	}
	return base
}

func deployment(o fields, base Verdict) Verdict {
	if o.boolean("spec", "paused") {
		return Verdict{Status: Suspended, Message: "Deployment is paused"}
	}
	return base
}

func daemonSet(o fields, base Verdict) Verdict {
	if o.text("spec", "updateStrategy", "type") != "OnDelete" || base.Status != Progressing {
		return base
	}
	desired, ready := o.integer(-1, "status", "desiredNumberScheduled"), o.integer(0, "status", "numberReady")
	if desired < 0 || ready < desired {
		return base
	}
	updated := o.integer(0, "status", "updatedNumberScheduled")
	return Verdict{Status: Healthy, Message: fmt.Sprintf("Pods are replaced when they are deleted (OnDelete). Updated: %d/%d", updated, desired)}
}

func replicaSet(o fields, base Verdict) Verdict {
	if c, ok := o.condition("ReplicaFailure"); ok && c.status == "True" {
		return Verdict{Status: Degraded, Message: sentence("Pods cannot be created or deleted", c.reason, c.message)}
	}
	return base
}

func service(o fields, base Verdict) Verdict {
	if o.text("spec", "type") == "LoadBalancer" && len(o.list("status", "loadBalancer", "ingress")) == 0 {
		return Verdict{Status: Progressing, Message: "The load balancer has no address yet"}
	}
	return base
}

func claim(o fields, base Verdict) Verdict {
	if o.text("status", "phase") == "Lost" {
		return Verdict{Status: Degraded, Message: "The claim has lost its volume"}
	}
	return base
}

// autoscaler is Argo CD's rule (gitops-engine, pkg/health/health_hpa.go), its order of conditions too.
func autoscaler(o fields, _ Verdict) Verdict {
	for _, c := range o.autoscalerConditions() {
		switch c.kind + "/" + c.reason {
		case "AbleToScale/FailedGetScale", "AbleToScale/FailedUpdateScale", "ScalingActive/FailedGetResourceMetric", "ScalingActive/InvalidSelector":
			return Verdict{Status: Degraded, Message: c.message}
		}
		if (c.kind == "AbleToScale" || c.kind == "ScalingLimited") && c.status == "True" {
			return Verdict{Status: Healthy, Message: c.message}
		}
	}
	return Verdict{Status: Progressing, Message: "Waiting to Autoscale"}
}

func (o fields) autoscalerConditions() []condition {
	if list := o.conditions(); len(list) > 0 {
		return list
	}
	// autoscaling/v1 keeps them in an annotation.
	var list []any
	_ = json.Unmarshal([]byte(o.text("metadata", "annotations", "autoscaling.alpha.kubernetes.io/conditions")), &list)
	return conditionsOf(list)
}

func apiService(o fields, _ Verdict) Verdict {
	c, ok := o.condition("Available")
	switch {
	case !ok:
		return Verdict{Status: Progressing, Message: "Waiting to be processed"}
	case c.status == "True":
		return Verdict{Status: Healthy, Message: sentence("The API is available", c.reason, c.message)}
	default:
		return Verdict{Status: Progressing, Message: sentence("The API is not available", c.reason, c.message)}
	}
}

// workflow is Argo CD's rule for Argo Workflows, which it has in Go.
func workflow(o fields, _ Verdict) Verdict {
	message := o.text("status", "message")
	switch phase := o.text("status", "phase"); phase {
	case "", "Pending", "Running":
		return Verdict{Status: Progressing, Message: message}
	case "Succeeded":
		return Verdict{Status: Healthy, Message: message}
	case "Failed", "Error":
		return Verdict{Status: Degraded, Message: message}
	default:
		return Verdict{Status: Unknown, Message: sentence("unknown phase "+phase, message)}
	}
}

// sentence joins the parts that say something.
func sentence(parts ...string) string {
	var said []string
	for _, part := range parts {
		if part != "" {
			said = append(said, part)
		}
	}
	return strings.Join(said, ": ")
}
