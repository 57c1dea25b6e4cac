import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { discoverTargets } from "../../src/discovery/index.ts";
import type { Target } from "../../src/model/target.ts";
import { proposeConfig, proposedConfig } from "../../src/targets/propose.ts";
import { chart, kustomization, manifest, overlays } from "../config/samples.ts";
import { memoryTree } from "../support/memory-tree.ts";
import { targetsIn } from "../support/plan-reads.ts";

async function roundTrip(files: Readonly<Record<string, string>>) {
  const tree = memoryTree(files);
  const plan = await discoverTargets(tree);
  const text = await proposeConfig(plan, tree);
  const back = await targetsIn(text, tree);
  return { plan, text, back };
}

/** A target as a configuration has it: what is written is no guess. */
const written = ({ assumed: _, ...target }: Target): Target => target;

describe("a proposed configuration", () => {
  it("says the targets in few lines, each environment after the one it promotes from", async () => {
    const { text } = await roundTrip({
      ...overlays(["api", "web"], ["staging", "prod"]),
      ...chart("charts/job", ["prod"]),
    });
    expect(text).toBe(
      [
        "# Proposed by Sluice from what it found. docs/configuration.md explains all keys.",
        "version: 1",
        "environments: # in promotion order",
        "  - name: staging",
        '    path: "apps/{app}/overlays/staging" # 2 apps: api, web',
        "  - name: prod",
        "    from: staging",
        "    targets:",
        '      - path: "apps/{app}/overlays/prod" # 2 apps: api, web',
        '      - path: "charts/{app}" # 1 app: job',
        '        helm: { valueFiles: ["charts/{app}/values-prod.yaml"] }',
        "",
      ].join("\n"),
    );
  });

  it.each([
    ["charts beside library charts", { ...chart("charts/web", []), "charts/lib/Chart.yaml": "type: library\n" }],
    [
      "folders that a pattern would match too",
      { "apps/web/a.yaml": manifest, "apps/notes/b.yaml": "a: 1\n", "apps/x/kustomization.yaml": kustomization() },
    ],
    [
      "plain folders with files to leave out",
      { "web/prod/a.yaml": manifest, "web/prod/values.yaml": "a: 1\n", "web/prod/sub/b.yaml": manifest },
    ],
    [
      "names that YAML reads as something else",
      { ...overlays(["1.0", "true", "a: b", "#x"], ["prod"]), "no/prod/a.yaml": manifest },
    ],
    ["the root", { "kustomization.yaml": kustomization() }],
    [
      "the same app in two folders",
      {
        "a/web/prod/x.yaml": manifest,
        "b/web/prod/x.yaml": manifest,
        "web/overlays/prod/x.yaml": manifest,
        "web/prod/x.yaml": manifest,
      },
    ],
    [
      "two clusters with the same apps",
      { "clusters/eu/web/a.yaml": manifest, "clusters/us/web/a.yaml": manifest, "clusters/us/api/a.yaml": manifest },
    ],
  ])("gives the same targets: %s", async (_, files) => {
    const { plan, back } = await roundTrip(files);
    expect(plan.targets.length).toBeGreaterThan(0);
    expect(back.plan.targets).toEqual(plan.targets.map(written));
    expect(back.problems).toEqual([]);
  });

  it("gives the same targets for any mixture of layouts", async () => {
    const name = fc.constantFrom("web", "api", "infra", "a b", "x.y", "prod", "base");
    const environment = fc.constantFrom("dev", "staging", "prod", "prod-eu");
    const file = fc.constantFrom("kustomization.yaml", "Chart.yaml", "a.yaml", "values.yaml");
    const path = fc.oneof(
      fc.tuple(name, environment, file).map((parts) => parts.join("/")),
      fc.tuple(name, name, environment, file).map((parts) => parts.join("/")),
      fc.tuple(name, environment, file).map(([app, env, last]) => `apps/${app}/overlays/${env}/${last}`),
      fc.tuple(name, environment).map(([app, env]) => `charts/${app}/values-${env}.yaml`),
      name.map((app) => `charts/${app}/Chart.yaml`),
    );
    const contents: Readonly<Record<string, string>> = { "kustomization.yaml": kustomization(), "a.yaml": manifest };
    await fc.assert(
      fc.asyncProperty(fc.array(path, { maxLength: 15 }), async (paths) => {
        const { plan, back } = await roundTrip(
          Object.fromEntries(paths.map((at) => [at, contents[at.split("/").at(-1) ?? ""] ?? "a: 1\n"])),
        );
        expect(new Set(plan.targets.map(({ id }) => id)).size).toBe(plan.targets.length);
        if (plan.targets.length > 0) expect(back.plan.targets).toEqual(plan.targets.map(written));
      }),
      { numRuns: 100 },
    );
  });

  it("names folders that cannot be written in a comment", async () => {
    const { text, back } = await roundTrip({ "{x}/web/prod/x.yaml": manifest, "a*b/prod/x.yaml": manifest });
    expect(text).toContain('# cannot be written: "{x}/web/prod"');
    expect(back.plan.targets.map(({ id }) => id)).toEqual(["a*b/prod"]);
  });

  it("is a valid example when nothing was found", async () => {
    const { back } = await roundTrip({});
    expect(back).toMatchObject({ problems: [{ severity: "warning" }] });
    expect(proposedConfig({ targets: [], environments: [], source: "discovered", problems: [], notes: [] })).toContain(
      "nothing was found",
    );
  });
});
