import { describe, expect, it } from "vitest";
import type { Preview } from "../../src/model/preview.ts";
import { computePreview } from "../../src/preview/compute.ts";
import { sharedRenderer } from "../render/support/engines.ts";
import { deployment, gitopsFiles } from "../support/gitops.ts";
import { memoryCommits } from "../support/memory-commits.ts";

const { repository, commit } = memoryCommits();
const base = commit(undefined, gitopsFiles());

/** `tip` is where the base has come since the change was begun. */
async function preview(files: Readonly<Record<string, string | null>>, from = base, tip = from): Promise<Preview> {
  const head = commit(from, files);
  const outcome = await computePreview(
    { repository, base: tip, head, fingerprintKey: new Uint8Array(32), signal: AbortSignal.timeout(600_000) },
    { renderer: sharedRenderer() },
  );
  if (outcome.kind !== "preview") throw new Error(JSON.stringify(outcome.problems));
  return outcome.preview;
}

const overlay = "apps/web/overlays/prod/kustomization.yaml";

describe("a preview", () => {
  it("counts targets that read a changed file and render the same", async () => {
    const { targets, completeness } = await preview({ [overlay]: `# a remark\n${gitopsFiles()[overlay]}` });
    expect(targets.map(({ environment, status, changes }) => [environment, status, changes.length])).toEqual([
      ["prod", "unchanged", 0],
    ]);
    expect(completeness).toMatchObject({ targets: 2, affected: 1, rendered: 1, failed: 0 });
  });

  it("holds no credentials of an address that was not fetched, nor of one that an object names", async () => {
    const [bot, query] = [
      "https://bot:SECRETSECRET@git.example.com/a//b?ref=v1.0.0",
      "https://a.example/x.yaml?token=SECRETSECRET",
    ];
    const source = `apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: a }\nspec: { url: "${bot}" }\n`;
    const answer = await preview({
      [overlay]: `resources: [../../base, source.yaml, "${bot}", "${query}"]\n`,
      "apps/web/overlays/prod/source.yaml": source,
    });
    expect(answer.completeness.unpinned).not.toEqual([]);
    expect(JSON.stringify(answer)).not.toContain("SECRETSECRET");
  });

  it("lets the head fetch what the base's renders led to, and nothing else that no file names", async () => {
    const shared = sharedRenderer();
    const asking = (address: string, only?: string): typeof shared => ({
      ...shared,
      render: async (spec, source, signal) => {
        const render = await shared.render(spec, source, signal);
        const isAsked = only === undefined || source.tree.oid === only;
        if (!isAsked || (await source.policy?.mayFetch({ address, holds: true })) !== false) return render;
        const lacks = { reference: `https://${address}`, reason: "it is not used", failure: "not-allowed" } as const;
        return { ...render, unpinned: [lacks] };
      },
    });
    const head = commit(base, { [overlay]: `# a remark\n${gitopsFiles()[overlay]}` });
    const unpinned = async (renderer: typeof shared) => {
      const request = {
        repository,
        base,
        head,
        fingerprintKey: new Uint8Array(32),
        signal: AbortSignal.timeout(600_000),
      };
      const outcome = await computePreview(request, { renderer });
      return outcome.kind === "preview" ? outcome.preview.completeness.unpinned.map(({ reference }) => reference) : [];
    };
    expect(await unpinned(asking("git.example.com/lib"))).toEqual([]);
    const headTree = (await repository.tree(head)).oid;
    expect(await unpinned(asking("evil.example.com/lib", headTree))).toEqual(["https://evil.example.com/lib"]);
  });

  it("says that a target came and that one went", async () => {
    const added = await preview({ "apps/api/overlays/prod/kustomization.yaml": "resources: [../../../web/base]\n" });
    expect(added.targets.map(({ app, status }) => [app, status])).toEqual([["api", "added"]]);
    const removed = await preview({ "apps/web/overlays/prod": null });
    expect(removed.targets.map(({ environment, status }) => [environment, status])).toEqual([["prod", "removed"]]);
    expect(removed.findings.map(({ id }) => id)).toContain("target-removed");
  });

  it("points a finding at its line", async () => {
    const { findings } = await preview({ "apps/web/base/deployment.yaml": deployment({ replicas: 0, cpu: "100m" }) });
    const zero = findings.find(({ id }) => id === "replicas-zero");
    expect(zero).toMatchObject({ severity: "warning", file: "apps/web/base/deployment.yaml", line: 6 });
  });

  it("points at the overlay's line when that is what changed the resource", async () => {
    const text = (gitopsFiles()[overlay] ?? "").replace("newTag: 1.3.0", "newTag: latest");
    const { findings } = await preview({ [overlay]: text });
    expect(findings).toMatchObject([{ id: "image-without-tag", file: overlay, line: 6 }]);
  });

  it("names the file alone where it is too large to look for the line", async () => {
    const text = `${deployment({ replicas: 0, cpu: "100m" })}${`#${"x".repeat(1023)}\n`.repeat(11 * 1024)}`;
    const { findings, completeness } = await preview({ "apps/web/base/deployment.yaml": text });
    expect(completeness).toMatchObject({ affected: 2, failed: 0 });
    expect(findings.find(({ id }) => id === "replicas-zero")).toMatchObject({ file: "apps/web/base/deployment.yaml" });
  });

  it("looks for the lines of the gravest findings where there is too much to search", async () => {
    const pods = Array.from({ length: 60 }, (_, index) => pod(index)).join("---\n");
    const { findings } = await preview({
      "apps/web/base/pods.yaml": pods,
      "apps/web/base/kustomization.yaml": "resources:\n  - deployment.yaml\n  - claim.yaml\n  - pods.yaml\n",
    });
    const found = findings.filter(({ file }) => file === "apps/web/base/pods.yaml");
    const lines = (severity: string) => found.filter((one) => one.severity === severity).map(({ line }) => line);
    expect(lines("danger")).not.toContain(undefined);
    expect(lines("danger")).not.toHaveLength(0);
    expect(lines("warning")).toContain(undefined);
  });

  it("guesses no cause among more changed files than it keeps reasons for", async () => {
    const account = (name: string): string => `apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: ${name}\n`;
    const component = (tag: string): string =>
      `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [a.yaml, b.yaml]\nimages: [{ name: ghcr.io/acme/web, newTag: ${tag} }]\n`;
    const prod = "namespace: prod\nresources: [../../base]\ncomponents: [../../../../components/x]\n";
    const from = commit(base, {
      [overlay]: prod,
      "components/x/kustomization.yaml": component("1.0.0"),
      "components/x/a.yaml": account("a"),
      "components/x/b.yaml": account("b"),
    });
    const changes = {
      [overlay]: `# remark\n${prod}`,
      "components/x/kustomization.yaml": component("latest"),
      "components/x/a.yaml": `# remark\n${account("a")}`,
      "components/x/b.yaml": `# remark\n${account("b")}`,
    };
    const { findings } = await preview(changes, from);
    expect(findings).toMatchObject([{ id: "image-without-tag", file: "apps/web/base/deployment.yaml" }]);
  });

  it("points at where a resource was left out", async () => {
    const { findings } = await preview({ "apps/web/base/kustomization.yaml": "resources:\n  - deployment.yaml\n" });
    expect(findings[0]).toMatchObject({
      id: "deleted-persistent-volume-claim",
      file: "apps/web/base/kustomization.yaml",
      line: 2,
    });
  });

  it("repeats what renderers remark when the change brought it, and not when it was there before", async () => {
    const labels = { [overlay]: `commonLabels: { team: shop }\n${gitopsFiles()[overlay]}` };
    const fresh = await preview(labels);
    expect(fresh.notes.join("\n")).toMatch(/commonLabels.*deprecated/);
    const old = commit(base, labels);
    const later = await preview({ "apps/web/base/deployment.yaml": deployment({ replicas: 4, cpu: "1" }) }, old);
    expect(later.notes.join("\n")).not.toContain("commonLabels");
  });

  it("holds a configuration against the base only where the change itself edits it", async () => {
    const broken = commit(base, { ".sluice.yaml": "version: 1\nenvironmnts: []\n" });
    const mended = commit(broken, { ".sluice.yaml": gitopsFiles()[".sluice.yaml"] ?? "" });
    const edit = { "apps/web/base/deployment.yaml": deployment({ replicas: 4, cpu: "1" }) };
    expect((await preview(edit, broken, mended)).findings).toEqual([]);
    const withDev = `${gitopsFiles()[".sluice.yaml"]}  - name: dev\n    path: apps/{app}/overlays/staging\n`;
    const moved = commit(base, { ".sluice.yaml": withDev });
    expect(await preview(edit, base, moved)).not.toHaveProperty("configuration");
    expect(await preview({ ".sluice.yaml": null })).toMatchObject({ configuration: { isRemoved: true } });
  });

  it("shows a target that did not render before as new, with a warning", async () => {
    const broken = breakProd();
    const { targets, findings, completeness } = await preview({ [overlay]: gitopsFiles()[overlay] ?? "" }, broken);
    expect(targets[0]).toMatchObject({ status: "changed", error: { side: "base" } });
    expect(findings.find(({ id }) => id === "render-failed")?.severity).toBe("warning");
    expect(completeness.failed).toBe(0);
  });
});

/** Without an image's tag; the last one also privileged; large. */
function pod(index: number): string {
  const security = index === 59 ? "securityContext: { privileged: true }, " : "";
  const annotations = `{ note: "${"x".repeat(8_000)}" }`;
  return `apiVersion: v1
kind: Pod
metadata: { name: pod-${index}, annotations: ${annotations} }
spec:
  containers: [{ name: main, ${security}image: busybox }]
`;
}

function breakProd(): string {
  return commit(base, { [overlay]: "resources: [missing.yaml]\n" });
}
