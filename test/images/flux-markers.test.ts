import { describe, expect, it } from "vitest";
import { sourceAt } from "../../src/change/compute.ts";
import { computeBump } from "../../src/images/bump.ts";
import { currentVersions } from "../../src/images/entry-decision.ts";
import { targetsOf, unitsOf } from "../../src/images/units.ts";
import { canonicalImage } from "../../src/model/registry.ts";
import { configured } from "../../src/targets/index.ts";
import { world, written } from "../promote/support/world.ts";
import { planReads } from "../support/plan-reads.ts";

const digest = `sha256:${"1".repeat(64)}`;

const files = {
  ".sluice.yaml": `version: 1
environments:
  - name: staging
    path: apps/{app}
images:
  - image: ghcr.io/acme/web
    policy: { semver: "^1.0" }
    environments: [staging]
    marker: flux-system:web
`,
  "apps/web/kustomization.yaml": "resources: [release.yaml, deployment.yaml]\n",
  "apps/web/release.yaml": `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: web
spec:
  values:
    web:
      repository: ghcr.io/acme/web # {"$imagepolicy": "flux-system:web:name"}
      version: 1.2.0   # {"$imagepolicy": "flux-system:web:tag"}
    other: "1.2.0" # {"$imagepolicy": "flux-system:other:tag"}
`,
  "apps/web/deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, annotations: { version: "1.2.0" } } # {"$imagepolicy": "flux-system:web:tag"}
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: ghcr.io/acme/web:1.2.0 # {"$imagepolicy": "flux-system:web"}
`,
};

async function bump(changed: Readonly<Record<string, string>> = {}) {
  const { repository, renderer } = world({ ...files, ...changed });
  const base = await repository.resolve("HEAD");
  const at = await sourceAt(repository, base);
  const { config, plan } = await configured(at, planReads());
  const [entry] = unitsOf(config).flatMap(({ entries }) => entries);
  if (entry === undefined) throw new Error("no entry");
  const signal = AbortSignal.timeout(600_000);
  const now = await currentVersions(entry, targetsOf(entry, plan.targets), { at, renderer, signal, all: [entry] });
  const { image, pin, marker } = entry;
  const wanted = [
    {
      image: canonicalImage(image),
      tag: "1.3.0",
      digest,
      pin,
      ...(marker === undefined ? {} : { marker }),
      moves: ({ tag }: { readonly tag: string }) => tag === "1.2.0",
    },
  ];
  const computed = await computeBump({
    repository,
    base,
    bumps: now.targets.map(({ target }) => ({ target, wanted })),
    allTargets: plan.targets,
    renderer,
    signal,
  });
  return { now, computed };
}

describe("values with markers", () => {
  it("get the version as well, and every other byte stays", async () => {
    const { now, computed } = await bump();
    expect(now.targets.map(({ versions }) => versions)).toMatchObject([[{ tag: "1.2.0", digest: "" }]]);
    expect(computed.targets).toMatchObject([{ outcome: "planned", images: [{ from: "1.2.0", to: "1.3.0" }] }]);
    expect(written(computed, "apps/web/release.yaml")).toBe(
      files["apps/web/release.yaml"].replace("version: 1.2.0 ", "version: 1.3.0 "),
    );
    expect(written(computed, "apps/web/deployment.yaml")).toContain(
      'image: ghcr.io/acme/web:1.3.0 # {"$imagepolicy": "flux-system:web"}\n',
    );
  });

  it("count as having the image where nothing that runs does", async () => {
    const { now, computed } = await bump({ "apps/web/kustomization.yaml": "resources: [release.yaml]\n" });
    expect(now.targets).toHaveLength(1);
    expect(computed.targets).toMatchObject([{ outcome: "planned" }]);
    expect(computed.changes.map(({ path }) => path)).toEqual(["apps/web/release.yaml"]);
  });

  it("are refused where they cannot be edited, with the place", async () => {
    const release = files["apps/web/release.yaml"]
      .replace("version: 1.2.0", "version: &v 1.2.0")
      .concat("    again: *v\n");
    const { computed } = await bump({ "apps/web/release.yaml": release });
    expect(computed.targets).toMatchObject([{ outcome: "refused", reason: expect.stringContaining("release.yaml:9") }]);
  });
});
