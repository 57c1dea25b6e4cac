import { inspect } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Fault, UserError } from "../../src/model/errors.ts";
import { type ApiServer, apiServer, type Recorded, type Reply, refusal, TOKEN } from "./support/api-server.ts";

const signal = AbortSignal.timeout(600_000);
const how = { fieldManager: "sluice", dryRun: false, force: true };
const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web", namespace: "shop" } };

let server: ApiServer;
afterEach(() => server.close());

describe("a call that a server did not carry out", () => {
  it("is made again after the time that the server asks for", async () => {
    server = await apiServer(inTurn(tooMany("3"), tooMany("0"), {}));
    await server.cluster.apply({ object }, how, signal);
    expect(server.waits).toEqual([3000, 0]);
    expect(new Set(server.calls.map(({ body }) => body)).size).toBe(1);
  });

  it("is left to a later job when the server asks for more time than a job should wait", async () => {
    server = await apiServer(() => tooMany("90"));
    expect(await problem(apply())).toMatchObject({ name: "Fault", kind: "throttled", retryAfterMs: 90_000 });
    expect(server.calls).toHaveLength(1);
  });

  it.each([500, 502, 503, 504])("is given up after four times when a server answers %d", async (status) => {
    server = await apiServer(() => refusal(status, "InternalError", "etcdserver: leader changed"));
    expect(await problem(apply())).toMatchObject({ name: "Fault", kind: "unavailable" });
    expect(server.calls).toHaveLength(4);
    expect(server.waits).toEqual([250, 500, 1000]);
  });

  it("is made again where somebody else wrote at the same moment, and is left to a later job where all the time", async () => {
    const race = refusal(
      409,
      "Conflict",
      "the object has been modified; please apply your changes to the latest version",
    );
    server = await apiServer(inTurn(race, race, { body: object }));
    expect(await server.cluster.apply({ object }, how, signal)).toEqual({ object });
    await server.close();
    server = await apiServer(() => race);
    expect(await problem(apply())).toMatchObject({ name: "Fault", kind: "unavailable" });
    expect(server.calls).toHaveLength(4);
  });

  it("is made again on a connection that broke", async () => {
    server = await apiServer(inTurn("reset", { body: object }));
    expect(await server.cluster.apply({ object }, how, signal)).toEqual({ object });
  });

  it("ends at its deadline when a server is silent", async () => {
    // Not even the first request is answered, so no machine is too slow for this.
    server = await apiServer(undefined, { kinds: "silence", deadlineMs: 20 });
    expect(await problem(apply())).toMatchObject({ name: "Fault", kind: "timeout" });
    expect(server.waits).toHaveLength(3);
  });

  it("is not made at all by a job that has ended", async () => {
    server = await apiServer();
    const over = AbortSignal.abort(new Error("the job was cancelled"));
    await expect(server.cluster.apply({ object }, how, over)).rejects.toThrow("the job was cancelled");
    expect(server.requests).toEqual([]);
  });

  it("ends when the job does", async () => {
    const job = new AbortController();
    server = await apiServer(() => {
      job.abort(new Error("the job was cancelled"));
      return "silence";
    });
    await expect(server.cluster.apply({ object }, how, job.signal)).rejects.toThrow("the job was cancelled");
  });

  it("leaves nothing at the job's signal, however many there are: each listener would keep hold of an answer", async () => {
    server = await apiServer();
    const { signal: watched } = new AbortController();
    const listen = vi.spyOn(watched, "addEventListener");
    for (let request = 0; request < 5; request += 1) await server.cluster.apply({ object }, how, watched);
    expect(server.requests.length).toBeGreaterThanOrEqual(5);
    expect(listen).toHaveBeenCalledTimes(1);
  });
});

describe("a refusal", () => {
  it.each([
    { status: 400, reason: "BadRequest", kind: "input", details: {} },
    { status: 401, reason: "Unauthorized", kind: "permission", details: {} },
    { status: 403, reason: "Forbidden", kind: "permission", details: {} },
    { status: 404, reason: "NotFound", kind: "not-found", details: { kind: "namespaces", name: "shop" } },
    { status: 409, reason: "Conflict", kind: "refused", details: { causes: [{ reason: "FieldManagerConflict" }] } },
    { status: 413, reason: "RequestEntityTooLarge", kind: "limit", details: {} },
    { status: 422, reason: "Invalid", kind: "input", details: {} },
  ])(
    "with $status is a $kind error in the server's words, with a way to fix it",
    async ({ status, reason, kind, details }) => {
      server = await apiServer(() => refusal(status, reason, "the server's words", details));
      const refused = await problem(apply());
      expect(refused).toMatchObject({ name: "UserError", kind, fix: expect.stringMatching(/\.$/) });
      expect(refused.message).toBe(
        `Cluster staging refused to apply ConfigMap web in shop (${status}): the server's words`,
      );
    },
  );

  it.each([
    { reason: "FieldManagerConflict", fix: "Leave these fields to their owner, or let Sluice take them over." },
    { reason: "", fix: "See what else changes this object." },
  ])("of a conflict for the reason '$reason' has a fix of its own", async ({ reason, fix }) => {
    server = await apiServer(() => refusal(409, "Conflict", "conflict", { causes: [{ reason }] }));
    const versioned = { ...object, metadata: { ...object.metadata, resourceVersion: "7" } };
    expect(await problem(server.cluster.apply({ object: versioned }, how, signal))).toMatchObject({
      kind: "refused",
      fix,
    });
    expect(server.calls).toHaveLength(1);
  });

  it.each([
    { message: 'configmaps "web" is forbidden: exceeded quota: small, requested: count/configmaps=1', kind: "refused" },
    {
      message: 'pods "web" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
      kind: "refused",
    },
    { message: 'admission webhook "policy.example.com" denied the request: no', kind: "refused" },
    { message: 'configmaps "web" is forbidden: User "a" cannot patch resource "configmaps"', kind: "permission" },
    {
      message: 'roles "a" is forbidden: user "a" (groups=["b"]) is attempting to grant RBAC permissions',
      kind: "permission",
    },
  ])("with 403 is of the kind $kind where it says: $message", async ({ message, kind }) => {
    server = await apiServer(() => refusal(403, "Forbidden", message, { name: "web", kind: "configmaps" }));
    expect(await problem(apply())).toMatchObject({ kind, message: expect.stringContaining(message) });
  });

  it.each([
    "failed to create typed patch object (shop/web; /v1, Kind=ConfigMap): .colour: field not declared in schema",
    "failed to convert new object (shop/web; /v1, Kind=ConfigMap) to proper version: illegal base64 data at input byte 7",
  ])("of a manifest that fits no schema is the manifest's fault, though it is answered 500: %s", async (message) => {
    server = await apiServer(() => ({ status: 500, body: { kind: "Status", message, code: 500 } }));
    expect(await problem(apply())).toMatchObject({ kind: "input", message: expect.stringContaining(message) });
    expect(server.calls).toHaveLength(1);
  });

  it("ends by itself while a namespace is being deleted", async () => {
    const details = { causes: [{ reason: "NamespaceTerminating" }] };
    server = await apiServer(() => refusal(403, "Forbidden", "it is being terminated", details));
    expect(await problem(apply())).toMatchObject({ name: "Fault", kind: "unavailable" });
  });

  it("is on one line, without what a terminal would obey, and not too long", async () => {
    server = await apiServer(() => refusal(422, "Invalid", `first\nsecond \u001b[31m${"x".repeat(5000)}`));
    const { message } = await problem(apply());
    expect(message).not.toContain("\n");
    expect(message).not.toContain("\u001b");
    expect(message.length).toBeLessThan(1200);
  });

  it("of a Secret says which fields are wrong, and nothing that the server quotes", async () => {
    const causes = [{ reason: "FieldValueInvalid", message: 'Invalid value: "hunter2"', field: "data[password]" }];
    server = await apiServer(() => refusal(422, "Invalid", 'Secret "web" is invalid: "hunter2"', { causes }));
    const secret = { ...object, kind: "Secret", data: { password: "hunter2" } };
    const refused = await problem(server.cluster.apply({ object: secret }, how, signal));
    expect(refused.message).toContain("Invalid, data[password]");
    expect(inspect(refused, { depth: 20 })).not.toContain("hunter2");
  });

  it.each<Reply>(["reset", refusal(401, "Unauthorized", "Unauthorized"), tooMany("90")])(
    "never holds the token (%#)",
    async (reply) => {
      server = await apiServer(() => reply);
      const refused = await problem(apply());
      expect(inspect(refused, { depth: 20, showHidden: true })).not.toContain(TOKEN);
      expect(JSON.stringify(refused)).not.toContain(TOKEN);
    },
  );
});

function apply(): Promise<unknown> {
  return server.cluster.apply({ object }, how, signal);
}

async function problem(work: Promise<unknown>): Promise<Fault | UserError> {
  return work.then(
    () => {
      throw new Error("it was accepted");
    },
    (error: Fault | UserError) => error,
  );
}

function tooMany(retryAfter: string): Reply {
  return { status: 429, headers: { "retry-after": retryAfter }, body: { message: "too many requests" } };
}

/** The replies in their order. */
function inTurn(...replies: readonly Reply[]): (asked: Recorded) => Reply {
  const rest = [...replies];
  return () => rest.shift() ?? {};
}
