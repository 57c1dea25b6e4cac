import { describe, expect, it } from "vitest";
import { verifyImages } from "../../src/images/verify.ts";
import { Fault, UserError } from "../../src/model/errors.ts";
import type { Registry } from "../../src/model/registry.ts";

const image = "ghcr.io/acme/web";
const one = "sha256:1";

/** A registry that answers this of every tag and digest. */
function registry(tag: () => string | undefined, platforms: readonly string[] | undefined = []): Registry {
  return {
    tags: async () => [],
    digest: async () => tag(),
    facts: async (_image, digest) => platforms && { digest, mediaType: "", platforms, created: undefined, labels: {} },
  };
}

function verify(of: Registry, platforms: readonly string[] = []) {
  const images = [{ image, tag: "1.4.0", digest: one, platforms: [...platforms] }];
  return verifyImages({ images }, of, new AbortController().signal);
}

async function text(of: Registry, platforms: readonly string[] = []): Promise<string> {
  const { ok, lines } = await verify(of, platforms);
  return `${ok ? "ok" : "not ok"}: ${lines.map((line) => line.text).join()}`;
}

describe("what a pull request brings is held against the registry", () => {
  it("and is right while the tag names the same digest, with the platforms that were asked for", async () => {
    expect(await text(registry(() => one))).toBe("ok: the registry has it as described");
    const both = registry(() => one, ["linux/amd64", "linux/arm64/v8"]);
    expect(await text(both, ["linux/amd64", "linux/arm64/v8"])).toBe("ok: the registry has it as described");
  });

  it("and is wrong when the tag was moved or deleted, or its image is gone", async () => {
    expect(await text(registry(() => "sha256:2"))).toBe("not ok: is another image now: sha256:2");
    expect(await text(registry(() => undefined))).toBe("not ok: is no longer in the registry");
    const gone: Registry = { ...registry(() => one), facts: async () => undefined };
    expect(await text(gone)).toBe("not ok: is not in the registry: its digest is gone");
  });

  it("and a tag that was moved is told at once, whatever else the registry does not answer", async () => {
    const facts = () => Promise.reject(new Fault("throttled", "ghcr.io asks to wait"));
    expect(await text({ ...registry(() => "sha256:2"), facts })).toBe("not ok: is another image now: sha256:2");
    const stop = AbortSignal.abort(new Error("stopped"));
    const images = [{ image, tag: "1.4.0", digest: one, platforms: [] }];
    await expect(verifyImages({ images }, { ...registry(() => "sha256:2"), facts }, stop)).rejects.toThrow("stopped");
  });

  it("and is wrong when a platform is missing", async () => {
    const half = registry(() => one, ["linux/amd64"]);
    expect(await text(half, ["linux/amd64", "linux/arm64"])).toBe("not ok: lacks linux/arm64");
  });

  it("and is wrong, with the reason, when the registry refuses to say", async () => {
    const refusing = registry(() => {
      throw new UserError("permission", "ghcr.io wants credentials");
    });
    expect(await text(refusing)).toBe("not ok: cannot be checked: ghcr.io wants credentials");
  });

  it("and nothing is text of it while the registry is away", async () => {
    const away = registry(() => {
      throw new Fault("unavailable", "ghcr.io does not answer");
    });
    await expect(verify(away)).rejects.toThrow("ghcr.io does not answer");
  });

  it("image by image: one that is wrong makes all wrong", async () => {
    const images = ["a", "b"].map((name) => ({ image: name, tag: "1", digest: name, platforms: [] }));
    const of: Registry = { ...registry(() => undefined), digest: async (name) => (name === "a" ? "a" : "c") };
    const { ok, lines } = await verifyImages({ images }, of, new AbortController().signal);
    expect(ok).toBe(false);
    expect(lines.map((line) => [line.image, line.ok])).toEqual([
      ["a", true],
      ["b", false],
    ]);
  });
});
