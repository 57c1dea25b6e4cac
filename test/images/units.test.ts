import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config/index.ts";
import { type ImageUnit, imagesOf, isImageBranch, targetsOf, unitsOf } from "../../src/images/units.ts";
import type { Target } from "../../src/model/target.ts";

/** The units of these entries, which are lines of YAML in braces. */
function units(...entries: readonly string[]): readonly ImageUnit[] {
  const lines = entries.map((entry) => `  - { policy: { semver: "*" }, ${entry} }\n`).join("");
  const environments = ["staging", "prod"]
    .map((name) => `  - { name: ${name}, path: "apps/{app}/${name}" }\n`)
    .join("");
  const parsed = parseConfig(`version: 1\nenvironments:\n${environments}images:\n${lines}`, "f");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return unitsOf(parsed.config);
}

/** A target of which nothing but the names counts. */
function target(app: string, environment: string): Target {
  return { id: `${app}/${environment}`, app, environment, render: { kind: "kustomize", path: ".", options: {} } };
}

const ofWeb = "image: ghcr.io/acme/web";

describe("what shares a pull request", () => {
  it("is one entry, named as its image", () => {
    const [unit] = units(`${ofWeb}, environments: [staging]`);
    expect(unit?.name).toBe("ghcr.io/acme/web");
    expect(unit?.branch).toMatch(/^sluice\/image\/web-[0-9a-f]{8}$/);
  });

  it("is named with its environments and apps where an image has several entries", () => {
    const names = units(
      `${ofWeb}, environments: [staging], apps: [a, b]`,
      `${ofWeb}, environments: [staging], apps: [c]`,
      `${ofWeb}, environments: [prod]`,
    ).map(({ name }) => name);
    expect(names).toEqual([
      "ghcr.io/acme/web in staging for a, b",
      "ghcr.io/acme/web in staging for c",
      "ghcr.io/acme/web in prod",
    ]);
  });

  it("is one entry of two that speak of different tags of the same targets", () => {
    const entry = (policy: string) => `  - { image: ghcr.io/acme/web, environments: [staging], policy: ${policy} }\n`;
    const environments = 'environments:\n  - { name: staging, path: "apps/{app}" }\n';
    const text = `version: 1\n${environments}images:\n${entry('{ semver: "^1" }')}${entry('{ regex: "-migrate$" }')}`;
    const parsed = parseConfig(text, "f");
    const found = parsed.ok ? unitsOf(parsed.config) : [];
    expect(found.map(({ name }) => name)).toEqual([
      "ghcr.io/acme/web in staging (other tags)",
      "ghcr.io/acme/web in staging (-migrate$)",
    ]);
    expect(new Set(found.map(({ branch }) => branch)).size).toBe(2);
  });

  it("is all of a group, in the order of the configuration", () => {
    const group = "environments: [staging], pullRequest: { group: front }";
    const [first, other, ...more] = units(
      `${ofWeb}, ${group}`,
      "image: nginx, environments: [staging]",
      `image: ghcr.io/acme/api, ${group}`,
    );
    expect(more).toEqual([]);
    expect(first).toMatchObject({ name: "group front", branch: "sluice/image/group/front" });
    expect(imagesOf(first ?? { entries: [] })).toEqual(["ghcr.io/acme/web", "ghcr.io/acme/api"]);
    expect(imagesOf(other ?? { entries: [] })).toEqual(["docker.io/library/nginx"]);
  });

  it("has a branch of its own, whatever images are called", () => {
    const branches = units(
      ...[
        "ghcr.io/acme/web",
        "ghcr.io/other/web",
        "quay.io/acme/web",
        "group",
        "acme/group/web",
        "localhost:5000/web",
      ].map((image) => `image: "${image}", environments: [staging]`),
      "image: ghcr.io/acme/a, environments: [staging], pullRequest: { group: web }",
    ).map(({ branch }) => branch);
    expect(new Set(branches).size).toBe(7);
    expect(branches.every((branch) => isImageBranch(branch) && /^[a-z0-9/-]+$/.test(branch))).toBe(true);
    // None is a folder of another: Git keeps branches as files.
    for (const one of branches) expect(branches.some((other) => other.startsWith(`${one}/`))).toBe(false);
  });

  it("keeps its branch when other entries come and go, and when its policy changes", () => {
    const [alone] = units(`${ofWeb}, environments: [staging]`);
    const [, among] = units("image: nginx, environments: [prod]", `${ofWeb}, environments: [staging, prod], poll: 5m`);
    expect(among?.branch).toBe(alone?.branch);
  });
});

describe("the targets of an entry", () => {
  it("are those of its environments, and of its apps where it names some", () => {
    const all = [target("a", "staging"), target("b", "staging"), target("a", "prod")];
    const ids = (entry: string): readonly string[] => {
      const [unit] = units(`${ofWeb}, ${entry}`);
      return (unit?.entries ?? []).flatMap((one) => targetsOf(one, all)).map(({ id }) => id);
    };
    expect(ids("environments: [staging]")).toEqual(["a/staging", "b/staging"]);
    expect(ids("environments: [staging, prod], apps: [a]")).toEqual(["a/staging", "a/prod"]);
    expect(ids("environments: [prod], apps: [b]")).toEqual([]);
  });
});
