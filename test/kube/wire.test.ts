import { afterEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/model/json.ts";
import { type ApiServer, apiServer, KINDS, refusal, TOKEN } from "./support/api-server.ts";
import { golden, resourceOf } from "./support/golden.ts";

const signal = AbortSignal.timeout(600_000);
const how = { fieldManager: "sluice", dryRun: false, force: true };

let server: ApiServer;
afterEach(() => server.close());

describe("what reaches the API server", () => {
  // (28) of the tests that a reconciler should pass.
  it.each(golden("shop"))("is $what, byte for byte", async ({ text, path }) => {
    server = await apiServer();
    await server.cluster.apply(resourceOf(text), how, signal);
    expect(server.calls).toMatchObject([{ method: "PATCH", path, body: text }]);
  });

  it("is a server-side apply with strict validation, under Sluice's name", async () => {
    server = await apiServer();
    await server.cluster.apply({ object: configMap({}) }, how, signal);
    await server.cluster.apply({ object: configMap({}) }, { ...how, dryRun: true, force: false }, signal);
    expect(server.calls.map(({ search }) => search)).toEqual([
      "?fieldManager=sluice&force=true&fieldValidation=Strict",
      "?fieldManager=sluice&force=false&fieldValidation=Strict&dryRun=All",
    ]);
    expect(server.calls[0]?.headers).toMatchObject({
      accept: "application/json",
      "content-type": "application/apply-patch+yaml",
      authorization: `Bearer ${TOKEN}`,
    });
  });

  it("has the namespace in its path that an object without one gets, and leaves the object alone", async () => {
    server = await apiServer();
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web" } };
    await server.cluster.apply({ object }, { ...how, namespace: "shop" }, signal);
    expect(server.calls).toMatchObject([
      { path: "/api/v1/namespaces/shop/configmaps/web", body: JSON.stringify(object) },
    ]);
  });

  it("comes over connections that are kept", async () => {
    server = await apiServer();
    for (let count = 0; count < 20; count += 1)
      await server.cluster.get({ apiVersion: "v1", kind: "Namespace", name: "shop" }, signal);
    expect(server.requests.length).toBe(21);
    expect(server.connections()).toBeLessThan(20);
  });

  it.each(["", ".", "..", "a/b", "a%2fb"])("never has the name %j in a path", async (name) => {
    server = await apiServer();
    const refused = server.cluster.get({ apiVersion: "v1", kind: "Namespace", name }, signal);
    await expect(refused).rejects.toMatchObject({ name: "UserError", kind: "input" });
    expect(server.calls).toEqual([]);
  });

  it("is nothing when an object of a namespace names none", async () => {
    server = await apiServer();
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web" } };
    const refused = server.cluster.apply({ object }, how, signal);
    await expect(refused).rejects.toMatchObject({ kind: "input", fix: "Set metadata.namespace." });
    expect(server.calls).toEqual([]);
  });
});

describe("a deletion", () => {
  const reference = { apiVersion: "v1", kind: "ConfigMap", name: "web", namespace: "shop" };
  const options = { uid: "the-uid", resourceVersion: "7", propagation: "Background" } as const;

  it("is of the very object that was seen", async () => {
    server = await apiServer();
    expect(await server.cluster.delete(reference, options, signal)).toBe("accepted");
    const [call] = server.calls;
    expect(call).toMatchObject({ method: "DELETE", path: "/api/v1/namespaces/shop/configmaps/web" });
    expect(JSON.parse(call?.body ?? "")).toEqual({
      apiVersion: "v1",
      kind: "DeleteOptions",
      propagationPolicy: "Background",
      preconditions: { uid: "the-uid", resourceVersion: "7" },
    });
  });

  it("leaves an object that has changed", async () => {
    server = await apiServer(() =>
      refusal(409, "Conflict", "Precondition failed: UID in precondition", { name: "web" }),
    );
    expect(await server.cluster.delete(reference, options, signal)).toBe("changed");
  });

  it("may find nothing", async () => {
    server = await apiServer(() => refusal(404, "NotFound", "not found", { name: "web", kind: "configmaps" }));
    expect(await server.cluster.delete(reference, options, signal)).toBe("absent");
  });
});

describe("what is read", () => {
  it("is every field of an object, unchanged", async () => {
    const body = {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "shop", creationTimestamp: "2026-01-01T00:00:00Z" },
      other: 1,
    };
    server = await apiServer(() => ({ body }));
    expect(await server.cluster.get({ apiVersion: "v1", kind: "Namespace", name: "shop" }, signal)).toEqual({
      object: body,
    });
  });

  it("is undefined for an object that is not there", async () => {
    server = await apiServer(() => refusal(404, "NotFound", 'namespaces "shop" not found', { name: "shop" }));
    expect(await server.cluster.get({ apiVersion: "v1", kind: "Namespace", name: "shop" }, signal)).toBeUndefined();
  });

  it("is every page of a list, and each item says what it is", async () => {
    server = await apiServer(({ search }) =>
      search.includes("continue=more")
        ? { body: { metadata: {}, items: [{ metadata: { name: "b" } }] } }
        : { body: { metadata: { continue: "more" }, items: [{ metadata: { name: "a" } }] } },
    );
    const query = { apiVersion: "v1", kind: "ConfigMap", namespace: "shop", labels: "app=web" };
    expect(await server.cluster.list(query, signal)).toEqual([
      { object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } } },
      { object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "b" } } },
    ]);
    expect(server.calls.map(({ path, search }) => path + search)).toEqual([
      "/api/v1/namespaces/shop/configmaps?limit=500&labelSelector=app%3Dweb",
      "/api/v1/namespaces/shop/configmaps?limit=500&labelSelector=app%3Dweb&continue=more",
    ]);
  });

  it("begins again when the state of the first page is forgotten", async () => {
    let expired = true;
    server = await apiServer(({ search }) => {
      if (!search.includes("continue="))
        return { body: { metadata: { continue: "more" }, items: [{ metadata: { name: "a" } }] } };
      const answer = expired ? refusal(410, "Expired", "too old") : { body: { metadata: {}, items: [] } };
      expired = false;
      return answer;
    });
    expect(await server.cluster.list({ apiVersion: "v1", kind: "ConfigMap" }, signal)).toHaveLength(1);
    expect(server.calls).toHaveLength(4);
  });
});

describe("the kinds that a server knows", () => {
  it("are asked for once for each group and version", async () => {
    server = await apiServer();
    const type = { apiVersion: "apps/v1", kind: "Deployment" };
    const mappings = await Promise.all([1, 2, 3].map(() => server.cluster.mapping(type, signal)));
    expect(mappings[2]).toMatchObject({ plural: "deployments", namespaced: true });
    expect(await server.cluster.mapping(type, signal)).toEqual(mappings[0]);
    expect(server.requests).toHaveLength(1);
  });

  it("include one whose definition was added later", async () => {
    const kinds = { ...KINDS };
    server = await apiServer(undefined, { kinds });
    const widget = { apiVersion: "example.com/v1", kind: "Widget" };
    expect(await server.cluster.mapping(widget, signal)).toBeUndefined();
    await expect(server.cluster.get({ ...widget, name: "a" }, signal)).rejects.toMatchObject({ kind: "not-found" });
    kinds["/apis/example.com/v1"] = [{ name: "widgets", kind: "Widget", namespaced: false }];
    expect(await server.cluster.mapping(widget, signal)).toMatchObject({ plural: "widgets" });
  });

  it("are asked for again when a path is gone", async () => {
    const kinds = { ...KINDS, "/apis/example.com/v1": [{ name: "widgets", kind: "Widget", namespaced: false }] };
    server = await apiServer(
      ({ path }) =>
        path.includes("/gadgets/") ? { body: { kind: "Widget" } } : refusal(404, "NotFound", "no such path"),
      { kinds },
    );
    const widget = { apiVersion: "example.com/v1", kind: "Widget", name: "a" };
    expect(await server.cluster.mapping(widget, signal)).toMatchObject({ plural: "widgets" });
    kinds["/apis/example.com/v1"] = [{ name: "gadgets", kind: "Widget", namespaced: false }];
    expect(await server.cluster.get(widget, signal)).toEqual({ object: { kind: "Widget" } });
  });

  it("that live in no namespace are not reached by who names one, though that was not so before", async () => {
    const widget = { name: "widgets", kind: "Widget", namespaced: true };
    const kinds = { ...KINDS, "/apis/example.com/v1": [widget] };
    server = await apiServer(() => refusal(404, "NotFound", "no such path"), { kinds });
    const object = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "a", namespace: "shop" } };
    expect(await server.cluster.mapping(object, signal)).toMatchObject({ namespaced: true });
    kinds["/apis/example.com/v1"] = [{ ...widget, namespaced: false }];
    const how = { fieldManager: "sluice", dryRun: false, force: true };
    await expect(server.cluster.apply({ object }, how, signal)).rejects.toMatchObject({ kind: "input" });
    expect(server.calls.map(({ path }) => path)).toEqual(["/apis/example.com/v1/namespaces/shop/widgets/a"]);
  });
});

function configMap(rest: JsonObject): JsonObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web", namespace: "shop" }, ...rest };
}
