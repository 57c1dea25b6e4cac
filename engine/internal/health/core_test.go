package health

import (
	"strings"
	"testing"
)

func TestTheCoreKindsAreCorrected(t *testing.T) {
	pod := func(rest string) string {
		return `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},` + rest + `}`
	}
	waiting := func(reason string) string {
		return `"status":{"phase":"Pending","containerStatuses":[{"name":"web","state":{"waiting":{"reason":"` + reason + `","message":"why"}}}]}`
	}
	workload := func(kind, rest string) string {
		return `{"apiVersion":"apps/v1","kind":"` + kind + `","metadata":{"name":"w","generation":2},` + rest + `}`
	}
	hpa := func(rest string) string {
		return `{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","status":{"conditions":[` + rest + `]}}`
	}
	for name, c := range map[string]struct {
		object  string
		status  Status
		message string
		rule    string
	}{
		"a job that runs":            {runningJob, Progressing, "Job in progress. success: 0, active: 0, failed: 0", byCore},
		"a job that did not start":   {`{"apiVersion":"batch/v1","kind":"Job","spec":{"parallelism":2}}`, Progressing, "Job not started. active: 0/2", byCore},
		"a job that is done":         {`{"apiVersion":"batch/v1","kind":"Job","status":{"succeeded":1,"conditions":[{"type":"Complete","status":"True"}]}}`, Healthy, "Job Completed. succeeded: 1/1", byCore},
		"a job that failed":          {`{"apiVersion":"batch/v1","kind":"Job","status":{"failed":1,"conditions":[{"type":"Failed","status":"True","reason":"BackoffLimitExceeded","message":"enough"}]}}`, Degraded, "Job Failed. failed: 1/1: BackoffLimitExceeded: enough", byCore},
		"a job that is suspended":    {`{"apiVersion":"batch/v1","kind":"Job","spec":{"suspend":true}}`, Suspended, "Job is suspended", byCore},
		"a pod that failed":          {pod(`"status":{"phase":"Failed","containerStatuses":[{"name":"web","state":{"terminated":{"exitCode":1,"reason":"Error"}}}]}`), Degraded, "Pod failed: container web ended with exit code 1: Error", byCore},
		"a pod that was evicted":     {pod(`"status":{"phase":"Failed","reason":"Evicted","message":"low on memory"}`), Degraded, "Pod failed: Evicted: low on memory", byCore},
		"a pod that is done":         {pod(`"status":{"phase":"Succeeded"}`), Healthy, "Pod has completed successfully", byKstatus},
		"a pod that is ready":        {pod(`"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}`), Healthy, "Pod is Ready", byKstatus},
		"a pod that runs to its end": {pod(`"spec":{"restartPolicy":"Never"},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}`), Progressing, "Pod is running to its end", byCore},
		"a pod without its image":    {pod(waiting("ImagePullBackOff")), Degraded, "container web: ImagePullBackOff: why", byCore},
		"a pod without its settings": {pod(waiting("CreateContainerConfigError")), Degraded, "container web: CreateContainerConfigError: why", byCore},
		"a hook without its image":   {pod(`"spec":{"restartPolicy":"Never"},` + waiting("ImagePullBackOff")), Progressing, "Pod is in the Pending phase", byKstatus},
		"a pod that is lost":         {pod(`"status":{"phase":"Unknown","message":"node lost"}`), Unknown, "could not be obtained: node lost", byCore},
		"a paused deployment":        {workload("Deployment", `"spec":{"paused":true},"status":{"observedGeneration":2}`), Suspended, "Deployment is paused", byCore},
		"a deployment not yet seen":  {workload("Deployment", `"spec":{"paused":true},"status":{"observedGeneration":1}`), Progressing, "generation is 2", byKstatus},
		"a deployment that hangs":    {workload("Deployment", `"spec":{},"status":{"conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded"}]}`), Degraded, "Progress deadline exceeded", byKstatus},
		"a daemon set by deletion":   {workload("DaemonSet", `"spec":{"updateStrategy":{"type":"OnDelete"}},"status":{"observedGeneration":2,"desiredNumberScheduled":3,"currentNumberScheduled":3,"updatedNumberScheduled":1,"numberAvailable":3,"numberReady":3}`), Healthy, "Updated: 1/3", byCore},
		"a daemon set not ready":     {workload("DaemonSet", `"spec":{"updateStrategy":{"type":"OnDelete"}},"status":{"observedGeneration":2,"desiredNumberScheduled":3,"currentNumberScheduled":3,"updatedNumberScheduled":1,"numberAvailable":2,"numberReady":2}`), Progressing, "Updated: 1/3", byKstatus},
		"a replica set over quota":   {workload("ReplicaSet", `"spec":{},"status":{"conditions":[{"type":"ReplicaFailure","status":"True","reason":"FailedCreate","message":"exceeded quota"}]}`), Degraded, "FailedCreate: exceeded quota", byCore},
		"a load balancer to come":    {`{"apiVersion":"v1","kind":"Service","spec":{"type":"LoadBalancer","clusterIP":"10.0.0.1"}}`, Progressing, "no address yet", byCore},
		"a load balancer":            {`{"apiVersion":"v1","kind":"Service","spec":{"type":"LoadBalancer","clusterIP":"10.0.0.1"},"status":{"loadBalancer":{"ingress":[{"ip":"1.2.3.4"}]}}}`, Healthy, "Service is ready", byKstatus},
		"a lost claim":               {`{"apiVersion":"v1","kind":"PersistentVolumeClaim","status":{"phase":"Lost"}}`, Degraded, "lost its volume", byCore},
		"a claim that waits":         {`{"apiVersion":"v1","kind":"PersistentVolumeClaim","status":{"phase":"Pending"}}`, Progressing, "PVC is not Bound", byKstatus},
		"an autoscaler":              {hpa(`{"type":"AbleToScale","status":"True","message":"ok"}`), Healthy, "ok", byCore},
		"an autoscaler's failure":    {hpa(`{"type":"ScalingActive","status":"False","reason":"FailedGetResourceMetric","message":"no metrics"}`), Degraded, "no metrics", byCore},
		"an autoscaler that waits":   {hpa(``), Progressing, "Waiting to Autoscale", byCore},
		"an old autoscaler":          {`{"apiVersion":"autoscaling/v1","kind":"HorizontalPodAutoscaler","metadata":{"annotations":{"autoscaling.alpha.kubernetes.io/conditions":"[{\"type\":\"AbleToScale\",\"status\":\"True\",\"message\":\"ok\"}]"}}}`, Healthy, "ok", byCore},
		"an API that is not there":   {`{"apiVersion":"apiregistration.k8s.io/v1","kind":"APIService","status":{"conditions":[{"type":"Available","status":"False","reason":"MissingEndpoints","message":"none"}]}}`, Progressing, "MissingEndpoints: none", byCore},
		"an API":                     {`{"apiVersion":"apiregistration.k8s.io/v1","kind":"APIService","status":{"conditions":[{"type":"Available","status":"True"}]}}`, Healthy, "The API is available", byCore},
		"a workflow":                 {`{"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow","status":{"phase":"Failed","message":"step 2"}}`, Degraded, "step 2", byCore},
		"an ingress":                 {`{"apiVersion":"networking.k8s.io/v1","kind":"Ingress"}`, Healthy, "", byKstatus},
		"what is being deleted":      {pod(`"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"status":{"phase":"Failed"}`), Terminating, "scheduled for deletion", byKstatus},
	} {
		t.Run(name, func(t *testing.T) {
			got := (&Rules{}).Assess([]byte(c.object))
			if got.Status != c.status || !strings.Contains(got.Message, c.message) || got.Rule != c.rule {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestObjectsOfNoShapeAreUnknownOrWhatTheirRuleMakesOfThem(t *testing.T) {
	for _, object := range []string{
		`null`, `1`, `[]`, `{`, `{"apiVersion":1,"kind":[],"metadata":"x","status":7}`,
		// kstatus takes these for granted and panics.
		`{"apiVersion":"v1","kind":"Pod","status":{"phase":"Running","containerStatuses":[1]}}`,
		`{"apiVersion":"v1","kind":"Pod","status":{"phase":"Running","containerStatuses":[{"name":1,"state":"x"}]}}`,
		`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"generation":"x"},"status":{"conditions":"x"}}`,
		strings.Repeat(`{"a":`, 20_000) + `1` + strings.Repeat(`}`, 20_000),
	} {
		if got := (&Rules{}).Assess([]byte(object)); got.Status != Unknown || got.Message == "" {
			t.Errorf("%.80s is %+v", object, got)
		}
	}
	for _, kind := range []string{"batch/v1/Job", "v1/Service", "apps/v1/DaemonSet", "autoscaling/v2/HorizontalPodAutoscaler", "argoproj.io/v1alpha1/Rollout"} {
		version, name := kind[:strings.LastIndex(kind, "/")], kind[strings.LastIndex(kind, "/")+1:]
		for _, rest := range []string{`"spec":1,"status":[]`, `"spec":{"type":1,"suspend":"x"},"status":{"conditions":[1,"x",null,{"type":1}]}`, `"metadata":{"annotations":[]}`} {
			if got := (&Rules{}).Assess([]byte(`{"apiVersion":"` + version + `","kind":"` + name + `",` + rest + `}`)); got.Status == "" || got.Rule == "" {
				t.Errorf("%s %s is %+v", kind, rest, got)
			}
		}
	}
}

func TestLongMessagesAreCut(t *testing.T) {
	got := (&Rules{}).Assess([]byte(`{"apiVersion":"e/v1","kind":"W","status":{"conditions":[{"type":"Stalled","status":"True","message":"` + strings.Repeat("ä", 5000) + `"}]}}`))
	if len(got.Message) > maxMessage+3 || !strings.HasSuffix(got.Message, "ä…") {
		t.Errorf("%d bytes", len(got.Message))
	}
}
