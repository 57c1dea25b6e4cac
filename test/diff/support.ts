import { parseAllDocuments } from "yaml";
import { type CompareInput, compareTarget, type TargetComparison } from "../../src/diff/index.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { EnvironmentDrift, Finding, Preview, ResourceChange, TargetPreview } from "../../src/model/preview.ts";
import type { Resource } from "../../src/model/render.ts";

/** The documents of a YAML text as a render's resources. */
export function resources(text: string, file?: string): readonly Resource[] {
  const documents = parseAllDocuments(text);
  return [...documents].map((document) => {
    const object: JsonObject = document.toJS();
    return { object, ...(file === undefined ? {} : { file }) };
  });
}

/** Compares two YAML texts as the target `webapp/prod`. */
export function compare(
  base: string | undefined,
  head: string | undefined,
  more: Partial<CompareInput> = {},
): TargetComparison {
  return compareTarget({
    app: "webapp",
    environment: "prod",
    base: base === undefined ? undefined : resources(base, "base.yaml"),
    head: head === undefined ? undefined : resources(head, "head.yaml"),
    ignore: [],
    fingerprintKey: "key of the tests",
    ...more,
  });
}

/** A target preview of `app/environment` with defaults. */
export function target(name: string, more: Partial<TargetPreview> = {}): TargetPreview {
  const [app = "", environment = ""] = name.split("/");
  return {
    app,
    environment,
    path: `apps/${app}/overlays/${environment}`,
    renderer: "kustomize",
    status: "changed",
    because: [],
    changes: [],
    images: [],
    replicas: [],
    restarts: 0,
    hiddenLines: 0,
    ...more,
  };
}

/** A change of `Deployment/web` that shows `diff`. */
export function change(diff: string, more: Partial<ResourceChange> = {}): ResourceChange {
  const lines = diff.split("\n");
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    namespace: "",
    name: "web",
    action: "changed",
    addedLines: lines.filter((line) => line.startsWith("+")).length,
    removedLines: lines.filter((line) => line.startsWith("-")).length,
    diff,
    ...more,
  };
}

/** A finding about `Deployment/web` in `webapp/prod`. */
export function finding(more: Partial<Finding> = {}): Finding {
  return {
    id: "privileged-container",
    severity: "danger",
    app: "webapp",
    environment: "prod",
    resource: "Deployment/web",
    message: "Container `web` now runs privileged.",
    ...more,
  };
}

/** A complete preview of these targets. */
export function preview(targets: readonly TargetPreview[], more: Partial<Preview> = {}): Preview {
  const failed = targets.filter(({ status }) => status === "failed").length;
  return {
    base: "b".repeat(40),
    mergeBase: "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
    head: "9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c",
    targets,
    findings: [],
    notes: [],
    ...more,
    completeness: {
      targets: targets.length,
      affected: targets.length,
      rendered: targets.length - failed,
      failed,
      truncated: 0,
      hiddenLines: 0,
      unpinned: [],
      ...more.completeness,
    },
  };
}

/** `webapp/prod`, one version behind staging. */
export function drift(more: Partial<EnvironmentDrift> = {}): EnvironmentDrift {
  return {
    app: "webapp",
    environment: "prod",
    from: "staging",
    versions: [{ image: "ghcr.io/acme/webapp", here: "1.4.0", there: "1.5.0" }],
    fields: [],
    more: 0,
    byPullRequest: ["staging"],
    commits: [],
    ...more,
  };
}
