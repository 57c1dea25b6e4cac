import { once } from "node:events";
import { createSecureServer } from "node:http2";
import { expect, it } from "vitest";
import { openCluster } from "../../src/kube/index.ts";
import { selfSigned } from "../support/certificate.ts";

const signal = AbortSignal.timeout(600_000);

it("each group of an account has a header of its own, though the server speaks HTTP/2 too", async () => {
  const { privateKey, pem } = selfSigned("localhost");
  const key = privateKey.export({ type: "pkcs8", format: "pem" });
  const groups: string[][] = [];
  const server = createSecureServer({ key, cert: pem, allowHTTP1: true }, (request, response) => {
    const lines = request.rawHeaders.map((text, index) => [text, request.rawHeaders[index + 1] ?? ""] as const);
    groups.push(
      lines.flatMap(([name, value], index) => (index % 2 === 0 && name === "impersonate-group" ? [value] : [])),
    );
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ resources: [{ name: "namespaces", kind: "Namespace", namespaced: false }] }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const access = { kind: "token", server: `https://localhost:${address.port}`, token: "t", ca: pem } as const;
  const cluster = await openCluster({ name: "staging", access, clock: () => 0, random: () => 1, deadlineMs: 600_000 });
  try {
    const account = cluster.as({ user: "jane", groups: ["a", "b"] });
    await account.get({ apiVersion: "v1", kind: "Namespace", name: "shop" }, signal);
    expect(groups).toEqual([[], ["a", "b"]]);
  } finally {
    await cluster.close();
    server.close();
  }
});
