import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { createPrometheus } from "../../src/prometheus/index.ts";

const repository = { owner: "Acme", name: "shop" };
const asked = { repository, prometheus: "main", query: 'up{app="web"}', at: 1_700_000_000_500 };
const signal = new AbortController().signal;

/** A server that answers so, and a client of it. */
async function served(listener: RequestListener, deadlineMs = 5_000) {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port }: AddressInfo = JSON.parse(JSON.stringify(server.address()));
  const url = `http://127.0.0.1:${port}/prefix/`;
  return createPrometheus([{ name: "main", url, token: "s3cret", repositories: ["acme/*"] }], { deadlineMs });
}

function answers(body: unknown, status = 200) {
  return served((_, response) => response.writeHead(status).end(JSON.stringify(body)));
}

const vector = (...values: readonly string[]) => ({
  status: "success",
  data: { resultType: "vector", result: values.map((value) => ({ metric: {}, value: [1, value] })) },
});

describe("a Prometheus", () => {
  it("is asked once, by its API, with the token, for a moment", async () => {
    const seen: unknown[] = [];
    const prometheus = await served(async (request, response) => {
      const body = (await request.toArray()).join("");
      const { authorization } = request.headers;
      seen.push({
        method: request.method,
        url: request.url,
        authorization,
        body: Object.fromEntries(new URLSearchParams(body)),
      });
      response.end(JSON.stringify(vector("0.5", "NaN", "+Inf", "-Inf")));
    });
    expect(await prometheus.values(asked, signal)).toEqual([0.5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    const body = { query: asked.query, time: "1700000000.5" };
    expect(seen).toEqual([{ method: "POST", url: "/prefix/api/v1/query", authorization: "Bearer s3cret", body }]);
  });

  it("may give a scalar, and nothing", async () => {
    const scalar = await answers({ status: "success", data: { resultType: "scalar", result: [1, "2"] } });
    expect(await scalar.values(asked, signal)).toEqual([2]);
    expect(await (await answers(vector())).values(asked, signal)).toEqual([]);
  });

  it.each([
    ["another name", { prometheus: "other" }],
    ["another repository", { repository: { owner: "evil", name: "shop" } }],
    ["a repository whose owner only begins so", { repository: { owner: "acme/x", name: "shop" } }],
  ])("is not asked for %s", async (_, other) => {
    const prometheus = await served(() => expect.unreachable());
    await expect(prometheus.values({ ...asked, ...other }, signal)).rejects.toMatchObject({ kind: "permission" });
  });

  it.each([
    ["a query that it does not take", { status: "error", errorType: "bad_data", error: "parse error" }, 400, "refused"],
    ["a range", { status: "success", data: { resultType: "matrix", result: [] } }, 200, "refused"],
    ["a page of another server", "hello", 200, "refused"],
    ["a failure", { status: "error", errorType: "internal", error: "disk" }, 500, "unavailable"],
    ["a wrong token", "no", 401, "unavailable"],
    ["more than anybody reads", "x".repeat(2 * 1024 * 1024), 200, "limit"],
  ])("that gives %s is an error", async (_, body, status, kind) => {
    const failure = (await answers(body, status)).values(asked, signal);
    await expect(failure).rejects.toMatchObject({ kind });
    await expect(failure).rejects.not.toThrow(/s3cret/);
  });

  it("is followed nowhere else, where the token would go too", async () => {
    let other = 0;
    const elsewhere = createServer((_, response) => {
      other += 1;
      response.end(JSON.stringify(vector("9")));
    });
    await new Promise<void>((done) => elsewhere.listen(0, "127.0.0.1", done));
    onTestFinished(() => void elsewhere.close());
    const { port }: AddressInfo = JSON.parse(JSON.stringify(elsewhere.address()));
    const prometheus = await served((_, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end(),
    );
    await expect(prometheus.values(asked, signal)).rejects.toMatchObject({ kind: "unavailable" });
    expect(other).toBe(0);
  });

  it("that never answers is given up", async () => {
    const prometheus = await served(() => undefined, 50);
    await expect(prometheus.values(asked, signal)).rejects.toMatchObject({ kind: "timeout" });
  });

  it("that is not there is unavailable", async () => {
    const prometheus = createPrometheus([{ name: "main", url: "http://127.0.0.1:1", repositories: ["*/*"] }]);
    await expect(prometheus.values(asked, signal)).rejects.toMatchObject({ kind: "unavailable" });
  });
});
