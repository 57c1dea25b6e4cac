import { afterEach, describe, expect, it } from "vitest";
import { type ApiServer, apiServer, KINDS, type Recorded, type Reply, refusal, TOKEN } from "./support/api-server.ts";

const signal = AbortSignal.timeout(600_000);
const write = { fieldManager: "sluice", dryRun: false };
const reference = { apiVersion: "v1", kind: "ConfigMap", name: "web", namespace: "shop" };
const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web", namespace: "shop" } };

let server: ApiServer;
afterEach(() => server.close());

describe("an account that is impersonated", () => {
  it("is named with its groups in every call, beside the token's own", async () => {
    server = await apiServer(({ method }) => (method === "POST" ? { body: { status: { allowed: true } } } : {}));
    const account = { user: "system:serviceaccount:shop:deployer", groups: ["system:serviceaccounts", "deployers"] };
    const cluster = server.cluster.as(account);
    await cluster.get(reference, signal);
    await cluster.list({ apiVersion: "v1", kind: "ConfigMap" }, signal);
    await cluster.apply({ object }, { ...write, force: true }, signal);
    await cluster.create({ object }, write, signal);
    await cluster.patch(reference, {}, write, signal);
    await cluster.delete(reference, { uid: "u", propagation: "Background" }, signal);
    await cluster.log({ namespace: "shop", pod: "web", previous: false, tailLines: 1 }, signal);
    await cluster.may({ ...reference, verb: "get" }, signal);
    expect(server.calls).toHaveLength(8);
    for (const { headers } of server.calls)
      expect(headers).toMatchObject({
        authorization: `Bearer ${TOKEN}`,
        "impersonate-user": account.user,
        "impersonate-group": "system:serviceaccounts, deployers",
      });
  });

  it("is nobody in the calls of the cluster that it was taken from", async () => {
    server = await apiServer();
    server.cluster.as({ user: "system:serviceaccount:shop:deployer" });
    await server.cluster.get(reference, signal);
    for (const { headers } of server.requests) expect(headers).not.toHaveProperty("impersonate-user");
  });

  it.each([
    "",
    " ",
    "a b",
    "deployer\r\nImpersonate-Group: system:masters",
    "deployer\u0000",
    "d\u00e9ployer",
    "system:admin",
    "system:masters",
    "system:node:one",
    "system:serviceaccount:shop",
    "system:serviceaccount:shop:a:b",
    "system:serviceaccount:Shop:deployer",
    "system:serviceaccount:shop:deployer,system:masters",
    "x".repeat(513),
  ])("is none that could be more than itself, nor is a group (%#)", async (name) => {
    server = await apiServer();
    const usage = expect.objectContaining({ name: "UserError", kind: "usage" });
    expect(() => server.cluster.as({ user: name })).toThrow(usage);
    expect(() => server.cluster.as({ user: "deployer", groups: [name] })).toThrow(usage);
  });
});

describe("making an object", () => {
  it("posts it to all of its kind, strictly and byte for byte", async () => {
    server = await apiServer();
    const numbers = { "/data/n": "12345678901234567890" };
    await server.cluster.create({ object: { ...object, data: { n: 1 } }, numbers }, write, signal);
    expect(server.calls).toMatchObject([
      {
        method: "POST",
        path: "/api/v1/namespaces/shop/configmaps",
        search: "?fieldManager=sluice&fieldValidation=Strict",
        body: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"web","namespace":"shop"},"data":{"n":12345678901234567890}}',
      },
    ]);
  });

  it("whose answer was lost finds it there", async () => {
    let made = false;
    server = await apiServer(() => {
      if (made) return refusal(409, "AlreadyExists", 'configmaps "web" already exists', { name: "web" });
      made = true;
      return "reset";
    });
    expect(await server.cluster.create({ object }, write, signal)).toBe("exists");
  });
});

describe("changing an object", () => {
  it("sends a merge patch", async () => {
    server = await apiServer();
    const patch = { metadata: { resourceVersion: "7", uid: "u" }, data: { a: null } };
    await server.cluster.patch(reference, patch, { ...write, dryRun: true }, signal);
    expect(server.calls).toMatchObject([
      {
        method: "PATCH",
        path: "/api/v1/namespaces/shop/configmaps/web",
        search: "?fieldManager=sluice&fieldValidation=Strict&dryRun=All",
        body: JSON.stringify(patch),
      },
    ]);
    expect(server.calls[0]?.headers).toMatchObject({ "content-type": "application/merge-patch+json" });
  });

  it.each<{ what: string; reply: Reply; outcome: string }>([
    { what: "another version", reply: refusal(409, "Conflict", "modified", { name: "web" }), outcome: "changed" },
    {
      what: "another of its name",
      reply: refusal(422, "Invalid", "invalid", { name: "web", causes: [{ field: "metadata.uid" }] }),
      outcome: "changed",
    },
    { what: "none", reply: refusal(404, "NotFound", "not found", { name: "web" }), outcome: "absent" },
  ])("says $outcome where there is $what", async ({ reply, outcome }) => {
    server = await apiServer(() => reply);
    expect(await server.cluster.patch(reference, {}, write, signal)).toBe(outcome);
  });

  it("throws what else is wrong", async () => {
    server = await apiServer(() => refusal(422, "Invalid", "invalid", { name: "web", causes: [{ field: "data" }] }));
    await expect(server.cluster.patch(reference, {}, write, signal)).rejects.toMatchObject({ kind: "input" });
  });
});

describe("a list of metadata", () => {
  it("is asked for as such, and its items say what they are", async () => {
    const items = [{ apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata: { name: "web" } }];
    server = await apiServer(() => ({ body: { metadata: {}, items } }));
    const query = { apiVersion: "v1", kind: "Secret", namespace: "shop", metadataOnly: true };
    expect(await server.cluster.list(query, signal)).toEqual([
      { object: { apiVersion: "v1", kind: "Secret", metadata: { name: "web" } } },
    ]);
    expect(server.calls[0]?.headers.accept).toBe("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
  });

  it("takes its own numbers with each item", async () => {
    const body = '{"metadata":{},"items":[{"n":1},{"n":12345678901234567890}]}';
    server = await apiServer(() => ({ body }));
    const type = { apiVersion: "v1", kind: "ConfigMap" };
    expect(await server.cluster.list(type, signal)).toEqual([
      { object: { ...type, n: 1 } },
      { object: { ...type, n: 12345678901234567000 }, numbers: { "/n": "12345678901234567890" } },
    ]);
  });
});

describe("an answer that is too long", () => {
  it("is not read to its end", async () => {
    server = await apiServer(() => ({ body: { text: "x".repeat(5_000) } }), { maxBytes: 4_000 });
    await expect(server.cluster.get(reference, signal)).rejects.toMatchObject({ name: "UserError", kind: "limit" });
    expect(server.calls).toHaveLength(1);
  });

  it("is asked for in smaller pages where it is a list", async () => {
    const total = 60;
    server = await apiServer(
      ({ search }) => {
        const { limit, continue: next } = Object.fromEntries(new URLSearchParams(search));
        const [from, to] = [Number(next ?? 0), Math.min(Number(next ?? 0) + Number(limit), total)];
        const items = Array.from({ length: to - from }, (_, index) => ({
          metadata: { name: `n${from + index}` },
          x: "x".repeat(100),
        }));
        return { body: { metadata: { continue: to === total ? "" : String(to) }, items } };
      },
      { maxBytes: 7_500 },
    );
    expect(await server.cluster.list({ apiVersion: "v1", kind: "ConfigMap" }, signal)).toHaveLength(total);
    const limits = server.calls.map(({ search }) => new URLSearchParams(search).get("limit"));
    expect(limits).toEqual(["500", "50", "500"]);
  });

  it("is given up where a single page of the smallest is too long", async () => {
    server = await apiServer(() => ({ body: { text: "x".repeat(5_000) } }), { maxBytes: 4_000 });
    const listing = server.cluster.list({ apiVersion: "v1", kind: "ConfigMap" }, signal);
    await expect(listing).rejects.toMatchObject({ name: "UserError", kind: "limit" });
    expect(server.calls).toHaveLength(3);
  });
});

describe("a cluster of many objects", () => {
  it("is asked once for each object that is applied, and once for each of their groups", async () => {
    server = await apiServer();
    const objects = Array.from({ length: 50 }, (_, index) => ({
      ...object,
      metadata: { name: `n${index}`, namespace: "shop" },
    }));
    await Promise.all(objects.map((one) => server.cluster.apply({ object: one }, { ...write, force: true }, signal)));
    expect(server.requests).toHaveLength(51);
    expect(server.connections()).toBeLessThanOrEqual(16);
  });
});

describe("the version of a kind", () => {
  const group = {
    preferredVersion: { groupVersion: "example.com/v1" },
    versions: [{ groupVersion: "example.com/v2beta1" }, { groupVersion: "example.com/v1" }],
  };
  const widget = { name: "widgets", kind: "Widget", namespaced: true };
  const answer = ({ path }: Recorded): Reply =>
    path === "/apis/example.com" ? { body: group } : refusal(404, "NotFound", "no such group");

  it("is the one that the server prefers, else another that has it", async () => {
    const gadget = { name: "gadgets", kind: "Gadget", namespaced: true };
    const kinds = { ...KINDS, "/apis/example.com/v1": [widget], "/apis/example.com/v2beta1": [widget, gadget] };
    server = await apiServer(answer, { kinds });
    const preferred = (kind: string) => server.cluster.preferred("example.com", kind, signal);
    expect(await preferred("Widget")).toEqual({ apiVersion: "example.com/v1", kind: "Widget" });
    expect(await preferred("Gadget")).toEqual({ apiVersion: "example.com/v2beta1", kind: "Gadget" });
    expect(await preferred("Nothing")).toBeUndefined();
    expect(await server.cluster.preferred("", "Secret", signal)).toEqual({ apiVersion: "v1", kind: "Secret" });
    expect(await server.cluster.preferred("other.example.com", "Widget", signal)).toBeUndefined();
  });

  it("is looked up again where the known ones no longer have it", async () => {
    const kinds: typeof KINDS = { "/apis/example.com/v1": [] };
    server = await apiServer(answer, { kinds });
    expect(await server.cluster.preferred("example.com", "Widget", signal)).toBeUndefined();
    kinds["/apis/example.com/v1"] = [widget];
    expect(await server.cluster.preferred("example.com", "Widget", signal)).toMatchObject({ kind: "Widget" });
  });
});

describe("the events about an object", () => {
  it("are asked for by what they are about, and read in either form, the latest last", async () => {
    const said = { type: "Warning", reason: "BackOff", message: "back-off" };
    const items = [
      { ...said, count: null, lastTimestamp: null, eventTime: "2026-01-01T00:00:09.000000Z" },
      { ...said, series: { count: 4, lastObservedTime: "2026-01-01T00:00:12.000000Z" }, count: 1 },
      { ...said, count: 2, lastTimestamp: "2026-01-01T00:00:05Z" },
      { ...said, type: null, reason: undefined, message: undefined, note: "a note" },
    ];
    server = await apiServer(() => ({ body: { metadata: {}, items } }));
    expect(await server.cluster.events({ ...reference, uid: "u" }, signal)).toEqual([
      { type: "", reason: "", message: "a note", count: 1, lastSeen: "" },
      { ...said, count: 2, lastSeen: "2026-01-01T00:00:05Z" },
      { ...said, count: 1, lastSeen: "2026-01-01T00:00:09.000000Z" },
      { ...said, count: 4, lastSeen: "2026-01-01T00:00:12.000000Z" },
    ]);
    expect(server.calls[0]?.path).toBe("/api/v1/namespaces/shop/events");
    expect(decodeURIComponent(server.calls[0]?.search ?? "")).toBe(
      "?limit=500&fieldSelector=involvedObject.kind=ConfigMap,involvedObject.name=web,involvedObject.uid=u",
    );
  });

  it("of what lives in no namespace are in the default one, and no name selects more", async () => {
    server = await apiServer(() => ({ body: { metadata: {}, items: [] } }));
    await server.cluster.events({ apiVersion: "v1", kind: "Namespace", name: "a,b=c" }, signal);
    expect(server.calls[0]?.path).toBe("/api/v1/namespaces/default/events");
    expect(decodeURIComponent(server.calls[0]?.search ?? "")).toContain("involvedObject.name=a\\,b\\=c");
  });
});

describe("a log", () => {
  const query = { namespace: "shop", pod: "web-1", container: "web", previous: true, tailLines: 20 };

  it("is its last lines, of bounded size", async () => {
    server = await apiServer(() => ({ body: "one\ntwo\n" }));
    expect(await server.cluster.log(query, signal)).toEqual({ kind: "lines", text: "one\ntwo\n" });
    expect(server.calls).toMatchObject([
      {
        path: "/api/v1/namespaces/shop/pods/web-1/log",
        search: "?container=web&previous=true&tailLines=20&limitBytes=65536",
      },
    ]);
  });

  it.each([
    { status: 400, reason: 'container "web" is waiting to start' },
    { status: 404, reason: "not found" },
    { status: 500, reason: "dial tcp 127.0.0.1:10250: connect: connection refused" },
  ])("that cannot be had ($status) says why, and is asked for once", async ({ status, reason }) => {
    server = await apiServer(() => refusal(status, "Unknown", reason));
    expect(await server.cluster.log(query, signal)).toEqual({ kind: "none", reason: `${reason} (${status})` });
    expect(server.calls).toHaveLength(1);
  });
});

describe("a question of rights", () => {
  it("names what would be done, and is believed", async () => {
    server = await apiServer(() => ({ body: { status: { allowed: false } } }));
    const question = { apiVersion: "apps/v1", kind: "Deployment", verb: "patch", namespace: "shop" };
    expect(await server.cluster.may(question, signal)).toBe(false);
    const [call] = server.calls;
    expect(call).toMatchObject({ method: "POST", path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews" });
    expect(JSON.parse(call?.body ?? "")).toEqual({
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: {
        resourceAttributes: { verb: "patch", group: "apps", version: "v1", resource: "deployments", namespace: "shop" },
      },
    });
  });
});
