import { describe, expect, it } from "vitest";
import { appFiles } from "../promote/support/memory-world.ts";
import { entry, imageConfig, imageOf, imageWorld } from "./support/memory-world.ts";

const path = "apps/web/staging/app.yaml";
const staging = (version: string) => appFiles("web", "staging", version);

/** An app with two containers, `web` and `proxy`. */
function twoContainers(version: string): Record<string, string> {
  const containers = ["web", "proxy"].map((name) => `{ name: ${name}, image: "${imageOf(name)}:${version}" }`);
  return {
    [path]: `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: staging }
spec: { template: { spec: { containers: [${containers.join(", ")}] } } }
`,
  };
}

/** Two images of one group. */
const group = ["web", "proxy"].map((name) => entry(", pullRequest: { group: front }", 'semver: "^1.0"', name)).join("");

describe("images of a group", () => {
  it("share one pull request, which advances for each of them", async () => {
    const world = await imageWorld(group, twoContainers("1.0.0"));
    await world.release("web:1.4.0");
    await world.release("proxy:1.4.0");
    expect(world.bumps()).toHaveLength(1);
    const pull = world.bump();
    expect(pull.title).toBe("Update front in staging: web, proxy to 1.4.0");
    expect(pull.head.ref).toBe("sluice/image/group/front");
    expect(pull.body).toContain("**staging gets 2 images of the group front**, all 1.4.0.");
    expect(pull.body).toMatch(/\| web \| `1\.0\.0` \| `1\.4\.0` \|/);
    expect((await world.file(path, pull.head.ref)).match(/:1\.4\.0/g)).toHaveLength(2);
    const check = await world.check(pull);
    expect(`${check?.title}\n${check?.summary}`).toContain("Registry has both images as described");
    expect(check?.summary).toMatch(/web:1\.4\.0`: .+ as described[\s\S]+proxy:1\.4\.0`: .+ as described/);
  });
});

describe("two entries of one image", () => {
  it("have a pull request each, with branches of their own", async () => {
    const prod = entry("", 'semver: "~1.3"').replace("staging", "prod");
    const world = await imageWorld(entry() + prod);
    await world.release("web:1.3.7");
    await world.release("web:1.4.0");
    await world.pass(1);
    const of = (title: string) => world.bumps("open").find((pull) => pull.title === title);
    const [first, second] = [of("Update web in staging: 1.2.0 → 1.4.0"), of("Update web in prod: 1.3.0 → 1.3.7")];
    if (first === undefined || second === undefined) throw new Error("there are not two");
    expect(first.head.ref).not.toBe(second.head.ref);
    expect(world.bumps()).toHaveLength(2);
    await world.land(first);
    expect(world.branches()).toEqual([second.head.ref]);
    expect((await world.again(second)).state).toBe("open");
  });
});

describe("an image pull request is overtaken", () => {
  it("by a person's own change to the same version or a newer one: closed with the reason, and its branch goes", async () => {
    const world = await imageWorld(entry(), staging("1.3.0"));
    await world.release("web:1.4.0");
    const pull = world.bump();
    await world.commit(staging("1.5.0"));
    expect(await world.again(pull)).toMatchObject({ state: "closed", merged: false });
    const said = [...world.comments(pull).values()].find((text) =>
      text.includes("Closed, because nothing is left to do"),
    );
    expect(said).toContain("web/staging has 1.5.0");
    expect(world.branches()).toEqual([]);
    expect(await world.concluded()).toContain("its pull request was closed");
    // It was not a person who declined it: what is taken back may come again.
    await world.commit(staging("1.3.0"));
    await world.release("web:1.2.0");
    expect(world.bump().title).toBe("Update web in staging: 1.3.0 → 1.4.0");
  });

  it("in part: what is left is brought", async () => {
    const world = await imageWorld(entry().replace("[staging]", "[staging, prod]"));
    await world.release("web:1.4.0");
    const pull = world.bump();
    expect(pull.title).toBe("Update web in prod, staging to 1.4.0");
    await world.commit(appFiles("web", "staging", "1.4.0", 2));
    expect((await world.again(pull)).title).toBe("Update web in prod: 1.3.0 → 1.4.0");
    const { repository } = world.github;
    const main = repository.branches.get("main") ?? "";
    const head = repository.branches.get(pull.head.ref) ?? "";
    const base = (await repository.mergeBase(main, head)) ?? "";
    expect((await repository.changedPaths(base, head)).map((one) => one.path)).toEqual(["apps/web/prod/app.yaml"]);
  });

  it("by the configuration, which no longer asks for it", async () => {
    const world = await imageWorld(entry(), staging("1.3.0"));
    await world.release("web:1.4.0");
    const pull = world.bump();
    await world.commit({ ".sluice.yaml": imageConfig("").replace("images:\n", "") });
    expect((await world.again(pull)).state).toBe("closed");
    expect([...world.comments(pull).values()].join()).toContain("The configuration no longer asks for these images");
    expect(world.branches()).toEqual([]);
  });
});
