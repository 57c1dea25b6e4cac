import { describe, expect, it } from "vitest";
import { digestOf, oneImage, type Reply } from "./support/fake-registry.ts";
import { client, server, soon } from "./support/setting.ts";

const indexType = "application/vnd.oci.image.index.v1+json";

describe("what a registry says of an image", () => {
  it("gives the digest of what came when the registry names none", async () => {
    const image = oneImage("1");
    const fake = await server((asked) => ({ ...image.reply(asked), headers: {} }));
    expect(await client([fake.settings]).digest(`${fake.host}/app`, "1", soon())).toBe(image.digest);
    expect(fake.asked.map(({ method }) => method)).toEqual(["HEAD", "GET"]);
    expect(fake.asked[0]?.headers.accept?.split(", ")).toHaveLength(4);
  });

  it("does not believe content that is not what its digest says", async () => {
    const image = oneImage("1");
    const fake = await server((asked) => {
      const reply = image.reply(asked);
      return asked.method === "GET" ? { ...reply, body: `${reply.body} ` } : reply;
    });
    await expect(client([fake.settings]).facts(`${fake.host}/app`, "1", soon())).rejects.toMatchObject({
      name: "Fault",
      kind: "unavailable",
    });
  });

  it("does not believe a configuration that is not what its digest says", async () => {
    const image = oneImage("1");
    const fake = await server((asked) => (asked.url.includes("/blobs/") ? { body: "{}" } : image.reply(asked)));
    await expect(client([fake.settings]).facts(`${fake.host}/app`, "1", soon())).rejects.toMatchObject({
      name: "Fault",
    });
  });

  it.each([
    [
      "a chart",
      { config: { mediaType: "application/vnd.cncf.helm.config.v1+json", digest: digestOf("x"), size: 1 } },
      /artifact/,
    ],
    [
      "an artifact with a type",
      {
        artifactType: "application/vnd.example",
        config: { mediaType: "application/vnd.oci.empty.v1+json", digest: digestOf("{}"), size: 2 },
      },
      /artifact \(application\/vnd\.example\)/,
    ],
    ["an image and an index at once", { manifests: [] }, /at once/],
    ["Docker's schema 1", { schemaVersion: 1, mediaType: undefined, config: undefined }, /schema 1/],
  ])("says of %s that it is no image", async (_name, changes, message) => {
    const image = oneImage("1", changes);
    const fake = await server(image.reply);
    await expect(client([fake.settings]).facts(`${fake.host}/app`, "1", soon())).rejects.toMatchObject({
      name: "UserError",
      kind: "input",
      message: expect.stringMatching(message),
    });
  });

  it("takes the epoch that reproducible builds write for no time, and the annotation instead", async () => {
    const config = JSON.stringify({ os: "linux", architecture: "amd64", created: "1970-01-01T00:00:00Z" });
    const described = {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: digestOf(config),
      size: config.length,
    };
    const reading = async (annotations: object): Promise<string | undefined> => {
      const image = oneImage("1", { config: described, annotations });
      const fake = await server((asked) => (asked.url.includes("/blobs/") ? { body: config } : image.reply(asked)));
      return (await client([fake.settings]).facts(`${fake.host}/app`, "1", soon()))?.created;
    };
    expect(await reading({})).toBeUndefined();
    expect(await reading({ "org.opencontainers.image.created": "2026-02-03T04:05:06+01:00" })).toBe(
      "2026-02-03T03:05:06.000Z",
    );
  });

  it("reads the platform of an index's image from its configuration when the index says none", async () => {
    const image = oneImage("none");
    const fake = await server(index([{ mediaType: "x", digest: image.digest, size: 1 }], image.reply));
    const facts = await client([fake.settings]).facts(`${fake.host}/app`, "1", soon());
    expect(facts).toMatchObject({
      mediaType: indexType,
      platforms: ["linux/amd64"],
      created: "2026-01-01T00:00:00.000Z",
    });
  });

  it("says of an index with attestations only that it has no images", async () => {
    const attestation = {
      digest: digestOf("x"),
      platform: { os: "unknown", architecture: "unknown" },
      annotations: { "vnd.docker.reference.type": "attestation-manifest" },
    };
    const fake = await server(index([attestation], () => ({ status: 404 })));
    await expect(client([fake.settings]).facts(`${fake.host}/app`, "1", soon())).rejects.toMatchObject({
      kind: "input",
    });
  });

  it("is read once for all who ask at the same time, whoever of them gives up", async () => {
    const image = oneImage("1");
    const gate = Promise.withResolvers<void>();
    const fake = await server(async (asked) => {
      if (asked.method === "GET") await gate.promise;
      return image.reply(asked);
    });
    const registry = client([fake.settings]);
    const impatient = new AbortController();
    const first = registry.facts(`${fake.host}/app`, image.digest, impatient.signal);
    const gaveUp = expect(first).rejects.toThrow("enough");
    const others = [1, 2, 3].map(() => registry.facts(`${fake.host}/app`, image.digest, soon()));
    impatient.abort(new Error("enough"));
    await gaveUp;
    gate.resolve();
    expect(await Promise.all(others)).toHaveLength(3);
    expect(fake.asked).toHaveLength(2);
  });

  it("keeps no facts of an image that belongs to another repository", async () => {
    const image = oneImage("1");
    const fake = await server((asked) => (asked.url.startsWith("/v2/ours/") ? image.reply(asked) : { status: 404 }));
    const registry = client([fake.settings]);
    expect(await registry.facts(`${fake.host}/ours`, image.digest, soon())).toMatchObject({ digest: image.digest });
    expect(await registry.facts(`${fake.host}/theirs`, image.digest, soon())).toBeUndefined();
  });

  it.each([
    ["../../etc/passwd", "1"],
    ["host.example/a b", "1"],
    ["user@host.example/app", "1"],
    ["host.example:port/app", "1"],
    ["host.example/app", "a/b"],
    ["host.example/app", "1?x=y"],
    ["host.example/app", "sha256:abc"],
    ["host.example/app", ""],
  ])("asks nobody about a name that no image can have: %s, %s", async (image, reference) => {
    await expect(client([]).facts(image, reference, soon())).rejects.toMatchObject({
      name: "UserError",
      kind: "input",
    });
  });
});

function index(
  manifests: readonly object[],
  otherwise: (asked: { readonly url: string } & Parameters<ReturnType<typeof oneImage>["reply"]>[0]) => Reply,
) {
  const body = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests });
  const digest = digestOf(body);
  return (asked: Parameters<ReturnType<typeof oneImage>["reply"]>[0]): Reply => {
    if (!asked.url.endsWith("/manifests/1") && !asked.url.endsWith(`/manifests/${digest}`)) return otherwise(asked);
    return { body, headers: { "content-type": indexType, "docker-content-digest": digest } };
  };
}
