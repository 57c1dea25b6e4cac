import { describe, expect, it } from "vitest";
import type { HookSettings } from "../../../src/model/hooks.ts";
import type { RegistryJob } from "../../../src/model/jobs.ts";
import { base, DIGEST, hmacOf, post, registryDoor, SECRET } from "./fixture.ts";
import * as payloads from "./payloads.ts";

const byHeader = { ...base, secrets: [SECRET], header: "authorization" } as const;
const nexus: HookSettings = { ...base, kind: "nexus", secrets: [payloads.nexusSecret], host: "docker.example.com" };

/** What the job of this body says; `undefined` when there is none. */
async function read(settings: HookSettings, body: unknown, headers = {}): Promise<Partial<RegistryJob> | undefined> {
  const { app, jobs } = registryDoor([settings]);
  const text = JSON.stringify(body);
  const path = settings.kind === "dockerhub" || settings.kind === "quay" ? `/${SECRET}` : "";
  const proof = {
    authorization: `Bearer ${SECRET}`,
    "x-signature": `sha256=${hmacOf(text)}`,
    "x-jfrog-event-auth": hmacOf(text),
  };
  const answer = await post(app, { path, body: text, headers: { ...proof, ...headers } });
  expect(answer.status).toBeLessThan(300);
  const [job] = jobs;
  return job && { pushes: job.pushes, ...(job.ignored !== undefined && { ignored: job.ignored }) };
}

const one = (image: string, tag?: string, digest?: string) => ({
  pushes: [{ image, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) }],
});

describe("Docker Hub", () => {
  const hub: HookSettings = { ...base, kind: "dockerhub", secrets: [SECRET] };
  const push = (repository: object) => ({ push_data: { tag: "1.27" }, repository });

  it("names official images as they are pulled, and falls back to namespace and name", async () => {
    expect(await read(hub, push({ repo_name: "nginx" }))).toEqual(one("docker.io/library/nginx", "1.27"));
    expect(await read(hub, push({ namespace: "Acme", name: "Web" }))).toEqual(one("docker.io/acme/web", "1.27"));
  });

  it("cannot speak of other registries", async () => {
    const { pushes } = (await read(hub, push({ repo_name: "ghcr.io/acme/web" }))) ?? {};
    expect(pushes?.map(({ image }) => image)).toEqual(["docker.io/ghcr.io/acme/web"]);
  });
});

describe("Quay", () => {
  it("reads the tags of versions that wrote a map of them", async () => {
    const quay: HookSettings = { ...base, kind: "quay", secrets: [SECRET], bodySecrets: [] };
    expect(await read(quay, { ...payloads.quayPush, updated_tags: { latest: "b750fe79269d" } })).toEqual(
      one("quay.io/mynamespace/repository", "latest"),
    );
  });

  it("wants both secrets where both are set up", async () => {
    const both: HookSettings = { ...base, kind: "quay", secrets: [SECRET], bodySecrets: ["what-is-in-the-template"] };
    const { app } = registryDoor([both]);
    const body = JSON.stringify({ ...payloads.quayPush, secret: "what-is-in-the-template" });
    expect((await post(app, { path: `/${SECRET}`, body })).status).toBe(202);
    expect((await post(app, { body })).status).toBe(401);
    expect((await post(app, { path: `/${SECRET}`, body: JSON.stringify(payloads.quayPush) })).status).toBe(401);
  });
});

describe("Harbor", () => {
  const harbor: HookSettings = { ...byHeader, kind: "harbor" };
  const withResources = (...resources: object[]) => ({
    ...payloads.harborPush,
    event_data: { ...payloads.harborPush.event_data, resources },
  });

  it("writes the digest for a tag where there is none, which is not taken for one", async () => {
    const body = withResources({
      digest: DIGEST,
      tag: DIGEST,
      resource_url: `hub.harbor.com/test-webhook/debian@${DIGEST}`,
    });
    expect(await read(harbor, body)).toEqual({ pushes: [], ignored: "the push has no tag, or no host" });
  });

  it("has every tag read, and its host replaced where it is set up", async () => {
    const body = withResources({ tag: "1", resource_url: "core:8080/x" }, { tag: "2", resource_url: "core:8080/x" });
    const image = "harbor.example.com/test-webhook/debian";
    expect(await read({ ...byHeader, kind: "harbor", host: "harbor.example.com" }, body)).toEqual({
      pushes: [
        { image, tag: "1" },
        { image, tag: "2" },
      ],
    });
  });

  it("has the events of versions before 2.0 read", async () => {
    expect(await read(harbor, { ...payloads.harborPush, type: "pushImage" })).toHaveProperty("pushes.0.tag", "latest");
  });
});

describe("Distribution", () => {
  const distribution: HookSettings = { ...byHeader, kind: "distribution" };
  const [push] = payloads.distributionPush.events;
  const [layer] = payloads.distributionLayer.events;

  it("has the tags found among many events, each once", async () => {
    const events = [
      layer,
      push,
      { ...push, id: "2" },
      { ...push, id: "3", target: { ...push?.target, tag: "latest" } },
    ];
    const { app, jobs } = registryDoor([distribution]);
    const sent = { body: JSON.stringify({ events }), headers: { authorization: SECRET } };
    await post(app, sent);
    await post(app, sent);
    expect(jobs[0]?.pushes.map(({ tag }) => tag)).toEqual(["1.2.3", "latest"]);
    expect(jobs[0]?.id).toMatch(/^[0-9a-f]{64}$/);
    expect(jobs[1]?.id).toBe(jobs[0]?.id);
  });

  it("leaves no job for layers and pulls", async () => {
    expect(await read(distribution, payloads.distributionLayer)).toBeUndefined();
    expect(await read(distribution, payloads.distributionPull)).toBeUndefined();
  });

  it("asks for the host where the registry tells one that no image can have", async () => {
    for (const host of ["registry", "", "a b.c", "user@x.test"]) {
      const body = { events: [{ ...push, request: { host } }] };
      expect(await read(distribution, body)).toEqual({
        pushes: [],
        ignored: "the events tell no host that images can have: set `host` for this hook",
      });
      const image = "registry.example.com/acme/web";
      expect(await read({ ...byHeader, kind: "distribution", host: "registry.example.com" }, body)).toEqual(
        one(image, "1.2.3", push?.target.digest),
      );
    }
  });
});

describe("ECR, Azure and Google", () => {
  it("tell of images without a tag, which are not needed", async () => {
    const { "image-tag": _tag, ...detail } = payloads.ecrPush.detail;
    const none = { pushes: [], ignored: "the push has no tag" };
    expect(await read({ ...byHeader, kind: "ecr" }, { ...payloads.ecrPush, detail })).toEqual(none);
    const untagged = { ...payloads.acrPush, target: { ...payloads.acrPush.target, tag: "" } };
    expect(await read({ ...byHeader, kind: "acr" }, untagged)).toEqual(none);
    const grid: HookSettings = { ...byHeader, kind: "eventgrid" };
    expect(
      await read(
        grid,
        payloads.eventGridPush.map((event) => ({ ...event, data: untagged })),
      ),
    ).toEqual(none);
  });

  it("cannot be made to name another host by an account that is none", async () => {
    expect(await read({ ...byHeader, kind: "ecr" }, { ...payloads.ecrPush, account: "evil.example.com/x" })).toEqual({
      pushes: [],
      ignored: "not an action on an image as ECR tells it",
    });
  });

  it("have a shortened digest left out and the tag kept", async () => {
    const detail = { ...payloads.ecrPush.detail, "image-digest": "sha256:7f5b26" };
    expect(await read({ ...byHeader, kind: "ecr" }, { ...payloads.ecrPush, detail })).toEqual(
      one("123456789012.dkr.ecr.us-west-2.amazonaws.com/my-repository-name", "latest"),
    );
  });

  it("have the name that Event Grid's first version gave pushes read", async () => {
    const old = payloads.eventGridPush.map((event) => ({ ...event, eventType: "ImagePushed" }));
    expect(await read({ ...byHeader, kind: "eventgrid" }, old)).toHaveProperty("pushes.0.tag", "v1");
  });
});

describe("Artifactory", () => {
  const jfrog = { ...base, kind: "jfrog", secrets: [SECRET], signed: true } as const;
  const digest = `sha256:${payloads.jfrogPush.data.sha256}`;

  it("never takes the secret itself from a webhook that signs, nor a signature from one that does not", async () => {
    const body = JSON.stringify(payloads.jfrogPush);
    const plain = { body, headers: { "x-jfrog-event-auth": SECRET } };
    const signature = { body, headers: { "x-jfrog-event-auth": hmacOf(body) } };
    const [signs, sends] = [registryDoor([jfrog]).app, registryDoor([{ ...jfrog, signed: false }]).app];
    expect((await post(signs, plain)).status).toBe(401);
    expect((await post(signs, signature)).status).toBe(202);
    expect((await post(sends, signature)).status).toBe(401);
    expect((await post(sends, plain)).status).toBe(202);
  });

  it("has its images named as they are pulled: by the virtual repository, or without its key", async () => {
    const named = (image: string) => one(image, "latest", digest);
    expect(await read({ ...jfrog, repository: "docker" }, payloads.jfrogPush)).toEqual(
      named("example.jfrog.io/docker/library/ubuntu"),
    );
    expect(await read({ ...jfrog, repository: "", host: "docker.example.com" }, payloads.jfrogPush)).toEqual(
      named("docker.example.com/library/ubuntu"),
    );
  });

  it("has the image's folders read from the path, and its name where there is none", async () => {
    const data = {
      ...payloads.jfrogPush.data,
      image_name: "test-image",
      path: "foo/bar/test-image/latest/manifest.json",
    };
    const image = "example.jfrog.io/docker-local";
    expect(await read(jfrog, { ...payloads.jfrogPush, data })).toEqual(
      one(`${image}/foo/bar/test-image`, "latest", digest),
    );
    const short = { ...data, path: "manifest.json" };
    expect(await read(jfrog, { ...payloads.jfrogPush, data: short })).toEqual(
      one(`${image}/test-image`, "latest", digest),
    );
  });

  it("asks for the host where the custom base URL is not set", async () => {
    expect(await read(jfrog, { ...payloads.jfrogPush, jpd_origin: "" })).toEqual({
      pushes: [],
      ignored: "the event tells no host: set `host` for this hook, or Artifactory's custom base URL",
    });
  });
});

describe("Nexus", () => {
  const headers = {
    "x-nexus-webhook-id": "rm:repository:component",
    "x-nexus-webhook-delivery": "bd9e6aef-0e27-4570-980d-f639c49ab5ed",
    "x-nexus-webhook-signature": payloads.nexusSignature,
  };

  it("takes the bytes and the signature that a Nexus really sent", async () => {
    const { app, jobs } = registryDoor([nexus]);
    expect((await post(app, { body: payloads.nexusPush, headers })).status).toBe(202);
    expect(jobs[0]?.pushes).toEqual([{ image: "docker.example.com/app1/alpine", tag: "3.4" }]);
  });

  it("takes the same JSON with white space between its parts, and none within texts", async () => {
    const { app } = registryDoor([nexus]);
    const spread = JSON.stringify(JSON.parse(payloads.nexusPush), undefined, 2);
    expect((await post(app, { body: `${spread}\r\n\t`, headers })).status).toBe(202);
    expect((await post(app, { body: spread.replace("admin/127", "admin /127"), headers })).status).toBe(401);
    expect((await post(app, { body: spread.replace("app1/alpine", "app1/\\u0061lpine"), headers })).status).toBe(401);
  });

  it("has texts with quotes and backslashes in them signed as they are", async () => {
    const { app } = registryDoor([{ ...nexus, repository: "docker-hosted" }]);
    const body = JSON.stringify({ ...JSON.parse(payloads.nexusPush), initiator: 'a " b \\' });
    const signed = { ...headers, "x-nexus-webhook-signature": hmacOf(body, "sha1", payloads.nexusSecret) };
    expect((await post(app, { body, headers: signed })).status).toBe(202);
    expect((await post(app, { body: body.replace("a ", "a"), headers: signed })).status).toBe(401);
  });

  it("is left alone about assets and repositories", async () => {
    const { app, jobs } = registryDoor([nexus]);
    await post(app, { body: payloads.nexusPush, headers: { ...headers, "x-nexus-webhook-id": "rm:repository:asset" } });
    expect(jobs[0]?.ignored).toBe("an event of the kind rm:repository:asset");
  });
});

describe("CloudEvents", () => {
  const events: HookSettings = { ...byHeader, kind: "cloudevents" };
  const event = (data: unknown, more: object = {}) => ({
    specversion: "1.0",
    id: "event-123",
    type: "com.example.container.push",
    source: "https://registry.example.com/x",
    data,
    ...more,
  });

  it.each([
    [{ repository: "myapp", tag: "v1", digest: DIGEST, registryUrl: "registry.example.com" }],
    [{ repositoryName: "myapp", imageTag: "v1", imageDigest: DIGEST, registry: "https://registry.example.com" }],
    [{ repository: "myapp", tag: "v1", digest: DIGEST }],
    [{ image: `registry.example.com/myapp:v1@${DIGEST}` }],
  ])("are read in the words that senders use: %j", async (data) => {
    expect(await read(events, event(data))).toEqual(one("registry.example.com/myapp", "v1", DIGEST));
  });

  it("with the same id of another source are others", async () => {
    const { app, jobs } = registryDoor([events]);
    const data = { image: "ghcr.io/acme/web:1" };
    for (const source of ["/a", "/a", "/b"]) {
      await post(app, { body: JSON.stringify(event(data, { source })), headers: { authorization: SECRET } });
    }
    const [first, second, third] = jobs.map(({ id }) => id);
    expect(first).toBe(second);
    expect(first).not.toBe(third);
  });

  it("of Azure Container Registry are read, those about something else are not", async () => {
    const push = event(payloads.acrPush, { type: "Microsoft.ContainerRegistry.ImagePushed" });
    expect(await read(events, push)).toHaveProperty("pushes.0.image", "myregistry.azurecr.io/hello-world");
    expect(await read(events, event({ table: "users" }))).toEqual({
      pushes: [],
      ignored: "an event of the kind com.example.container.push",
    });
  });

  it("without a host are not guessed to be of Docker Hub", async () => {
    expect(await read(events, event({ repository: "acme/web", tag: "1" }, { source: "/pipelines/7" }))).toEqual({
      pushes: [],
      ignored: "the event tells no host: set `host` for this hook",
    });
  });
});

describe("Google's messages", () => {
  it("are read without an envelope as well", async () => {
    const { gar } = await import("../../../src/web/registry/adapters/gar.ts");
    const head = {
      header: (name: string) => (name === "x-goog-pubsub-message-id" ? "77" : undefined),
      pathSecret: undefined,
    };
    const hook = { ...base, kind: "gar", audience: "a", email: "a@b.test", jwksUrl: "https://x.test" } as const;
    expect(gar.read({ ...payloads.garNotice, digest: undefined }, head, hook)).toEqual({
      kind: "pushed",
      id: "77",
      pushes: [{ image: "us-east1-docker.pkg.dev/my-project/my-repo/hello-world", tag: "1.1" }],
    });
  });
});

describe("a sender of one's own", () => {
  const own: HookSettings = { ...base, kind: "hmac", secrets: [SECRET], header: "x-signature" };

  it.each([
    [{ image: "ghcr.io/Acme/Web", tag: "1.2.3" }, one("ghcr.io/acme/web", "1.2.3")],
    [{ image: `localhost:5000/web:1@${DIGEST}` }, one("localhost:5000/web", "1", DIGEST)],
    [{ image: "nginx", digest: DIGEST }, one("docker.io/library/nginx", undefined, DIGEST)],
    [{ image: "ghcr.io/acme/web:old", tag: "new" }, one("ghcr.io/acme/web", "new")],
  ])("may write %j", async (body, expected) => expect(await read(own, body)).toEqual(expected));

  it("may name several images at once", async () => {
    const images = [{ image: "ghcr.io/acme/web:1" }, { image: "ghcr.io/acme/api:1" }];
    expect((await read(own, { id: "run-1", images }))?.pushes?.map(({ image }) => image)).toEqual([
      "ghcr.io/acme/web",
      "ghcr.io/acme/api",
    ]);
  });

  it.each([
    [{}, "image"],
    [{ image: "ghcr.io/acme/web" }, "name a tag or a digest"],
    [{ image: "ghcr.io/acme/web", tag: "a b" }, "tag is not one that an image can have"],
    [{ image: "ghcr.io/acme/web", tag: "1", digest: "sha256:1" }, "digest is not sha256:"],
    [{ image: "https://ghcr.io/acme/web", tag: "1" }, "image is not the name of an image"],
    [{ image: "../../etc", tag: "1" }, "image is not the name of an image"],
    [{ image: `ghcr.io/${"a/".repeat(200)}b`, tag: "1" }, "image is not the name of an image"],
    [{ image: "ghcr.io/acme/web", tag: "1", tagg: "2" }, "tagg"],
    [{ images: [] }, "images"],
    [{ images: [{ image: "a:1" }], image: "b:1" }, "image"],
  ])("is told what is wrong with %j", async (wrong, words) => {
    const { app, jobs } = registryDoor([own]);
    const body = JSON.stringify(wrong);
    const answer = await post(app, { body, headers: { "x-signature": `sha256=${hmacOf(body)}` } });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(await answer.json())).toContain(words);
    expect(jobs).toEqual([]);
  });
});
