import type { Finding, Preview, ResourceChange, TargetPreview } from "../../../src/model/preview.ts";

/** A preview with one target, overridden where a test needs it. */
export function previewOf(parts: Partial<Preview> = {}): Preview {
  return {
    base: "b".repeat(40),
    mergeBase: "b".repeat(40),
    head: "c".repeat(40),
    targets: [targetOf()],
    findings: [],
    completeness: { targets: 6, affected: 1, rendered: 1, failed: 0, truncated: 0, hiddenLines: 0, unpinned: [] },
    notes: [],
    ...parts,
  };
}

/** A changed target. */
export function targetOf(parts: Partial<TargetPreview> = {}): TargetPreview {
  return {
    app: "webapp",
    environment: "prod",
    path: "apps/webapp/overlays/prod",
    renderer: "kustomize",
    status: "changed",
    because: [["apps/webapp/base/deployment.yaml", "apps/webapp/overlays/prod"]],
    changes: [changeOf()],
    images: [
      { container: "Deployment/webapp: webapp", from: "ghcr.io/acme/webapp:1.3.0", to: "ghcr.io/acme/webapp:1.4.0" },
    ],
    replicas: [{ workload: "Deployment/webapp", from: 2, to: 3 }],
    restarts: 0,
    hiddenLines: 0,
    ...parts,
  };
}

/** A changed Deployment. */
export function changeOf(parts: Partial<ResourceChange> = {}): ResourceChange {
  return {
    action: "changed",
    apiVersion: "apps/v1",
    kind: "Deployment",
    namespace: "shop",
    name: "webapp",
    addedLines: 1,
    removedLines: 1,
    diff: "@@ spec @@\n spec:\n-  replicas: 2\n+  replicas: 3\n",
    ...parts,
  };
}

/** A dangerous finding. */
export function findingOf(parts: Partial<Finding> = {}): Finding {
  return {
    id: "deleted-persistent-volume-claim",
    severity: "danger",
    app: "webapp",
    environment: "prod",
    resource: "PersistentVolumeClaim/shop/data",
    message: "deletes the volume claim and its data",
    ...parts,
  };
}
