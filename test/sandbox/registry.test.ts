import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type PushTarget, pushImage } from "../../sandbox/registry/push.ts";
import { credentials } from "../support/distribution.ts";
import { type Receiver, type RunningRegistry, registryKinds, startReceiver } from "./support/registries.ts";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";
const BASIC = `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64")}`;
const NOBODY = `sha256:${"0".repeat(63)}1`;
const CREATED = new Date("2026-03-01T12:00:00Z");
const LABELS = { "org.opencontainers.image.source": "https://github.com/acme/api" };

const envelope = z.strictObject({
  events: z
    .array(
      z.strictObject({
        id: z.uuid(),
        timestamp: z.iso.datetime(),
        action: z.enum(["push", "pull"]),
        target: z.strictObject({
          mediaType: z.string(),
          size: z.number(),
          digest: z.string(),
          length: z.number(),
          repository: z.string(),
          url: z.url(),
          tag: z.string().optional(),
        }),
        request: z.strictObject({
          id: z.uuid(),
          addr: z.string().regex(/^127\.0\.0\.1:\d+$/),
          host: z.string(),
          method: z.string(),
          useragent: z.string(),
        }),
        actor: z.strictObject({ name: z.literal(credentials.username) }),
        source: z.strictObject({ addr: z.string().regex(/:\d+$/), instanceID: z.uuid() }),
      }),
    )
    .length(1),
});

/** The same exchanges with both, so that the local one is as good as its answers to what a real one is asked. */
for (const kind of registryKinds)
  describe(kind.name, () => {
    let registry: RunningRegistry;
    let receiver: Receiver;
    let target: PushTarget;
    beforeAll(async () => {
      receiver = await startReceiver();
      registry = await kind.start({ url: receiver.url, headers: { authorization: "Bearer of-the-hook" } });
      target = { url: registry.url, authorization: BASIC };
    });
    afterAll(async () => {
      await registry.close();
      await receiver.close();
    });

    const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
      fetch(registry.url + path, { ...init, headers: { authorization: BASIC, ...init.headers } });
    const push = (repository: string, tag: string, more = {}) =>
      pushImage(target, { repository, tag, created: CREATED, labels: LABELS, ...more });
    const events = () =>
      receiver.received
        .filter((one) => one.status === 202)
        .flatMap((one) => envelope.parse(JSON.parse(one.body)).events);
    const pushesOf = (repository: string) =>
      events().filter((one) => one.action === "push" && one.target.repository === repository);
    const refusal = async (answer: Response) => {
      const body = z.object({ errors: z.array(z.object({ code: z.string(), message: z.string() })) });
      return [answer.status, body.parse(await answer.json()).errors[0]?.code];
    };

    it("wants to know who asks", async () => {
      for (const authorization of ["", "Bearer x", `Basic ${Buffer.from("robot:wrong").toString("base64")}`]) {
        const answer = await fetch(`${registry.url}/v2/`, { headers: authorization === "" ? {} : { authorization } });
        expect(answer.headers.get("www-authenticate")).toMatch(/^Basic realm="[^"]+"$/);
        expect(await refusal(answer)).toEqual([401, "UNAUTHORIZED"]);
      }
      const known = await ask("/v2/");
      expect([known.status, await known.text()]).toEqual([200, "{}"]);
      expect(known.headers.get("docker-distribution-api-version")).toBe("registry/2.0");
      await expect(pushImage({ url: registry.url }, { repository: "a", tag: "1", created: CREATED })).rejects.toThrow(
        "401",
      );
    });

    it("gives back what was pushed, by tag and by digest", async () => {
      const { digest } = await push("shop/api", "1.0.0");
      for (const reference of ["1.0.0", digest]) {
        const path = `/v2/shop/api/manifests/${reference}`;
        const head = await ask(path, { method: "HEAD", headers: { accept: `${INDEX}, ${MANIFEST};q=0.9` } });
        const facts = ["content-type", "docker-content-digest", "etag"].map((name) => head.headers.get(name));
        expect([head.status, ...facts]).toEqual([200, MANIFEST, digest, `"${digest}"`]);
        const manifest = await ask(path, { headers: { accept: MANIFEST } });
        const bytes = Buffer.from(await manifest.arrayBuffer());
        expect(`sha256:${createHash("sha256").update(bytes).digest("hex")}`).toBe(digest);
        expect(head.headers.get("content-length")).toBe(String(bytes.length));
        const { config } = z.object({ config: z.object({ digest: z.string() }) }).parse(JSON.parse(String(bytes)));
        const read = await ask(`/v2/shop/api/blobs/${config.digest}`);
        expect(read.headers.get("docker-content-digest")).toBe(config.digest);
        expect(await read.json()).toMatchObject({
          os: "linux",
          architecture: "amd64",
          created: CREATED.toISOString(),
          config: { Labels: LABELS },
        });
      }
    });

    it("gives the same image the same digest", async () => {
      const { digest } = await push("shop/same", "1.0.0");
      expect(await push("shop/same", "1.0.0")).toMatchObject({ digest });
      const { digest: others } = await push("shop/same", "1.0.1");
      expect(others).not.toBe(digest);
    });

    it("keeps an image of several platforms as an index", async () => {
      const { digest } = await push("shop/multi", "2", { platforms: ["linux/amd64", "linux/arm/v7"] });
      const index = await ask("/v2/shop/multi/manifests/2", { headers: { accept: INDEX } });
      expect([index.headers.get("content-type"), index.headers.get("docker-content-digest")]).toEqual([INDEX, digest]);
      const { manifests } = z
        .object({ manifests: z.array(z.object({ digest: z.string(), platform: z.unknown() })) })
        .parse(await index.json());
      expect(manifests.map((one) => one.platform)).toEqual([
        { os: "linux", architecture: "amd64" },
        { os: "linux", architecture: "arm", variant: "v7" },
      ]);
      for (const child of manifests) {
        const head = await ask(`/v2/shop/multi/manifests/${child.digest}`, { headers: { accept: MANIFEST } });
        expect(head.status).toBe(200);
      }
    });

    it("moves a tag that is pushed again", async () => {
      const first = await push("shop/moving", "latest");
      const second = await push("shop/moving", "latest", { created: new Date("2026-03-02T12:00:00Z") });
      expect(second.digest).not.toBe(first.digest);
      const head = await ask("/v2/shop/moving/manifests/latest", { method: "HEAD", headers: { accept: MANIFEST } });
      expect(head.headers.get("docker-content-digest")).toBe(second.digest);
      const old = await ask(`/v2/shop/moving/manifests/${first.digest}`, { headers: { accept: MANIFEST } });
      expect(old.status).toBe(200);
    });

    it("lists every tag, over its pages", async () => {
      const tags = ["1.10.0", "1.2.0", "1.9.0", "Zeta", "latest"];
      for (const tag of tags.toReversed()) await push("shop/tags", tag);
      const seen: string[] = [];
      const links: string[] = [];
      for (let path: string | undefined = "/v2/shop/tags/tags/list?n=2"; path !== undefined; path = links.at(-1)) {
        const answer = await ask(path);
        expect(answer.headers.get("content-type")).toContain("application/json");
        const page = z.strictObject({ name: z.literal("shop/tags"), tags: z.array(z.string()) });
        seen.push(...page.parse(await answer.json()).tags);
        const link = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get("link") ?? "")?.[1];
        if (link === undefined) break;
        links.push(link);
      }
      expect(kind.pages ? seen : seen.sort()).toEqual(tags);
      const list = "/v2/shop/tags/tags/list";
      expect(links).toEqual(kind.pages ? [`${list}?last=1.2.0&n=2`, `${list}?last=Zeta&n=2`] : []);
    });

    it.runIf(kind.pages)("lists what comes behind a tag, and takes no number that is none", async () => {
      for (const tag of ["a", "b", "c"]) await push("shop/few", tag);
      const list = async (query: string) => (await ask(`/v2/shop/few/tags/list${query}`)).json();
      expect(await list("")).toEqual({ name: "shop/few", tags: ["a", "b", "c"] });
      expect(await list("?n=3")).toEqual({ name: "shop/few", tags: ["a", "b", "c"] });
      expect(await list("?n=")).toEqual({ name: "shop/few", tags: ["a", "b", "c"] });
      expect(await list("?n=5&last=a")).toEqual({ name: "shop/few", tags: ["b", "c"] });
      expect(await list("?n=0")).toEqual({ name: "shop/few", tags: [] });
      for (const odd of ["x", "-1", "1.5"])
        expect(await refusal(await ask(`/v2/shop/few/tags/list?n=${odd}`))).toEqual([400, "PAGINATION_NUMBER_INVALID"]);
    });

    it("answers that something did not change", async () => {
      const { digest } = await push("shop/same", "1.0.0");
      const headers = { accept: MANIFEST, "if-none-match": `"${digest}"` };
      expect((await ask("/v2/shop/same/manifests/1.0.0", { headers })).status).toBe(304);
    });

    it("says what it does not know", async () => {
      expect(await refusal(await ask("/v2/shop/nothing/tags/list"))).toEqual([404, "NAME_UNKNOWN"]);
      await push("shop/known", "1");
      const accept = { headers: { accept: MANIFEST } };
      expect(await refusal(await ask("/v2/shop/known/manifests/2", accept))).toEqual([404, "MANIFEST_UNKNOWN"]);
      expect(await refusal(await ask(`/v2/shop/known/manifests/${NOBODY}`, accept))).toEqual([404, "MANIFEST_UNKNOWN"]);
      expect(await refusal(await ask(`/v2/shop/known/blobs/${NOBODY}`))).toEqual([404, "BLOB_UNKNOWN"]);
      for (const path of ["/v2/Shop/tags/list", "/v2/shop/manifests/a%2Fb", "/v2/shop/known/tags/all"])
        expect((await ask(path)).status).toBe(404);
    });

    it("gives OCI's manifests to nobody who does not accept them", async () => {
      await push("shop/known", "1");
      for (const accept of ["*/*", "application/vnd.docker.distribution.manifest.v2+json", INDEX]) {
        const answer = await ask("/v2/shop/known/manifests/1", { headers: { accept } });
        expect(await refusal(answer)).toEqual([404, "MANIFEST_UNKNOWN"]);
      }
    });

    it("takes no manifest that is none, or that names what is not there", async () => {
      await push("shop/known", "1");
      const put = async (body: string, reference = "2", type = MANIFEST) => {
        const path = `/v2/shop/known/manifests/${reference}`;
        return refusal(await ask(path, { method: "PUT", body, headers: { "content-type": type } }));
      };
      expect(await put("{")).toEqual([400, "MANIFEST_INVALID"]);
      const config = { mediaType: "application/vnd.oci.image.config.v1+json", digest: NOBODY, size: 1 };
      const image = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers: [] });
      expect(await put(image)).toEqual([400, "MANIFEST_BLOB_UNKNOWN"]);
      const child = { mediaType: MANIFEST, digest: NOBODY, size: 1 };
      const index = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [child] });
      expect(await put(index, "2", INDEX)).toEqual([400, "MANIFEST_BLOB_UNKNOWN"]);
      const there = await ask("/v2/shop/known/manifests/1", { headers: { accept: MANIFEST } });
      expect(await put(await there.text(), NOBODY)).toEqual([400, "DIGEST_INVALID"]);
    });

    it("takes a blob in parts, and refuses one with another digest", async () => {
      const begin = async () => {
        const answer = await ask("/v2/shop/parts/blobs/uploads/", { method: "POST" });
        expect([answer.status, answer.headers.get("range")]).toEqual([202, "0-0"]);
        return (answer.headers.get("location") ?? "").replace(registry.url, "");
      };
      const headers = { "content-type": "application/octet-stream" };
      const part = await ask(await begin(), { method: "PATCH", body: "hello ", headers });
      expect([part.status, part.headers.get("range")]).toEqual([202, "0-5"]);
      const path = (part.headers.get("location") ?? "").replace(registry.url, "");
      const digest = `sha256:${createHash("sha256").update("hello world").digest("hex")}`;
      const end = await ask(`${path}&digest=${digest}`, { method: "PUT", body: "world", headers });
      expect([end.status, end.headers.get("docker-content-digest")]).toEqual([201, digest]);
      expect(await (await ask(`/v2/shop/parts/blobs/${digest}`)).text()).toBe("hello world");
      const wrong = await ask(`${await begin()}&digest=${digest}`, { method: "PUT", body: "else", headers });
      expect(await refusal(wrong)).toEqual([400, "DIGEST_INVALID"]);
    });

    it("notifies of every push in its order, with the header that was given to it", async () => {
      const { digest } = await push("shop/told", "1.0.0", { platforms: ["linux/amd64", "linux/arm64"] });
      await expect.poll(() => pushesOf("shop/told").length).toBe(6);
      const told = pushesOf("shop/told");
      expect(told.map(({ target }) => target.tag ?? target.mediaType)).toEqual([
        "application/octet-stream",
        "application/octet-stream",
        MANIFEST,
        "application/octet-stream",
        MANIFEST,
        "1.0.0",
      ]);
      const last = told.at(-1);
      expect(last?.target).toEqual({
        mediaType: INDEX,
        size: last?.target.length,
        length: last?.target.size,
        digest,
        repository: "shop/told",
        tag: "1.0.0",
        url: `${registry.url}/v2/shop/told/manifests/${digest}`,
      });
      expect(last?.request).toMatchObject({ method: "PUT", host: new URL(registry.url).host });
      for (const one of receiver.received) {
        expect(one.authorization).toBe("Bearer of-the-hook");
        expect(one.contentType).toBe(kind.envelope);
      }
    });

    it("notifies of pulls, by HEAD too", async () => {
      const { digest } = await push("shop/pulled", "1");
      await ask("/v2/shop/pulled/manifests/1", { method: "HEAD", headers: { accept: MANIFEST } });
      await ask(`/v2/shop/pulled/manifests/${digest}`, { headers: { accept: MANIFEST } });
      const pulls = () =>
        events().flatMap(({ action, target, request }) =>
          action === "pull" && target.repository === "shop/pulled" ? [[request.method, target.tag]] : [],
        );
      await expect.poll(pulls).toEqual([
        ["HEAD", "1"],
        ["GET", undefined],
      ]);
    });

    it("sends a notification that is not taken again until it is, and then what waited behind it", async () => {
      await push("shop/warm", "1");
      await expect.poll(() => pushesOf("shop/warm").length).toBe(3);
      receiver.answer(500, 404, 503);
      const before = receiver.received.length;
      await push("shop/warm", "2");
      await expect.poll(() => pushesOf("shop/warm").some((one) => one.target.tag === "2")).toBe(true);
      const [first, second, third, fourth] = receiver.received.slice(before);
      expect([second, third, fourth].map((one) => one?.body)).toEqual([first?.body, first?.body, first?.body]);
    });
  });
