import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createSecureServer, type Http2SecureServer } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { selfSigned } from "../../sandbox/certificate.ts";
import { openCluster } from "../../src/kube/index.ts";
import type { ClusterAccess, LiveObject, OpenCluster } from "../../src/model/kube.ts";

const signal = AbortSignal.timeout(600_000);
const namespace = { apiVersion: "v1", kind: "Namespace", name: "shop" };
const server = pemOf("cluster.example.com");
const client = pemOf("the-client");

/** What a server that speaks both HTTP/2 and HTTP/1.1 is asked with. */
interface Asked {
  readonly groups: readonly string[];
  /** The common name of the client's certificate. */
  readonly client: string | undefined;
}

const asked: Asked[] = [];
const opened: OpenCluster[] = [];
let listening: Http2SecureServer;
let port = 0;
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-tls-"));
  const options = { key: server.key, cert: server.pem, allowHTTP1: true, requestCert: true, rejectUnauthorized: false };
  listening = createSecureServer(options, ({ rawHeaders, socket }, response) => {
    const lines = rawHeaders.map((name, index) => ({
      name,
      value: rawHeaders[index + 1] ?? "",
      isName: index % 2 === 0,
    }));
    const groups = lines.filter(({ name, isName }) => isName && name === "impersonate-group").map(({ value }) => value);
    const subject = socket instanceof TLSSocket ? socket.getPeerCertificate().subject : undefined;
    asked.push({ groups, client: subject === undefined ? undefined : String(subject.CN) });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ resources: [{ name: "namespaces", kind: "Namespace", namespaced: false }] }));
  });
  await once(listening.listen(0, "127.0.0.1"), "listening");
  const address = listening.address();
  port = address === null || typeof address === "string" ? 0 : address.port;
});
afterEach(async () => {
  asked.splice(0);
  for (const cluster of opened.splice(0)) await cluster.close();
});
afterAll(() => {
  listening.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("over TLS", () => {
  it("each group of an account has a header of its own, though the server speaks HTTP/2 too", async () => {
    const cluster = await open(kubeconfig({ "insecure-skip-tls-verify": true }));
    await cluster.as({ user: "jane", groups: ["a", "b"] }).get(namespace, signal);
    expect(asked.map(({ groups }) => groups)).toEqual([[], ["a", "b"]]);
  });

  it("a server is known by its authority and by the name that the kubeconfig gives it", async () => {
    const cluster = { "certificate-authority-data": base64(server.pem), "tls-server-name": "cluster.example.com" };
    expect(await read(kubeconfig(cluster))).toBeDefined();
  });

  it("a client proves itself by its certificate", async () => {
    const user = { "client-certificate-data": base64(client.pem), "client-key-data": base64(client.key) };
    await read(kubeconfig({ "insecure-skip-tls-verify": true }, user));
    expect(asked[0]?.client).toBe("the-client");
  });

  it.each<{ what: string; access: () => ClusterAccess }>([
    { what: "of another name", access: () => kubeconfig({ "certificate-authority-data": base64(server.pem) }) },
    {
      what: "of another authority",
      access: () =>
        kubeconfig({ "certificate-authority-data": base64(client.pem), "tls-server-name": "cluster.example.com" }),
    },
    { what: "that nobody vouches for", access: () => kubeconfig({ "tls-server-name": "cluster.example.com" }) },
    { what: "of another name, to a token", access: () => token({ ca: server.pem }) },
    { what: "that nobody vouches for, to a token", access: () => token({}) },
  ])("a server $what is told nothing", async ({ access }) => {
    await expect(read(access())).rejects.toMatchObject({ name: "Fault", kind: "unavailable" });
    expect(asked).toEqual([]);
  });
});

async function open(access: ClusterAccess): Promise<OpenCluster> {
  const pause = (): Promise<void> => Promise.resolve();
  const patient = { clock: () => 0, random: () => 1, deadlineMs: 600_000, pause };
  const cluster = await openCluster({ name: "staging", access, ...patient });
  opened.push(cluster);
  return cluster;
}

async function read(access: ClusterAccess): Promise<LiveObject | undefined> {
  return (await open(access)).get(namespace, signal);
}

function token({ ca }: { readonly ca?: string }): ClusterAccess {
  return { kind: "token", server: `https://127.0.0.1:${port}`, token: "t", ca };
}

function kubeconfig(cluster: object, user: object = { token: "t" }): ClusterAccess {
  const path = join(folder, "kubeconfig");
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "one",
    contexts: [{ name: "one", context: { cluster: "one", user: "one" } }],
    clusters: [{ name: "one", cluster: { server: `https://127.0.0.1:${port}`, ...cluster } }],
    users: [{ name: "one", user }],
  };
  writeFileSync(path, JSON.stringify(config));
  return { kind: "kubeconfig", path, exec: false };
}

function pemOf(commonName: string): { readonly key: string; readonly pem: string } {
  const { privateKey, pem } = selfSigned(commonName);
  return { key: String(privateKey.export({ type: "pkcs8", format: "pem" })), pem };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
