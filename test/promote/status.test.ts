import { describe, expect, it } from "vitest";
import { computeStatus, type StatusRequest } from "../../src/promote/status.ts";
import { configured } from "../../src/targets/index.ts";
import { memoryRenderer } from "../support/memory-renderer.ts";
import { memoryRepository } from "../support/memory-repository.ts";
import { planReads, sourceOf } from "../support/plan-reads.ts";

const config = `version: 1
environments:
  - { name: dev, path: "dev/{app}" }
  - { name: staging, path: "staging/{app}", from: dev }
  - { name: prod, path: "prod/{app}", from: staging }
`;

function web(tag: string): string {
  const containers = [{ name: "web", image: `acme/web:${tag}` }];
  const spec = { template: { spec: { containers } } };
  return JSON.stringify({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, spec });
}

/** The status of these folders, each with a Deployment of this tag. */
async function statusOf(tags: Readonly<Record<string, string>>, more: Partial<StatusRequest> = {}) {
  const repository = memoryRepository();
  const files = Object.entries(tags).map(([folder, tag]) => [`${folder}/web.yaml`, web(tag)]);
  const commit = repository.commit({ ".sluice.yaml": config, ...Object.fromEntries(files) });
  const { config: parsed, plan } = await configured(sourceOf(await repository.tree(commit)), planReads());
  const renderer = memoryRenderer();
  const signal = AbortSignal.timeout(600_000);
  const request = { repository, renderer, commit, config: parsed, targets: plan.targets, apps: [], signal, ...more };
  return { commit, rendered: renderer.rendered, status: await computeStatus(request) };
}

function version(tag: string) {
  return { ok: true, digest: expect.any(String), images: [{ image: "acme/web", versions: [tag] }] };
}

describe("the status of apps", () => {
  it("says which version each environment has, and how it stands to the one before", async () => {
    const { commit, status } = await statusOf({ "dev/web": "2.0", "staging/web": "1.5", "prod/web": "1.5" });
    const differing = [{ image: "acme/web", here: "1.5", there: "2.0" }];
    expect(status).toEqual({
      commit,
      environments: ["dev", "staging", "prod"],
      apps: [
        {
          app: "web",
          targets: [
            { environment: "dev", version: version("2.0") },
            {
              environment: "staging",
              from: "dev",
              version: version("1.5"),
              comparison: { state: "behind", differing, lacking: [] },
            },
            {
              environment: "prod",
              from: "staging",
              version: version("1.5"),
              comparison: { state: "same", differing: [], lacking: [] },
            },
          ],
        },
      ],
    });
  });

  it("says nothing of an environment that an app is not in, and how it stands to it neither", async () => {
    const { status } = await statusOf({ "dev/web": "2", "prod/web": "1" });
    expect(status.apps).toEqual([
      {
        app: "web",
        targets: [
          { environment: "dev", version: version("2") },
          { environment: "prod", from: "staging", version: version("1") },
        ],
      },
    ]);
    expect(Object.keys(status.apps[0]?.targets[1] ?? {})).toEqual(["environment", "version", "from"]);
    expect(Object.keys(status.apps[0]?.targets[0] ?? {})).toEqual(["environment", "version"]);
  });

  it("is of every app by name, or of those that are named, and renders no other", async () => {
    const tags = { "dev/web": "2", "prod/web": "1", "dev/api": "1", "prod/job": "1" };
    const all = await statusOf(tags);
    expect(all.status.apps.map(({ app }) => app)).toEqual(["api", "job", "web"]);
    const some = await statusOf(tags, { apps: ["web", "job"] });
    expect(some.status.apps.map(({ app }) => app)).toEqual(["job", "web"]);
    expect(some.rendered.toSorted()).toEqual(["dev/web", "prod/job", "prod/web"]);
  });

  it("tells how far it has come", async () => {
    const seen: string[] = [];
    const onProgress = (done: number, total: number) => seen.push(`${done} of ${total}`);
    await statusOf({ "dev/web": "2", "prod/web": "1" }, { onProgress });
    expect(seen).toEqual(["1 of 2", "2 of 2"]);
  });
});
