module github.com/sluice-gitops/sluice/engine

go 1.26.0

require (
	github.com/blang/semver/v4 v4.0.0 // indirect
	github.com/landlock-lsm/go-landlock v0.11.0 // indirect
	helm.sh/helm/v4 v4.3.1 // indirect
	sigs.k8s.io/kustomize/api v0.21.2 // indirect
)
