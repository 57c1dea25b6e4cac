package main_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// smallOverlay is what most targets look like: a base of three manifests and an overlay that patches it.
func smallOverlay() map[string]string {
	return map[string]string{
		"base/kustomization.yaml": "resources: [deployment.yaml, service.yaml, config.yaml]\n",
		"base/deployment.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 2\n  selector:\n    matchLabels:\n      app: web\n" +
			"  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      containers:\n        - name: web\n          image: nginx:1.25\n" +
			"          ports:\n            - containerPort: 80\n          env:\n            - name: A\n              value: \"1\"\n",
		"base/service.yaml":          "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector:\n    app: web\n  ports:\n    - port: 80\n",
		"base/config.yaml":           "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  color: blue\n",
		"overlay/kustomization.yaml": "resources: [../base]\nnamespace: prod\nimages: [{name: nginx, newTag: \"1.27\"}]\npatches: [{path: replicas.yaml}]\n",
		"overlay/replicas.yaml":      "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 5\n",
	}
}

func BenchmarkSmallOverlay(b *testing.B) {
	r := newRepo(b)
	tree := r.addFiles(b, text(smallOverlay()))
	e := start(b)
	once := func() {
		if got := e.render(b, r, request{tree: tree, path: "overlay", output: "json"}); got.failed() {
			b.Fatal(got.header)
		}
	}
	once()
	before := ticks(b, e.cmd.Process.Pid)
	for b.Loop() {
		once()
	}
	b.ReportMetric(float64(ticks(b, e.cmd.Process.Pid)-before)*10/float64(b.N), "cpu-ms/op")
}

// ticks gives the processor time that a process has used, in hundredths of a second.
func ticks(b *testing.B, pid int) int {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Skip("no /proc")
	}
	fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')'):]))
	user, _ := strconv.Atoi(fields[12])
	system, _ := strconv.Atoi(fields[13])
	return user + system
}
