import { type KnownVersion, unaskedVersion } from "../../../src/cli/images/facts.ts";
import { type PlannedBump, planBump } from "../../../src/cli/images/plan-bump.ts";
import { readNamedImage } from "../../../src/cli/images/reference.ts";
import { scopesOf } from "../../../src/cli/images/scope.ts";
import { configured } from "../../../src/targets/index.ts";
import { written } from "../../promote/support/world.ts";
import { sharedRenderer } from "../../render/support/engines.ts";
import { memoryCommits } from "../../support/memory-commits.ts";
import { planReads, sourceOf } from "../../support/plan-reads.ts";

/** The image of the cases, and a digest. */
export const api = "registry.example.net/acme/api";
export const b4 = `sha256:${"b4".repeat(32)}`;

/** What one bump does to a small repository. */
export interface Bumped extends PlannedBump {
  /** `-` and `+` lines of every file, in the order of the files. */
  readonly lines: readonly string[];
  /** Reasons and notes, one text. */
  readonly said: string;
}

/** How a bump is planned. */
export interface BumpWish {
  readonly force?: boolean;
  /** What is known of the version; without it no registry is asked. */
  readonly known?: KnownVersion;
}

/** Plans `sluice images bump` in a repository with just these files, and holds the written bytes to the told lines. */
export async function bumped(
  files: Readonly<Record<string, string>>,
  image: string,
  { force = false, known }: BumpWish = {},
): Promise<Bumped> {
  const { repository, commit } = memoryCommits();
  const base = commit(undefined, files);
  const { config, plan } = await configured(sourceOf(await repository.tree(base)), planReads());
  const named = readNamedImage(image);
  const planned = await planBump({
    named,
    known: known ?? unaskedVersion(named),
    scopes: scopesOf(named, { environments: [], apps: [] }, { config, plan }),
    repository,
    renderer: sharedRenderer(),
    base,
    allTargets: plan.targets,
    all: config.images,
    offline: known === undefined,
    force,
    clock: Date.parse("2026-11-30T12:00:00Z"),
    signal: AbortSignal.timeout(600_000),
  });
  const lines = planned.changes.flatMap(({ path }) => differing(files[path] ?? "", written(planned, path) ?? ""));
  const said = planned.targets.flatMap((target) => [
    ...(target.outcome === "refused" ? [target.reason, target.fix ?? ""] : []),
    ...target.notes,
  ]);
  return { ...planned, lines, said: said.join("\n") };
}

/** The lines that differ, where none is added or removed. */
function differing(before: string, after: string): readonly string[] {
  const [old, fresh] = [before.split("\n"), after.split("\n")];
  if (old.length !== fresh.length) return [`${old.length} lines became ${fresh.length}`, after];
  return old.flatMap((line, index) => (line === fresh[index] ? [] : [`-${line}`, `+${fresh[index]}`]));
}

const overlay = `version: 1
environments:
  - name: staging
    path: apps/{app}/staging
`;
const chart = `version: 1
environments:
  - name: staging
    targets:
      - path: charts/{app}
        renderer: helm
        helm:
          valueFiles: ["charts/{app}/values-staging.yaml"]
`;

/** Entries of `images`, as flow maps without the image and the environment. */
function entries(...more: readonly string[]): string {
  return `images:\n${more.map((one) => `  - { image: ${api}, environments: [staging], ${one} }\n`).join("")}`;
}

/**
 * A kustomization `apps/shop/staging` with these files, of which the first is its only resource unless it says more.
 */
export function overlayOf(
  files: Readonly<Record<string, string>>,
  ...policies: readonly string[]
): Readonly<Record<string, string>> {
  const [first = ""] = Object.keys(files);
  const all = Object.entries({ "kustomization.yaml": `resources: [${first}]\n`, ...files });
  return {
    ".sluice.yaml": overlay + entries(...(policies.length === 0 ? ['policy: { semver: "^1" }'] : policies)),
    ...Object.fromEntries(all.map(([name, text]) => [`apps/shop/staging/${name}`, text])),
  };
}

/** A chart with values for staging; its containers `c0`, `c1` … run these images, as templates. */
export function chartOf(
  values: string,
  images: readonly string[],
  policy = 'policy: { semver: "^1" }',
): Readonly<Record<string, string>> {
  const containers = images.map((image, index) => `- name: c${index}\n          image: ${image}`);
  return {
    ".sluice.yaml": chart + entries(policy),
    "charts/shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 0.3.0\n",
    "charts/shop/values.yaml": "{}\n",
    "charts/shop/values-staging.yaml": values,
    "charts/shop/templates/deployment.yaml": workload("", containers.join("\n        ")),
  };
}

/** A Deployment with containers, as lines that begin with a dash. */
export function workload(before: string, containers: string, name = "shop"): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { run: ${name} } }
  template:
    metadata: { labels: { run: ${name} } }
    spec:
${before}      containers:
        ${containers}
`;
}
