import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { stageChanges } from "../../src/edit/staged-tree.ts";
import { planReads } from "../support/plan-reads.ts";
import { config, deployment, only, world } from "./support/world.ts";

const kustomization = (namespace: string) => `namespace: ${namespace}\nresources:\n  - web.yaml\n  - ingress.yaml\n`;
const ingress = (host: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ingress\ndata:\n  host: ${host}\n`;

function files(prod: readonly string[]): Record<string, string> {
  return {
    ".sluice.yaml": config("ENV/{app}", prod),
    "staging/shop/kustomization.yaml": kustomization("shop"),
    "staging/shop/web.yaml": deployment("web", "acme/web:1.4.0"),
    "staging/shop/ingress.yaml": ingress("staging.example.com"),
    "staging/shop/files/run.sh": "echo new\n",
    "staging/shop/files/notes.txt": "same\n",
    "prod/shop/kustomization.yaml": kustomization("shop"),
    "prod/shop/web.yaml": deployment("web", "acme/web:1.3.0"),
    "prod/shop/ingress.yaml": ingress("example.com"),
    "prod/shop/files/run.sh": "echo old\n",
    "prod/shop/files/notes.txt": "same\n",
    "prod/shop/old.txt": "gone by now\n",
  };
}

describe("the strategy directory", () => {
  it("carries the whole folder, deletions and modes included", async () => {
    const { temp, promote, repository } = world(files(["promote: { strategy: directory }"]));
    chmodSync(join(temp.dir, "staging/shop/files/run.sh"), 0o755);
    temp.commit({}, "Make it executable");
    const computed = await promote();
    const target = only(computed);
    expect(target).toMatchObject({ outcome: "planned", app: "shop", environment: "prod", path: "prod/shop" });
    const staging = temp.git("rev-parse", "HEAD:staging/shop");
    expect(target.images).toEqual([
      { image: "acme/web", from: "1.3.0", to: "1.4.0" },
      { image: "directory", from: temp.git("rev-parse", "HEAD:prod/shop").slice(0, 12), to: staging.slice(0, 12) },
    ]);
    expect(target.edits).toContainEqual({
      file: "prod/shop/web.yaml",
      line: 14,
      before: "          image: acme/web:1.3.0",
      after: "          image: acme/web:1.4.0",
    });
    expect(target.edits).toContainEqual({ file: "prod/shop/old.txt", line: 1, before: "gone by now", after: "" });
    expect(target.edits).toContainEqual({
      file: "prod/shop/files/run.sh",
      line: 1,
      before: "(mode 100644)",
      after: "(mode 100755)",
    });
    const base = { tree: await repository.tree("HEAD"), objects: repository.objects };
    const after = await stageChanges(base, computed.changes);
    expect(await after.tree.at("prod/shop/files/run.sh")).toMatchObject({ kind: "file", executable: true });
    expect(await after.tree.at("prod/shop/old.txt")).toBeUndefined();
    expect(computed.tree).toBe(after.tree.oid);
  });

  it("leaves alone what is excluded, on both sides, and carries the rest by the largest entries", async () => {
    const { temp, promote } = world({
      ...files(["promote: { strategy: directory, exclude: [ingress.yaml, files/notes.txt, 'secrets/**'] }"]),
      "prod/shop/secrets/key.txt": "prod's own\n",
      "staging/shop/docs/a.txt": "a\n",
    });
    const { changes, plan } = await promote();
    expect(changes.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      "entry prod/shop/docs",
      "entry prod/shop/files/run.sh",
      "delete prod/shop/old.txt",
      "entry prod/shop/web.yaml",
    ]);
    expect(changes[0]).toMatchObject({ entry: { kind: "dir", oid: temp.git("rev-parse", "HEAD:staging/shop/docs") } });
    expect(plan.targets[0]?.notes.join()).toContain("`ingress.yaml`");
  });

  it("is already there when the folders are the same", async () => {
    const { temp, promote } = world(files(["promote: { strategy: directory, exclude: [ingress.yaml] }"]));
    temp.git("rm", "-rq", "prod/shop");
    temp.commit(
      Object.fromEntries(
        Object.entries(files([])).flatMap(([path, text]) =>
          path.startsWith("staging/shop/") && !path.endsWith("ingress.yaml")
            ? [[path.replace("staging", "prod"), text]]
            : [],
        ),
      ),
    );
    temp.commit({ "prod/shop/ingress.yaml": ingress("example.com") });
    const computed = await promote();
    expect(only(computed).outcome).toBe("already");
    expect(computed.changes).toEqual([]);
    expect(computed.tree).toBe(temp.git("rev-parse", "HEAD^{tree}"));
  });

  it("refuses what would not render, with the renderer's words", async () => {
    const { temp, promote } = world(files(["promote: { strategy: directory }"]));
    temp.commit({ "staging/shop/ingress.yaml": null, "staging/shop/kustomization.yaml": "resources: [web.yaml]\n" });
    temp.commit({
      ".sluice.yaml": config("ENV/{app}", ["promote: { strategy: directory, exclude: [kustomization.yaml] }"]),
    });
    const target = only(await promote());
    expect(target).toMatchObject({ outcome: "refused", edits: [] });
    expect(target.outcome === "refused" && target.reason).toContain("with the new version shop/prod would not render");
    expect(target.outcome === "refused" && target.reason).toContain("ingress.yaml");
  });

  it("refuses folders of which one lies in the other", async () => {
    const { promote } = world({
      ".sluice.yaml": `version: 1
environments:
  - { name: staging, path: shop, app: shop }
  - { name: prod, path: shop/prod, app: shop, from: staging, promote: { strategy: directory } }
`,
      "shop/kustomization.yaml": "resources: [web.yaml]\n",
      "shop/web.yaml": deployment("web", "acme/web:1"),
      "shop/prod/kustomization.yaml": "resources: [web.yaml]\n",
      "shop/prod/web.yaml": deployment("web", "acme/web:2"),
    });
    expect(only(await promote())).toMatchObject({
      outcome: "refused",
      reason: "one of the folders `shop` and `shop/prod` lies in the other one",
    });
  });

  it("refuses a change that another environment's render would see", async () => {
    const { promote } = world({
      ...files(["promote: { strategy: directory }"]),
      ".sluice.yaml": `${config("ENV/{app}", ["promote: { strategy: directory }"])}  - name: canary\n    path: canary/{app}\n`,
      "canary/shop/kustomization.yaml": "resources: [../../prod/shop]\nnamePrefix: canary-\n",
    });
    const target = only(await promote());
    expect(target.outcome === "refused" && target.reason).toContain("would also change shop in canary");
  });

  it("takes a target's own past back", async () => {
    const { temp, repository, renderer } = world(files(["promote: { strategy: directory }"]));
    const before = temp.git("rev-parse", "HEAD");
    temp.commit({ "prod/shop/web.yaml": deployment("web", "acme/web:9") });
    const { computePromotion } = await import("../../src/promote/compute.ts");
    const { resolvePromotion } = await import("../../src/promote/resolve.ts");
    const base = await repository.resolve("HEAD");
    const { plan, pairs } = await resolvePromotion({ repository, base, to: "prod", apps: [], reads: planReads() });
    const computed = await computePromotion({
      repository,
      base,
      sourceCommit: before,
      pairs: pairs.map((pair) => ({ ...pair, source: pair.target })),
      from: "prod",
      to: "prod",
      allTargets: plan.targets,
      renderer,
      signal: AbortSignal.timeout(600_000),
    });
    expect(only(computed).outcome).toBe("planned");
    expect(computed.tree).toBe(temp.git("rev-parse", `${before}^{tree}`));
  });
});

describe("04-directory-moves-the-namespace: a namespace in the folder", () => {
  const folder = (environment: string, version: string): Record<string, string> => ({
    [`${environment}/web/kustomization.yaml`]: `namespace: ${environment}\nresources: [deployment.yaml, ingress.yaml]\n`,
    [`${environment}/web/deployment.yaml`]: deployment("web", `ghcr.io/acme/web:${version}`),
    [`${environment}/web/ingress.yaml`]: `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec: { rules: [{ host: web.${environment}.example.com }] }
`,
    [`${environment}/web/OWNERS`]: `${environment}-team\n`,
  });
  const settings = [
    "gates: { healthy: false }",
    "promote: { strategy: directory, exclude: [OWNERS], merge: automatic }",
  ];

  it("stays, and so does the host: only the image goes", async () => {
    const files = {
      ".sluice.yaml": config("ENV/{app}", settings),
      ...folder("staging", "1.5.0"),
      ...folder("prod", "1.2.0"),
    };
    const computed = await world(files).promote();
    expect(only(computed)).toMatchObject({
      outcome: "planned",
      images: [{ image: "ghcr.io/acme/web", from: "1.2.0", to: "1.5.0" }, { image: "directory" }],
    });
    expect(computed.changes.map(({ path }) => path)).toEqual(["prod/web/deployment.yaml"]);
    const after = computed.renders.get("web")?.after;
    expect(after?.ok === true && after.resources().map(({ object }) => object.metadata)).toMatchObject([
      { name: "web", namespace: "prod" },
      { name: "web", namespace: "prod" },
    ]);
  });

  it("is nothing to carry by itself", async () => {
    const same = { ...folder("staging", "1.5.0"), ...folder("prod", "1.5.0") };
    const computed = await world({ ".sluice.yaml": config("ENV/{app}", settings), ...same }).promote();
    expect(only(computed).outcome).toBe("already");
    expect(computed.changes).toEqual([]);
  });

  it("is not carried where prod has none of its own: its resources would leave theirs", async () => {
    const bare = { "prod/web/kustomization.yaml": "resources: [deployment.yaml, ingress.yaml]\n" };
    const files = {
      ".sluice.yaml": config("ENV/{app}", settings),
      ...folder("staging", "1.5.0"),
      ...folder("prod", "1.2.0"),
      ...bare,
    };
    expect(only(await world(files).promote())).toMatchObject({
      outcome: "refused",
      reason: expect.stringContaining("where it is deleted, to `staging`"),
    });
  });
});
