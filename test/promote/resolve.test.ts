import { describe, expect, it } from "vitest";
import { UserError } from "../../src/model/errors.ts";
import { pairOf, resolvePairs, resolvePromotion } from "../../src/promote/resolve.ts";
import { memoryRepository } from "../support/memory-repository.ts";
import { planReads } from "../support/plan-reads.ts";

const configuration = `version: 1
environments:
  - { name: dev, path: "{app}/dev" }
  - { name: staging, path: "{app}/staging", from: dev }
  - { name: prod, path: "{app}/prod", from: staging, promote: { strategy: images } }
  - { name: lonely, path: "{app}/lonely" }
apps:
  web: { environments: { prod: { promote: { strategy: directory } } } }
`;

const manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n";

function files(...paths: readonly string[]): Record<string, string> {
  return Object.fromEntries(paths.map((path) => [`${path}/a.yaml`, manifest]));
}

async function resolve(tree: Record<string, string>, to: string, apps: readonly string[] = []) {
  const repository = memoryRepository();
  return resolvePromotion({ repository, base: repository.commit(tree), to, apps, reads: planReads() });
}

async function refusal(...parts: Parameters<typeof resolve>) {
  const error = await resolve(...parts).catch((thrown: unknown) => thrown);
  if (!(error instanceof UserError)) throw error;
  const { kind, message, fix, place } = error;
  return { kind, message, fix, place };
}

const all = files("web/staging", "web/prod", "api/staging", "api/prod", "new/staging", "old/prod", "web/lonely");
const tree = { ".sluice.yaml": configuration, ...all };

describe("what a promotion is about", () => {
  it("is every app that both environments have, in the order of the targets, when none is named", async () => {
    const { from, pairs, plan } = await resolve(tree, "prod");
    expect(from).toBe("staging");
    expect(pairs.map(({ app, source, target }) => [app, source.id, target.id])).toEqual([
      ["api", "api/staging", "api/prod"],
      ["web", "web/staging", "web/prod"],
    ]);
    expect(plan.targets).toHaveLength(7);
  });

  it("is the apps that are named, once each, with their own settings", async () => {
    const { pairs } = await resolve(tree, "prod", ["web", "api", "web"]);
    expect(pairs.map(({ app, settings }) => [app, settings.strategy])).toEqual([
      ["api", "images"],
      ["web", "directory"],
    ]);
  });

  it("says what may have been meant by an environment or an app that does not exist", async () => {
    expect(await refusal(tree, "porduction")).toMatchObject({
      kind: "not-found",
      message: 'there is no environment "porduction"',
      fix: expect.stringContaining("The environments are `dev`, `staging`, `prod`, `lonely`."),
    });
    expect(await refusal(tree, "prodd")).toMatchObject({ fix: expect.stringContaining("Did you mean `prod`?") });
    expect(await refusal(tree, "prod", ["wed"])).toMatchObject({
      kind: "not-found",
      message: 'there is no app "wed"',
      fix: expect.stringContaining("Did you mean `web`?"),
    });
  });

  it("says where an app is that is not in one of the two environments", async () => {
    expect(await refusal(tree, "prod", ["new"])).toMatchObject({
      kind: "not-found",
      message: 'the app "new" is in staging only',
      fix: "Add `new/prod` once by hand",
    });
    expect(await refusal(tree, "prod", ["old"])).toMatchObject({
      message: 'the app "old" is in prod only',
    });
  });

  it("leaves out an app that lacks a target, with the reason, where it is about others too", async () => {
    const { config, plan } = await resolve(tree, "prod");
    const { pairs, left } = resolvePairs({ config, targets: plan }, "prod", ["web", "new", "wed"]);
    expect(pairs.map(({ app }) => app)).toEqual(["web"]);
    expect(left).toEqual([
      { app: "new", why: "it is in staging only", fix: "Add `new/prod` once by hand" },
      { app: "wed", why: 'there is no app "wed"', fix: expect.stringContaining("Did you mean `web`?") },
    ]);
    expect(() => resolvePairs({ config, targets: plan }, "prod", ["new"])).toThrow('the app "new" is in staging only');
    expect(await refusal(tree, "prod", ["web", "new"])).toMatchObject({ message: 'the app "new" is in staging only' });
  });

  it("is said to be added where the patterns of the environment say, if they do", async () => {
    const entries = (prod: string) =>
      `version: 1\nenvironments:\n  - { name: staging, path: "{app}/staging" }\n  - { name: prod, from: staging, ${prod} }\n`;
    const fix = async (prod: string) =>
      (await refusal({ ".sluice.yaml": entries(prod), ...files("web/staging") }, "prod", ["web"])).fix;
    expect(await fix('path: "{app}/prod"')).toBe("Add `web/prod` once by hand");
    expect(await fix('targets: [{ path: "apps/{app}" }]')).toBe("Add `apps/web` once by hand");
  });

  it("is one app's source and target in the environments that are named, with its settings", async () => {
    const { config, plan: targets } = await resolve(tree, "prod");
    const of = (app: string, environment: string, from: string) => {
      const pair = pairOf({ config, targets }, app, environment, from);
      return pair && [pair.app, pair.source.id, pair.target.id, pair.settings.strategy];
    };
    expect(of("web", "prod", "staging")).toEqual(["web", "web/staging", "web/prod", "directory"]);
    expect(of("web", "staging", "prod")).toEqual(["web", "web/prod", "web/staging", "images"]);
    expect([of("new", "prod", "staging"), of("old", "prod", "staging"), of("none", "prod", "staging")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("is nothing where an environment promotes from nowhere, or shares no app with its source", async () => {
    expect(await refusal(tree, "lonely")).toMatchObject({
      kind: "config",
      message: '"lonely" promotes from no environment',
      fix: expect.stringContaining("from: prod"),
    });
    expect(await refusal(tree, "staging")).toMatchObject({
      kind: "not-found",
      message: 'no app is in both "dev" and "staging"',
    });
  });

  it("is nothing without a configuration, or with a broken one", async () => {
    expect(await refusal(all, "prod")).toMatchObject({
      kind: "config",
      message: "this repository has no .sluice.yaml, so only previews work",
    });
    const broken = await refusal({ ...tree, ".sluice.yaml": "version: 1\nenvironments: [{ nam: prod }]\n" }, "prod");
    expect(broken).toMatchObject({ kind: "config", place: { file: ".sluice.yaml", line: 2 } });
    expect(broken.message).toContain(".sluice.yaml is broken");
  });
});

describe("what may have been meant", () => {
  const named = (count: number) => Array.from({ length: count }, (_, index) => `e${index + 10}`);
  const environments = (count: number) => named(count).map((name) => `  - { name: ${name}, path: "{app}/${name}" }\n`);
  const list = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");

  it.each([
    [20, ""],
    [21, " and 1 more"],
    [23, " and 3 more"],
  ])("is a list of twenty environments of %i", async (count, more) => {
    const config = `version: 1\nenvironments:\n${environments(count).join("")}`;
    const { fix } = await refusal({ ".sluice.yaml": config }, "nothing-like-it");
    expect(fix).toBe(`The environments are ${list(named(20))}${more}.`);
  });

  it("is the nearest name, and all of them", async () => {
    expect((await refusal(tree, "prodd")).fix).toBe(
      "Did you mean `prod`? The environments are `dev`, `staging`, `prod`, `lonely`.",
    );
    expect((await refusal(tree, "prod", ["wed"])).fix).toBe(
      'Did you mean `web`? The apps of "prod" are `api`, `old`, `web`.',
    );
    expect((await refusal({ ".sluice.yaml": configuration, ...files("web/staging") }, "prod", ["wed"])).fix).toBe(
      'There are no apps of "prod".',
    );
  });

  it("is where the app is, each place once", async () => {
    expect(await refusal(tree, "prod", ["new"])).toMatchObject({
      message: expect.stringContaining("is in staging only"),
    });
    const more = { ...tree, ...files("new/dev") };
    expect(await refusal(more, "prod", ["new"])).toMatchObject({
      message: expect.stringContaining("is in dev and staging only"),
    });
  });

  it("is another environment, or the one before, where it promotes from nowhere", async () => {
    expect(await refusal(tree, "dev")).toEqual({
      kind: "config",
      message: '"dev" promotes from no environment',
      fix: "Promote to another one, or give it `from`.",
      place: { file: ".sluice.yaml" },
    });
    expect(await refusal(tree, "lonely")).toEqual({
      kind: "config",
      message: '"lonely" promotes from no environment',
      fix: "Add `from: prod` to it, if its versions come from there.",
      place: { file: ".sluice.yaml" },
    });
    expect((await refusal(tree, "staging")).fix).toBe("sluice targets lists the apps of each environment.");
  });
});
