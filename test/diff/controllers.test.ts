import { describe, expect, it } from "vitest";
import { deployHandling } from "../../src/diff/controllers/deploy-handling.ts";
import { entryFindings } from "../../src/diff/index.ts";
import { compare } from "./support.ts";

const application = (spec: string, metadata = "") =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: web\n  namespace: argocd\n${metadata}spec:\n${spec}`;
const flux = (spec: string, kind = "Kustomization", group = "kustomize") =>
  `apiVersion: ${group}.toolkit.fluxcd.io/v1\nkind: ${kind}\nmetadata: { name: web, namespace: apps }\nspec:\n  interval: 10m\n${spec}`;
const automated = (more: string) => application(`  syncPolicy:\n    automated: { ${more} }\n`);
const found = (base: string, head: string) =>
  compare(base, head).findings.map(({ severity, id }) => `${severity} ${id}`);
const told = (base: string, head: string) => compare(base, head).findings[0]?.message;

describe("an object of a controller that works in another way", () => {
  const off = application("  project: a\n");
  const finalizer = "  finalizers: [resources-finalizer.argocd.argoproj.io]\n";
  const git = (revision: string) =>
    application(`  source: { repoURL: "https://git.example/ops", path: web, targetRevision: ${revision} }\n`);
  const helm = (version: string) =>
    flux(
      `  chart: { spec: { chart: web, version: "${version}", sourceRef: { kind: HelmRepository, name: c } } }\n`,
      "HelmRelease",
      "helm",
    );
  const repository = (ref: string) =>
    flux(`  url: https://git.example/ops\n  ref: { ${ref} }\n`, "GitRepository", "source");

  it.each([
    ["is suspended", flux(""), flux("  suspend: true\n"), "warning suspend-switched"],
    ["is resumed", flux("  suspend: true\n"), flux(""), "warning suspend-switched"],
    [
      "syncs by itself",
      off,
      application("  project: a\n  syncPolicy: { automated: {} }\n"),
      "warning automation-switched",
    ],
    ["syncs by hand", automated(""), automated("enabled: false"), "warning automation-switched"],
    ["prunes", automated("prune: false"), automated("prune: true"), "warning prune-switched"],
    ["prunes no longer", flux("  prune: true\n"), flux("  prune: false\n"), "warning prune-switched"],
    ["heals", automated("selfHeal: false"), automated("selfHeal: true"), "notice self-heal-switched"],
    [
      "loses its finalizer",
      application("  a: b\n", finalizer),
      application("  a: b\n"),
      "warning deletion-policy-changed",
    ],
    [
      "leaves all behind",
      flux("  prune: true\n"),
      flux("  prune: true\n  deletionPolicy: Orphan\n"),
      "warning deletion-policy-changed",
    ],
    [
      "replaces objects",
      application("  syncPolicy: { syncOptions: [ServerSideApply=true] }\n"),
      application("  syncPolicy: { syncOptions: [ServerSideApply=true, Replace=true] }\n"),
      "warning replaces-objects",
    ],
    ["forces", flux(""), flux("  force: true\n"), "warning replaces-objects"],
    [
      "goes to another cluster",
      application("  destination: { name: staging, namespace: web }\n"),
      application("  destination: { name: prod, namespace: web }\n"),
      "danger destination-changed",
    ],
    [
      "goes to another namespace",
      flux("  targetNamespace: a\n"),
      flux("  targetNamespace: b\n"),
      "danger destination-changed",
    ],
    ["gets another project", application("  project: a\n"), application("  project: b\n"), "warning project-changed"],
    ["follows a branch", git("v1.2.3"), git("main"), "warning revision-moves"],
    ["follows a range of charts", helm("6.5.4"), helm("6.x"), "warning revision-moves"],
    ["follows a branch of a source", repository("tag: v1.0.0"), repository("branch: main"), "warning revision-moves"],
    [
      "detects drift",
      flux("", "HelmRelease", "helm"),
      flux("  driftDetection: { mode: enabled }\n", "HelmRelease", "helm"),
      "notice drift-detection-switched",
    ],
  ])("is told where it %s", (_, base, head, finding) => {
    expect(found(base, head)).toEqual([finding]);
  });

  it("is not told where only what it deploys is another version, or where it is new", () => {
    expect(found(git("v1.2.3"), git("v1.3.0"))).toEqual([]);
    expect(found(helm("6.5.4"), helm("6.6.0"))).toEqual([]);
    expect(found(git("main"), git("HEAD"))).toEqual([]);
    expect(compare(undefined, flux("  suspend: true\n")).findings.map(({ id }) => id)).toEqual(["suspended"]);
  });

  it("is told in words that name it, and what follows", () => {
    expect(told(flux("  prune: true\n"), flux("  prune: false\n"))).toBe(
      "Pruning is switched off for Kustomization `web` in prod. What leaves Git from now on stays in the cluster, and nothing updates it.",
    );
    expect(told(git("v1.2.3"), git("main"))).toBe(
      "Application `web` follows `main` instead of `v1.2.3` in prod. What is deployed can change from now on without a commit here.",
    );
    expect(
      told(
        application("  destination: { name: staging }\n"),
        application('  destination: { server: "https://k8s.example/", namespace: web }\n'),
      ),
    ).toBe(
      "Application `web` deploys to cluster `https://k8s.example`, namespace `web` instead of cluster `staging` in prod. Everything is made there; what is at the old place is deleted where pruning is on, else it stays and nothing updates it.",
    );
  });

  it("is told from its declaration where it stands in no render", () => {
    const side = (handling: object, cluster = "in-cluster") => ({
      declaration: { kind: "Application", namespace: "argocd", name: "root", file: "root.yaml", line: 4 } as const,
      ...{ handling, destination: { cluster } },
    });
    const findings = entryFindings(
      { app: "root", environment: "prod" },
      side({ prune: true }),
      side({ prune: false }, "eu"),
    );
    expect(findings.map(({ id, resource, file, line }) => [id, resource, file, line])).toEqual([
      ["destination-changed", "Application/argocd/root", "root.yaml", 4],
      ["prune-switched", "Application/argocd/root", "root.yaml", 4],
    ]);
  });
});

describe("one object that its controller handles in another way", () => {
  const service = (annotations: string) =>
    `apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  annotations: { ${annotations} }\n`;

  it.each([
    ["kustomize.toolkit.fluxcd.io/prune: disabled", "stays in the cluster from now on when it leaves Git"],
    ["kustomize.toolkit.fluxcd.io/reconcile: disabled", "is not updated by Flux any more: changes in Git do nothing"],
    [
      "kustomize.toolkit.fluxcd.io/ssa: IfNotPresent",
      "is only made where it is missing: later changes in Git do nothing",
    ],
    ["kustomize.toolkit.fluxcd.io/force: enabled", "is deleted and made again from now on where an update is refused"],
    [
      '"argocd.argoproj.io/sync-options": "PruneLast=true,Prune=false"',
      "stays in the cluster from now on when it leaves Git",
    ],
  ])("is told: %s", (annotation, words) => {
    const { findings } = compare(service("a: b"), service(annotation));
    expect(findings.map(({ id, severity }) => [id, severity])).toEqual([["object-handling-changed", "notice"]]);
    expect(findings[0]?.message).toContain(`Service \`web\` of webapp in prod ${words}.`);
    expect(compare(service(annotation), service(annotation)).findings).toEqual([]);
  });
});

describe("what leaves Git", () => {
  const claim = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data }\n";
  const by = (prune: boolean) =>
    deployHandling({ kind: "Kustomization", namespace: "flux-system", name: "web" }, { prune });

  it("is orphaned where pruning is off, which is no danger", () => {
    const { changes, findings } = compare(claim, "", { handling: by(false) });
    expect(changes[0]).toMatchObject({ action: "removed", orphaned: true });
    expect(findings[0]).toMatchObject({
      severity: "warning",
      message:
        "webapp loses the volume claim `data` in prod. Pruning is off for Kustomization `web`, so it stays in the cluster, and nothing updates it any more.",
    });
  });

  it("is deleted where pruning is on, without a condition", () => {
    const { changes, findings } = compare(claim, "", { handling: by(true) });
    expect(changes[0]).not.toHaveProperty("orphaned");
    expect(findings[0]?.severity).toBe("danger");
    expect(findings[0]?.message).toMatch(/ in prod\. The deploy deletes /);
  });

  it("is orphaned where it says so itself", () => {
    const kept = claim.replace("data }", "data, annotations: { helm.sh/resource-policy: keep } }");
    expect(compare(kept, "").changes[0]?.orphaned).toBe(true);
  });

  it("says of a hook when it runs", () => {
    const job = (image: string) =>
      `apiVersion: batch/v1\nkind: Job\nmetadata: { name: migrate, annotations: { argocd.argoproj.io/hook: PreSync } }\nspec: { template: { spec: { containers: [{ name: a, image: "${image}" }] } } }\n`;
    const { changes, findings } = compare(job("a:1"), job("a:2"));
    expect(changes[0]?.hook).toEqual({ tool: "Argo CD", phase: "PreSync" });
    expect(findings).toEqual([]);
  });
});
