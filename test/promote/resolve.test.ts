import { afterAll, describe, expect, it } from "vitest";
import { openRepository } from "../../src/git/repository.ts";
import { UserError } from "../../src/model/errors.ts";
import { resolvePromotion } from "../../src/promote/resolve.ts";
import { tempGit } from "../support/temp-git.ts";

const closers: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closers.map((close) => close())));

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
  const temp = tempGit();
  const base = temp.commit(tree);
  const repository = openRepository(temp.dir);
  closers.push(async () => {
    await repository.close();
    temp.remove();
  });
  return resolvePromotion({ repository, base, to, apps });
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
      message: 'the app "new" has no target in "prod"',
      fix: expect.stringContaining('"staging"'),
    });
    expect(await refusal(tree, "prod", ["old"])).toMatchObject({
      message: 'the app "old" has no target in "staging"',
    });
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
      message: "there is no .sluice.yaml, and without it only previews work",
    });
    const broken = await refusal({ ...tree, ".sluice.yaml": "version: 1\nenvironments: [{ nam: prod }]\n" }, "prod");
    expect(broken).toMatchObject({ kind: "config", place: { file: ".sluice.yaml", line: 2 } });
    expect(broken.message).toContain(".sluice.yaml is broken");
  });
});
