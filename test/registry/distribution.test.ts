import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRegistry, type RegistryCall, type RegistryClient } from "../../src/registry/index.ts";
import { type Distribution, distributions, startDistribution } from "../support/distribution.ts";
import { silent } from "./support/log.ts";

const signal = (): AbortSignal => AbortSignal.timeout(600_000);

describe.each(
  distributions().flatMap(({ version, binary }) =>
    (["basic", "token"] as const).map((auth) => ({ version, binary, auth })),
  ),
)("a Distribution $version registry with $auth authentication", ({ binary, auth }) => {
  let distribution: Distribution;
  let registry: RegistryClient;
  let calls: RegistryCall[];
  let image: string;

  beforeAll(async () => {
    distribution = await startDistribution({ auth, binary });
    calls = [];
    registry = createRegistry({
      settings: [distribution.settings],
      clock: Date.now,
      random: Math.random,
      deadlineMs: 600_000,
      log: silent,
      observe: (call) => calls.push(call),
    });
    image = `${distribution.host}/team/app`;
  });

  afterAll(async () => {
    await registry?.close();
    await distribution?.close();
  });

  it("lists the tags of a repository", async () => {
    await distribution.push("team/list", "1.0.0");
    await distribution.push("team/list", "1.1.0");
    const tags = await registry.tags(`${distribution.host}/team/list`, signal());
    // 2.8 gives them in no order.
    expect(tags.toSorted()).toEqual(["1.0.0", "1.1.0"]);
  });

  it.runIf(auth === "basic")(
    "lists more than a thousand tags, over as many pages as the registry makes of them",
    async () => {
      const digest = await distribution.push("team/many", "0");
      const tags = Array.from({ length: 1_200 }, (_, number) => `${number}`);
      await distribution.writeTags("team/many", digest, tags);
      expect(new Set(await registry.tags(`${distribution.host}/team/many`, signal()))).toEqual(new Set(tags));
    },
  );

  it("has no tags for a repository that does not exist", async () => {
    expect(await registry.tags(`${distribution.host}/team/nothing`, signal())).toEqual([]);
  });

  it("gives the digest of a tag, and follows it when it moves", async () => {
    const first = await distribution.push("team/app", "latest");
    expect(await registry.digest(image, "latest", signal())).toBe(first);
    const second = await distribution.push("team/app", "latest");
    expect(second).not.toBe(first);
    expect(await registry.digest(image, "latest", signal())).toBe(second);
  });

  it("gives no digest and no facts of a tag that does not exist or was deleted", async () => {
    await distribution.push("team/app", "gone");
    await distribution.delete("team/app", "gone");
    expect(await registry.digest(image, "gone", signal())).toBeUndefined();
    expect(await registry.facts(image, "never", signal())).toBeUndefined();
  });

  it("reads platform, labels, annotations and the time of the build of an image", async () => {
    const digest = await distribution.push("team/app", "2.0.0", {
      platforms: ["linux/arm/v7"],
      created: "2026-05-01T10:00:00+02:00",
      labels: { "org.opencontainers.image.revision": "abc", source: "config" },
      annotations: { source: "manifest" },
    });
    expect(await registry.facts(image, "2.0.0", signal())).toEqual({
      digest,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      platforms: ["linux/arm/v7"],
      created: "2026-05-01T08:00:00.000Z",
      labels: { "org.opencontainers.image.revision": "abc", source: "manifest" },
    });
  });

  it.each([false, true])(
    "reads an index of images and leaves attestations out (Docker's media types: %s)",
    async (docker) => {
      const digest = await distribution.push("team/app", "3.0.0", {
        platforms: ["linux/amd64", "linux/arm64/v8"],
        created: "2026-05-01T08:00:00Z",
        labels: { a: "label" },
        annotations: docker ? {} : { b: "annotation" },
        attestations: !docker,
        docker,
      });
      const facts = await registry.facts(image, "3.0.0", signal());
      expect(facts).toMatchObject({
        digest,
        platforms: ["linux/amd64", "linux/arm64/v8"],
        created: "2026-05-01T08:00:00.000Z",
      });
      expect(facts?.labels).toEqual(docker ? { a: "label" } : { a: "label", b: "annotation" });
    },
  );

  it("asks about what a digest names only once", async () => {
    const digest = await distribution.push("team/app", "4.0.0", { platforms: ["linux/amd64", "linux/arm64"] });
    const facts = await registry.facts(image, digest, signal());
    calls.length = 0;
    expect(await registry.facts(image, digest, signal())).toEqual(facts);
    expect(await registry.facts(image, "4.0.0", signal())).toEqual(facts);
    expect(calls.map(({ method, kind }) => `${method} ${kind}`)).toEqual(["HEAD manifests"]);
  });

  it("refuses credentials that are wrong, and says nothing of them", async () => {
    const settings = [{ ...distribution.settings, username: "robot", password: "not-the-password" }];
    const stranger = createRegistry({ settings, clock: Date.now, random: Math.random, log: silent });
    const refused = await stranger.tags(image, signal()).catch((error: unknown) => error);
    await stranger.close();
    expect(refused).toMatchObject({ name: "UserError", kind: "permission" });
    expect(JSON.stringify(refused) + String(refused)).not.toContain("not-the-password");
  });

  it("is unavailable while it is down, and is read again afterwards", async () => {
    const digest = await distribution.push("team/app", "5.0.0");
    await distribution.stop();
    await expect(registry.digest(image, "5.0.0", signal())).rejects.toMatchObject({
      name: "Fault",
      kind: "unavailable",
    });
    await distribution.restart();
    expect(await registry.digest(image, "5.0.0", signal())).toBe(digest);
  });

  it.runIf(auth === "token")("asks for one token per repository, however many requests need it", async () => {
    for (const tag of ["1", "2", "3"]) await distribution.push("team/tokens", tag);
    const before = distribution.tokens?.requests.length ?? 0;
    const name = `${distribution.host}/team/tokens`;
    await Promise.all(["1", "2", "3"].map((tag) => registry.facts(name, tag, signal())));
    const asked = distribution.tokens?.requests.slice(before);
    expect(asked).toEqual([expect.stringMatching(/scope=repository%3Ateam%2Ftokens%3Apull with credentials$/)]);
  });
});
