import { generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createGitHub } from "../../src/github/index.ts";
import { memoryLog, memoryMetrics } from "../webhooks/fakes.ts";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** When the JSON web token of a request was issued, in seconds. */
function issuedAt(request: IncomingMessage): number {
  const [, claims = ""] = (request.headers.authorization ?? "").split(".");
  return z.object({ iat: z.number() }).parse(JSON.parse(Buffer.from(claims, "base64url").toString("utf8"))).iat;
}

async function listen(answer: Parameters<typeof createServer>[1]): Promise<string> {
  server = createServer(answer);
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return `http://127.0.0.1:${port}`;
}

function edgeOf(apiUrl: string) {
  return createGitHub({
    deadlineMs: 600_000,
    app: { id: 1, privateKey },
    apiUrl,
    log: memoryLog(),
    metrics: memoryMetrics(),
    clock: Date.now,
  });
}

describe("a clock that is not GitHub's", () => {
  it("is corrected from GitHub's date, so that the App can still prove who it is", async () => {
    const ahead = 2 * 3_600_000;
    const issued: number[] = [];
    const apiUrl = await listen((request, response) => {
      issued.push(issuedAt(request));
      const there = Date.now() + ahead;
      const fine = Math.abs((issued.at(-1) ?? 0) * 1000 - there) < 120_000;
      const message =
        "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
      response.writeHead(fine ? 201 : 401, { "content-type": "application/json", date: new Date(there).toUTCString() });
      response.end(
        JSON.stringify(fine ? { token: "t0", expires_at: new Date(there + 3_600_000).toISOString() } : { message }),
      );
    });
    const edge = edgeOf(apiUrl);
    await edge.for(5, { owner: "acme", name: "gitops" });
    expect(await edge.token({ owner: "acme", name: "gitops" })).toBe("t0");
    expect(issued).toHaveLength(2);
  });
});

describe("an answer that breaks off", () => {
  it("is unavailable, not an empty answer", async () => {
    const apiUrl = await listen((_request, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
      response.write('{"token":', () => response.destroy());
    });
    const edge = edgeOf(apiUrl);
    await edge.for(5, { owner: "acme", name: "gitops" });
    await expect(edge.token({ owner: "acme", name: "gitops" })).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("is a bug when it is whole but not what GitHub describes", async () => {
    const apiUrl = await listen((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end('{"expires_at":"soon"}');
    });
    const edge = edgeOf(apiUrl);
    await edge.for(5, { owner: "acme", name: "gitops" });
    await expect(edge.token({ owner: "acme", name: "gitops" })).rejects.toMatchObject({
      kind: "bug",
      message: expect.stringContaining("expires_at"),
    });
  });
});
