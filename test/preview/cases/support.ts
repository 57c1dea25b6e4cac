import { failsOn } from "../../../src/cli/fail-on.ts";
import { previewCheck, previewComment } from "../../../src/diff/index.ts";
import type { Finding, Preview, TargetPreview } from "../../../src/model/preview.ts";
import { computePreview } from "../../../src/preview/compute.ts";
import { sharedRenderer } from "../../render/support/engines.ts";
import { memoryRepository } from "../../support/memory-repository.ts";
import type { MemoryEntry } from "../../support/memory-tree.ts";

/** Files of a tree; `undefined` takes one of the base's away. */
export type Files = Readonly<Record<string, MemoryEntry | undefined>>;

/** What a preview says of one change. */
export interface Said {
  readonly preview: Preview;
  readonly targets: Readonly<Record<string, TargetPreview["status"]>>;
  /** `severity id` of each finding. */
  readonly findings: readonly string[];
  readonly comment: string;
  readonly conclusion: string;
  /** The exit codes of `--fail-on`. */
  readonly failsOn: { readonly danger: boolean; readonly warning: boolean };
  target(id: string): TargetPreview | undefined;
}

/** Previews, with the real engine, a change of `base` by `change`. */
export async function previewOf(base: Files, change: Files, config?: string): Promise<Said> {
  const repository = memoryRepository();
  const configured = config === undefined ? base : { ...base, ".sluice.yaml": config };
  const from = repository.commit(present(configured));
  const head = repository.commit(present({ ...configured, ...change }), { parents: [from] });
  const identity = { urls: ["https://git.example/ops"], branches: ["main", "HEAD"] };
  const signal = AbortSignal.timeout(600_000);
  const outcome = await computePreview(
    { repository, base: from, head, fingerprintKey: new Uint8Array(32), signal, identity },
    { renderer: sharedRenderer() },
  );
  if (outcome.kind !== "preview") throw new Error(JSON.stringify(outcome.problems));
  return said(outcome.preview);
}

function present(files: Files): Record<string, MemoryEntry> {
  return Object.fromEntries(
    Object.entries(files).flatMap(([path, entry]) => (entry === undefined ? [] : [[path, entry]])),
  );
}

function said(preview: Preview): Said {
  const name = ({ app, environment }: Pick<Finding, "app" | "environment">) => `${app}/${environment}`;
  return {
    preview,
    targets: Object.fromEntries(preview.targets.map((target) => [name(target), target.status])),
    findings: preview.findings.map(({ severity, id }) => `${severity} ${id}`),
    comment: previewComment(preview).body,
    conclusion: previewCheck(preview).conclusion,
    failsOn: { danger: failsOn(preview, "danger"), warning: failsOn(preview, "warning") },
    target: (id) => preview.targets.find((target) => name(target) === id),
  };
}

/** A kustomization of these resources, with more lines after them. */
export function kustomization(resources: readonly string[], more = ""): string {
  const list = resources.map((resource) => `  - ${resource}\n`).join("");
  return `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n${list}${more}`;
}

/** A ConfigMap with one value. */
export function configMap(name: string, value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  a: "${value}"\n`;
}

/** A Service. */
export function service(name: string): string {
  return `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\nspec:\n  selector: { app: ${name} }\n  ports: [{ port: 80 }]\n`;
}

/** A Deployment with one container. */
export function deployment(name: string, { replicas = 2, image = "ghcr.io/acme/web:1.4.0", more = "" } = {}): string {
  return `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\nspec:\n  replicas: ${replicas}\n  selector: { matchLabels: { app: ${name} } }\n  template:\n    metadata: { labels: { app: ${name} } }\n    spec:\n      containers:\n        - name: main\n          image: ${image}\n${more}`;
}

/** A patch of a Deployment's replicas. */
export function scaled(name: string, replicas: number): string {
  return `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\nspec:\n  replicas: ${replicas}\n`;
}

/** The files of a chart, without its templates. */
export function chart(path: string, values = "a: 1\n", more = ""): Record<string, string> {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return {
    [`${path}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n${more}`,
    [`${path}/values.yaml`]: values,
  };
}

/** A Kustomization of Flux for a folder. */
export function fluxKustomization(name: string, path: string, more = ""): string {
  return `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: ${name}, namespace: flux-system }\nspec:\n  interval: 10m\n  path: ./${path}\n  prune: true\n  sourceRef: { kind: GitRepository, name: flux-system }\n${more}`;
}
