import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AdapterCase, cases, tokenCases } from "./cases.ts";
import { post, registryDoor, SECRET } from "./fixture.ts";
import { type Issuer, startIssuer } from "./tokens.ts";

const OTHER = "another-secret-of-the-same-length";
let issuer: Issuer;
beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer.close());

const titles = [
  ...cases.map(({ title }) => title),
  "Artifact Registry by Pub/Sub",
  "Container Registry by Pub/Sub",
  "GitHub Actions",
];

function caseOf(title: string): AdapterCase {
  const found = [...cases, ...tokenCases(() => issuer)].find((one) => one.title === title);
  if (found === undefined) throw new Error(`no case ${title}`);
  return found;
}

describe.each(titles)("%s", (title) => {
  const open = () => {
    const one = caseOf(title);
    return { ...one, ...registryDoor([one.settings]), text: JSON.stringify(one.payload) };
  };

  it("has its event stored, and is answered 202", async () => {
    const { app, jobs, send, text, pushes, settings, time, ...one } = open();
    const answer = await post(app, await send(text, SECRET));
    expect({ status: answer.status, body: await answer.json() }).toEqual({
      status: 202,
      body: { accepted: expect.stringMatching(/./) },
    });
    const id = one.id ?? expect.stringMatching(/^(?:body|id)-[0-9a-f]{64}$/);
    expect(jobs).toEqual([{ type: "registry", id, hook: "hook", source: settings.kind, at: time.now, pushes }]);
  });

  it("is the same event when it comes again", async () => {
    const { app, jobs, send, text } = open();
    await post(app, await send(text, SECRET));
    await post(app, await send(text, SECRET));
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(1);
  });

  it.each([
    ["nothing", undefined],
    ["another secret", OTHER],
    ["half of it", SECRET.slice(0, 12)],
    ["more than it", `${SECRET}x`],
    ["another case of it", SECRET.toLowerCase()],
  ])("is refused with 401 when it proves itself by %s", async (_what, secret) => {
    const { app, jobs, send, text } = open();
    const answer = await post(app, await send(text, secret));
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ error: "there is no such hook, or the credentials are wrong" });
    expect(jobs).toEqual([]);
  });

  it("is refused when its body was altered after it was signed", async () => {
    const { app, jobs, send, text, signed } = open();
    if (signed !== true) return;
    const sent = await send(text, SECRET);
    for (const body of [sent.body.slice(0, -1), sent.body.replace(/:"/, ':"x'), "", "{}"]) {
      expect((await post(app, { ...sent, body })).status).toBe(401);
    }
    expect(jobs).toEqual([]);
  });

  it("is refused when its body is too large, told or streamed", async () => {
    const { app, jobs, send, text, signed, settings } = open();
    const sent = await send(text + " ".repeat(1024 * 1024), SECRET);
    const headers = { "content-type": "application/json", ...sent.headers };
    const url = `/registry/hook${sent.path ?? ""}`;
    const told = { ...headers, "content-length": String(Buffer.byteLength(sent.body)) };
    expect((await app.request(url, { method: "POST", headers: told, body: sent.body })).status).toBe(413);
    const stream = new Blob([sent.body]).stream();
    const streamed = await app.request(
      new Request(`http://x${url}`, { method: "POST", headers, body: stream, duplex: "half" }),
    );
    // Who has not proven itself yet learns no more than that.
    const unknownYet = signed === true || (settings.kind === "quay" && settings.bodySecrets.length > 0);
    expect(streamed.status).toBe(unknownYet ? 401 : 413);
    expect(jobs).toEqual([]);
  });

  it("is answered 2xx for events that are not needed", async () => {
    const { app, jobs, send, needless } = open();
    for (const body of needless) {
      const answer = await post(app, await send(JSON.stringify(body), SECRET));
      expect([200, 202]).toContain(answer.status);
      expect(await answer.json()).toEqual({ ignored: expect.stringMatching(/\w{3}/) });
    }
    for (const job of jobs) expect(job).toEqual({ ...job, pushes: [], ignored: expect.stringMatching(/\w{3}/) });
  });

  it("is answered 503 when the event cannot be stored", async () => {
    const { settings, send, text } = open();
    const { app } = registryDoor([settings], { away: true });
    expect((await post(app, await send(text, SECRET))).status).toBe(503);
  });

  it("is told when what it sends is no JSON, once it is known", async () => {
    const { app, jobs, send, settings } = open();
    if (settings.kind === "quay" && settings.bodySecrets.length > 0) return;
    for (const body of ["", "{", "pushed!"]) expect((await post(app, await send(body, SECRET))).status).toBe(400);
    expect(jobs).toEqual([]);
  });

  it("cannot break the door, whatever JSON it sends", async () => {
    const { app, send, own } = open();
    const fine = own === true ? [200, 202, 400] : [200, 202];
    const values = fc.oneof(fc.json(), mutated(open().payload));
    await fc.assert(
      fc.asyncProperty(values, async (body) => {
        const answer = await post(app, await send(body, SECRET));
        // A body that cannot hold the secret proves nothing.
        expect([...fine, ...(body.trim().startsWith("{") ? [] : [401])]).toContain(answer.status);
      }),
      { numRuns: 40 },
    );
  });
});

/** The payload's text with one value in it replaced by another. */
function mutated(payload: unknown): fc.Arbitrary<string> {
  const paths = pathsOf(payload);
  return fc
    .tuple(fc.constantFrom(...paths), fc.jsonValue())
    .map(([path, value]) => JSON.stringify(replaced(payload, path, value)));
}

type Path = readonly (string | number)[];

function pathsOf(value: unknown): readonly Path[] {
  if (typeof value !== "object" || value === null) return [[]];
  return Object.entries(value).flatMap(([key, item]) => [[key], ...pathsOf(item).map((path) => [key, ...path])]);
}

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined || typeof value !== "object" || value === null) return by;
  const copy: object = Array.isArray(value) ? [...value] : { ...value };
  return Object.assign(copy, { [key]: replaced(Reflect.get(value, key), rest, by) });
}
