/** A small GitOps repository: one kustomize app with a base and two overlays, one directory of plain manifests. */
export function gitopsFiles(): Record<string, string> {
  return {
    ".sluice.yaml": `version: 1
environments:
  - name: staging
    path: apps/{app}/overlays/staging
  - name: prod
    path: apps/{app}/overlays/prod
    from: staging
`,
    "apps/web/base/kustomization.yaml": "resources:\n  - deployment.yaml\n  - claim.yaml\n",
    "apps/web/base/deployment.yaml": deployment({ replicas: 2, cpu: "100m" }),
    "apps/web/base/claim.yaml": `apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data
spec:
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 1Gi } }
`,
    "apps/web/overlays/staging/kustomization.yaml": "namespace: staging\nresources:\n  - ../../base\n",
    "apps/web/overlays/prod/kustomization.yaml":
      "namespace: prod\nresources:\n  - ../../base\nimages:\n  - name: ghcr.io/acme/web\n    newTag: 1.3.0\n",
  };
}

/** The base's Deployment. */
export function deployment({ replicas, cpu }: { readonly replicas: number; readonly cpu: string }): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: ${replicas}
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: web
          image: ghcr.io/acme/web:1.2.0
          resources:
            requests: { cpu: ${cpu} }
`;
}
