import { describe, expect, it } from "vitest";
import type { Declaration } from "../../src/model/declaration.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { Render } from "../../src/model/render.ts";
import type { Target } from "../../src/model/target.ts";
import type { Affected } from "../../src/preview/affected.ts";
import { compareSides } from "../../src/preview/compare-target.ts";
import { movesOf } from "../../src/preview/moves.ts";
import { pairTargets } from "../../src/preview/plan.ts";
import { removalOf } from "../../src/preview/removal.ts";
import { withoutUnknown } from "../../src/preview/unknown.ts";

const rendered = (...objects: readonly JsonObject[]): Render => {
  const resources = objects.map((object) => ({ object }));
  const held = { trace: [], warnings: [], unpinned: [], resources: () => resources };
  return { ok: true, digest: JSON.stringify(objects), ...held };
};
const failed: Render = {
  ...{ ok: false, digest: "", trace: [], unpinned: [] },
  failure: { kind: "input", message: "generator: no such file" },
};
const declared = (id: string, declaration: Partial<Declaration> = {}, more: Partial<Target> = {}): Target => {
  const [app = "", environment = ""] = id.split("/");
  return {
    ...{ id, app, environment },
    render: { kind: "flux", path: `apps/${app}`, options: { namespace: "flux-system", name: app, root: "", spec: {} } },
    declaration: { kind: "Kustomization", namespace: "flux-system", name: app, ...declaration },
    ...more,
  };
};
const affected = (target: Target, base: Render | undefined, head: Render | undefined, before?: Target): Affected => ({
  ...{ target, affected: true, base, head },
  ...(before === undefined ? {} : { before }),
});
const object = (kind: string, name: string, spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject => ({
  ...{ apiVersion: kind === "Application" ? "argoproj.io/v1alpha1" : "kustomize.toolkit.fluxcd.io/v1", kind },
  ...{ metadata: { name, namespace: kind === "Application" ? "argocd" : "flux-system", ...metadata }, spec },
});
const options = { ignore: [], fingerprintKey: new Uint8Array(32) };

describe("targets whose parent is not rendered", () => {
  const parent = declared("apps/prod", { kind: "ApplicationSet", namespace: "argocd" });
  const child = declared("web/prod", { parent: "apps/prod" });
  const grandchild = declared("db/prod", { parent: "web/prod" });

  it("are not removed: nobody can say what becomes of them, to any depth", () => {
    const { compared, unknown } = withoutUnknown([
      affected(parent, rendered(), failed, parent),
      affected(child, rendered(), undefined),
      affected(grandchild, rendered(), undefined),
    ]);
    expect(compared.map(({ target }) => target.id)).toEqual(["apps/prod"]);
    expect(unknown).toMatchObject([
      {
        app: "apps",
        targets: [
          { app: "web", environment: "prod" },
          { app: "db", environment: "prod" },
        ],
      },
    ]);
  });

  it("are removed where it renders, where it goes, and where what it lacks it lacked before", () => {
    const part = (...references: readonly string[]): Render => ({
      ...failed,
      unpinned: references.map((reference) => ({ reference, reason: "", kind: "base" })),
      partial: { digest: "", resources: () => [] },
    });
    const known = (base: Render | undefined, head: Render | undefined) =>
      withoutUnknown([affected(parent, base, head, parent), affected(child, rendered(), undefined)]).unknown.length;
    expect(known(rendered(), rendered())).toBe(0);
    expect(known(rendered(), undefined)).toBe(0);
    expect(known(part("a"), part("a"))).toBe(0);
    expect(known(part("a"), part("a", "b"))).toBe(1);
  });

  it("are not new where it was not rendered before", () => {
    const { compared } = withoutUnknown([
      affected(parent, failed, rendered(), parent),
      affected(child, undefined, rendered()),
    ]);
    const one = compared.find((other): other is Affected => other.target === child && other.affected);
    expect(one?.base).toMatchObject({
      ok: false,
      failure: { message: "It comes from ApplicationSet argocd/apps, which could not be rendered before" },
    });
  });
});

describe("what moved", () => {
  const moves = (base: readonly Target[], head: readonly Target[]) => {
    const pairs = pairTargets(base, head);
    return [...movesOf(pairs)].map(([{ id }, found]) => [
      id,
      ...found.map(({ what, from, to }) => `${what}: ${from} → ${to}`),
    ]);
  };
  const entry = (name: string): Target => ({
    ...{ id: `${name}/default`, app: name, environment: "default" },
    render: { kind: "plain", path: name, options: {} },
  });

  it("is a folder, a parent, who declares it", () => {
    const at = (path: string): Partial<Target> => ({ render: { kind: "kustomize", path, options: {} } });
    expect(moves([declared("web/prod", {}, at("apps/shop"))], [declared("web/prod", {}, at("apps/web"))])).toEqual([
      ["web/prod", "path: apps/shop → apps/web"],
    ]);
    expect(
      moves(
        [entry("a"), entry("b"), declared("web/prod", { parent: "a/default" })],
        [entry("a"), entry("b"), declared("web/prod", { parent: "b/default" })],
      ),
    ).toEqual([["web/prod", "parent: a → b"]]);
    const { declaration: _, ...folder } = declared("web/prod");
    expect(moves([folder], [declared("web/prod")])).toEqual([
      ["web/prod", "declaration:  → Kustomization flux-system/web"],
    ]);
  });

  it("is where a chart is from, and not its version", () => {
    const release = (version: string, repository: string): Target =>
      declared(
        "podinfo/prod",
        { kind: "HelmRelease" },
        {
          render: {
            ...{ kind: "helmrelease", path: `@sources/helm/podinfo-${version}` },
            options: {
              ...{ namespace: "apps", name: "podinfo", root: "" },
              spec: {
                chart: { spec: { chart: "podinfo", version, sourceRef: { kind: "HelmRepository", name: repository } } },
              },
            },
          },
        },
      );
    expect(moves([release("6.5.4", "podinfo")], [release("6.6.0", "podinfo")])).toEqual([]);
    expect(moves([release("6.5.4", "podinfo")], [release("6.5.4", "mirror")])).toEqual([
      ["podinfo/prod", "chart: podinfo of HelmRepository podinfo → podinfo of HelmRepository mirror"],
    ]);
  });

  it("names the object whose path changes, and that nothing is deleted", () => {
    const [before, after] = ["apps/shop", "apps/web"].map((path) =>
      declared("web/prod", {}, { render: { kind: "kustomize", path, options: {} } }),
    );
    if (before === undefined || after === undefined) throw new Error("two targets");
    const service = { apiVersion: "v1", kind: "Service", metadata: { name: "web" } };
    const one = {
      ...affected(after, rendered(service), rendered({ ...service, spec: {} }), before),
      movedFrom: "apps/shop",
    };
    expect(compareSides(one, [], options).preview).toMatchObject({
      movedFrom: "apps/shop",
      sameIdentities: 1,
      follower: { tool: "Flux Kustomization", name: "web" },
    });
  });
});

describe("what becomes of a target that goes with its declaration", () => {
  const root = (prune: boolean) => declared("root/prod", {}, { handling: { prune } });
  const fate = (prune: boolean, gone: JsonObject, kind: Declaration["kind"], rootGoes = false) => {
    const child = declared("web/prod", {
      kind,
      parent: "root/prod",
      ...(kind === "Application" ? { namespace: "argocd" } : {}),
    });
    const parent = affected(root(prune), rendered(gone), rootGoes ? undefined : rendered(), root(prune));
    const one = affected(child, rendered(), undefined);
    return removalOf(one, [parent, one]);
  };
  const finalizers = { finalizers: ["resources-finalizer.argocd.argoproj.io"] };

  it("depends on what its object says and on whether the object is deleted", () => {
    const by = "Application `web`";
    expect(fate(true, object("Application", "web", {}, finalizers), "Application")).toEqual({ by, deletes: true });
    expect(fate(true, object("Application", "web"), "Application")).toEqual({ by, deletes: false });
    expect(fate(false, object("Application", "web", {}, finalizers), "Application")).toEqual({
      by,
      keptBy: "pruning is off for Kustomization `root`",
    });
    expect(fate(true, object("Kustomization", "web", { prune: true }), "Kustomization")).toMatchObject({
      deletes: true,
    });
    expect(
      fate(true, object("Kustomization", "web", { prune: true, deletionPolicy: "Orphan" }), "Kustomization"),
    ).toMatchObject({ deletes: false });
    const kept = { annotations: { "kustomize.toolkit.fluxcd.io/prune": "disabled" } };
    expect(fate(true, object("Kustomization", "web", { prune: true }, kept), "Kustomization")).toMatchObject({
      keptBy: "an annotation of it says so",
    });
  });

  it("is not claimed where nobody knows", () => {
    expect(removalOf(affected(declared("web/prod"), rendered(), undefined), [])).toEqual({ by: "Kustomization `web`" });
    expect(fate(true, object("Kustomization", "web", { prune: true }), "Kustomization", true)).toEqual({
      by: "Kustomization `web`",
    });
  });

  it("is said in its finding", () => {
    const one = affected(declared("web/prod"), rendered(object("Application", "x")), undefined);
    const say = (removal: NonNullable<ReturnType<typeof removalOf>>) =>
      compareSides(one, [], { ...options, removal }).findings.find(({ id }) => id === "target-removed")?.message;
    const by = "Kustomization `web`";
    expect(say({ by, deletes: true })).toContain("Git in prod. With Kustomization `web` it is deleted.");
    expect(say({ by, deletes: false })).toContain(
      "Kustomization `web` leaves what it deployed behind: it stays, and nothing",
    );
    expect(say({ by, keptBy: "pruning is off for x" })).toContain(
      "Kustomization `web` itself stays in the cluster, because pruning is off for x; so it stays too.",
    );
  });
});

describe("values that only the cluster knows", () => {
  const asking = (...names: readonly string[]): Render => ({
    ...rendered({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } }),
    unpinned: names.map((reference) => ({ reference, reason: "Secret/vars has it", kind: "value" })),
  });
  const seen = (base: Render, head: Render) => compareSides(affected(declared("web/prod"), base, head), [], options);

  it("are no remote sources, and count where only one side asks for them", () => {
    const same = seen(asking("DOMAIN"), asking("DOMAIN"));
    expect([same.unpinned, same.findings, same.newValues]).toEqual([[], [], 0]);
    expect(same.values.map(({ reference }) => reference)).toEqual(["DOMAIN"]);
    expect(seen(asking("DOMAIN"), asking("DOMAIN", "TOKEN")).newValues).toBe(1);
  });
});
