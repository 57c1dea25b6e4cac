import { describe, expect, it } from "vitest";
import { sourceAt } from "../../src/change/compute.ts";
import { versionsAt } from "../../src/change/versions.ts";
import { promoteSchema } from "../../src/config/schema/promotion.ts";
import { computeBump } from "../../src/images/bump.ts";
import { computePromotion } from "../../src/promote/compute.ts";
import { controllerWorld } from "../support/controller-world.ts";
import { memoryRepository } from "../support/memory-repository.ts";
import { written } from "./support/world.ts";

/** A release as somebody wrote it. */
const release = (name: string, chart: string, tag: string): string => `# ${name}
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: ${name}}
spec:
  chart: {spec: {chart: web, version: "${chart}", sourceRef: {kind: HelmRepository, name: acme}}}   # the chart
  values:
    image:   {repository: ghcr.io/acme/${name}, tag: '${tag}'}
`;

const file = "apps/prod/web.yaml";
const files = {
  "apps/staging/web.yaml": release("web", "1.1.0", "1.5.0"),
  "apps/staging/api.yaml": release("api", "1.0.0", "2.0.0"),
  [file]: release("web", "1.0.0", "1.4.0"),
  "apps/prod/api.yaml": release("api", "1.0.0", "2.0.0"),
};

async function opened(texts: Readonly<Record<string, string>> = files) {
  const repository = memoryRepository();
  const base = repository.commit(texts);
  const { renderer, plan } = controllerWorld(["staging", "prod"]);
  const allTargets = await plan(await sourceAt(repository, base));
  const target = (id: string) => {
    const found = allTargets.find((one) => one.id === id);
    if (found === undefined) throw new Error(`there is no ${id}`);
    return found;
  };
  const signal = AbortSignal.timeout(600_000);
  const about = { repository, base, renderer, allTargets, signal };
  const promote = (app: string) => {
    const pair = {
      app,
      source: target(`${app}/staging`),
      target: target(`${app}/prod`),
      settings: promoteSchema.parse({}),
    };
    return computePromotion({ ...about, sourceCommit: base, pairs: [pair], from: "staging", to: "prod" });
  };
  return { ...about, target, promote };
}

describe("a promotion of what Flux deploys", () => {
  it("carries the chart's version and the image to prod's release, and keeps every other byte", async () => {
    const { promote } = await opened();
    const computed = await promote("web");
    expect(computed.plan.targets).toMatchObject([
      {
        app: "web",
        outcome: "planned",
        path: file,
        images: [
          { image: "ghcr.io/acme/web", from: "1.4.0", to: "1.5.0" },
          { image: "chart web", from: "1.0.0", to: "1.1.0" },
        ],
      },
    ]);
    expect(written(computed, file)).toBe(release("web", "1.1.0", "1.5.0"));
    expect(computed.changes).toHaveLength(1);
    expect(computed.unchanged).toEqual([]);
  });

  it("shows what the chart renders to afterwards", async () => {
    const { promote } = await opened();
    const { before, after } = (await promote("web")).renders.get("web") ?? {};
    expect(before?.ok && JSON.stringify(before.resources())).toContain("web/1.0.0");
    expect(after?.ok && JSON.stringify(after.resources())).toContain("web/1.1.0");
  });

  it("has nothing to do where prod has the same", async () => {
    const { promote } = await opened();
    expect((await promote("api")).plan.targets).toMatchObject([{ app: "api", outcome: "already" }]);
  });

  it("leaves to a release what is the release's: the folder that declares it carries none of it", async () => {
    const { promote } = await opened();
    expect((await promote("apps")).plan.targets).toMatchObject([{ app: "apps", outcome: "already" }]);
  });
});

describe("the versions of what Flux deploys", () => {
  it("are those of the chart and of its images, at any commit", async () => {
    const { repository, renderer, signal, target, base } = await opened();
    const later = repository.commit({ ...files, [file]: release("web", "1.2.0", "1.6.0") });
    const versions = async (commit: string) => {
      const found = await versionsAt({ repository, renderer, signal }, target("web/prod"), commit);
      return found.ok ? found.images : found.failure.message;
    };
    expect(await versions(base)).toEqual([
      { image: "ghcr.io/acme/web", versions: ["1.4.0"] },
      { image: "chart web", versions: ["1.0.0"] },
    ]);
    expect(await versions(later)).toEqual([
      { image: "ghcr.io/acme/web", versions: ["1.6.0"] },
      { image: "chart web", versions: ["1.2.0"] },
    ]);
    const { [file]: _, ...without } = files;
    expect(await versions(repository.commit(without))).toBe(
      "Nothing declares web/prod here: there is no HelmRelease `web`",
    );
  });
});

describe("a new image of what Flux deploys", () => {
  it("is set in the values of the release that shows it, and of no other", async () => {
    const { target, allTargets, repository, base, renderer, signal } = await opened();
    const wanted = { image: "ghcr.io/acme/web", tag: "1.6.0", digest: "", pin: "tag", moves: () => true } as const;
    const bumps = [target("apps/prod"), target("web/prod")].map((one) => ({ target: one, wanted: [wanted] }));
    const computed = await computeBump({ repository, base, bumps, allTargets, renderer, signal });
    expect(computed.targets).toMatchObject([
      { app: "apps", outcome: "already" },
      { app: "web", outcome: "planned", images: [{ image: "ghcr.io/acme/web", from: "1.4.0", to: "1.6.0" }] },
    ]);
    expect(written(computed, file)).toBe(release("web", "1.0.0", "1.6.0"));
  });
});
