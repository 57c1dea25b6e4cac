import { describe, expect, it } from "vitest";
import type { Preview } from "../../src/model/preview.ts";
import { computePreview } from "../../src/preview/compute.ts";
import { sharedRenderer } from "../render/support/engines.ts";
import { memoryCommits } from "../support/memory-commits.ts";

const { repository, commit } = memoryCommits();

async function preview(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string | null>>,
): Promise<Preview> {
  const base = commit(undefined, { "README.md": "start\n", ...before });
  const head = commit(base, after);
  const outcome = await computePreview(
    { repository, base, head, fingerprintKey: new Uint8Array(32), signal: AbortSignal.timeout(600_000) },
    { renderer: sharedRenderer() },
  );
  if (outcome.kind !== "preview") throw new Error(JSON.stringify(outcome.problems));
  return outcome.preview;
}

const template = `apiVersion: v1
kind: Secret
metadata: { name: core }
data:
  secret: {{ randAlphaNum 16 | b64enc | quote }}
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: core, annotations: { rolled: {{ uuidv4 | quote }}, at: {{ now | date "150405.000000000" | quote }} } }
spec: { replicas: {{ .Values.replicas }} }
`;
const chart = (values: string) => ({
  "charts/vault/Chart.yaml": "apiVersion: v2\nname: vault\nversion: 0.1.0\n",
  "charts/vault/templates/all.yaml": template,
  "charts/vault/values.yaml": values,
});

describe("a chart with random values", () => {
  it("shows no change where only a comment changes", async () => {
    const { targets, findings } = await preview(chart("replicas: 2\n"), chart("replicas: 2\n# the default\n"));
    expect(targets.map(({ status, changes }) => [status, changes.length])).toEqual([["unchanged", 0]]);
    // Nothing says which values the chart gets; of the random ones there is no word.
    expect(findings.map(({ id }) => id)).toEqual(["guessed-values"]);
  });

  it("shows the one change that is real, and which values are not compared", async () => {
    const { targets, findings } = await preview(chart("replicas: 2\n"), chart("replicas: 3\n"));
    expect(targets[0]?.changes.map(({ kind, addedLines, removedLines }) => [kind, addedLines, removedLines])).toEqual([
      ["Deployment", 1, 1],
    ]);
    expect(targets[0]?.random).toEqual([
      { resource: "Secret/core", path: "data.secret" },
      { resource: "Deployment/core", path: "metadata.annotations.at" },
      { resource: "Deployment/core", path: "metadata.annotations.rolled" },
    ]);
    // Nothing says which values the chart gets; of the random ones there is no word.
    expect(findings.map(({ id }) => id)).toEqual(["guessed-values"]);
  });
});

describe("a folder that was moved", () => {
  const app = (folder: string, tag: string) => ({
    [`${folder}/kustomization.yaml`]: "namespace: shop\nresources: [web.yaml, service.yaml]\n",
    [`${folder}/web.yaml`]: `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { template: { spec: { containers: [{ name: web, image: "web:${tag}" }] } } }\n`,
    [`${folder}/service.yaml`]:
      "apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { ports: [{ port: 80 }] }\n",
  });
  const gone = (folder: string) => Object.fromEntries(Object.keys(app(folder, "")).map((path) => [path, null]));

  it("is one move with its one real change", async () => {
    const { targets, findings } = await preview(app("apps/shop/prod", "1.4.0"), {
      ...gone("apps/shop/prod"),
      ...app("apps/webapp/prod", "1.5.0"),
    });
    expect(targets).toMatchObject([
      { app: "webapp", environment: "prod", status: "changed", movedFrom: "apps/shop/prod", sameIdentities: 2 },
    ]);
    expect(targets[0]?.changes).toMatchObject([{ kind: "Deployment", addedLines: 1, removedLines: 1 }]);
    expect(findings).toEqual([]);
  });

  it("is none where another environment comes, or other resources", async () => {
    const elsewhere = await preview(app("apps/shop/prod", "1"), {
      ...gone("apps/shop/prod"),
      ...app("apps/shop/dev", "1"),
    });
    expect(elsewhere.targets.map(({ status }) => status).sort()).toEqual(["added", "removed"]);
    const other = app("apps/other/prod", "1");
    const renamed = Object.fromEntries(
      Object.entries(other).map(([path, text]) => [path, text.replaceAll("name: web", "name: api")]),
    );
    const apart = await preview(app("apps/shop/prod", "1"), { ...gone("apps/shop/prod"), ...renamed });
    expect(apart.targets.map(({ status }) => status).sort()).toEqual(["added", "removed"]);
  });
});
