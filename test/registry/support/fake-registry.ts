import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { SelfSigned } from "../../../sandbox/certificate.ts";
import type { RegistrySettings } from "../../../src/model/registry.ts";

/** What a server was asked. */
export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly authorization: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** What it answers; `undefined`: nothing, ever. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array | object;
}

/** A server that behaves as the test says: for what no real registry does, or should. */
export interface FakeRegistry {
  readonly host: string;
  readonly origin: string;
  /** What Sluice needs to reach it. */
  readonly settings: RegistrySettings;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

/** Starts a server on 127.0.0.1 that answers as `reply` says; over https, as `localhost`, with a certificate. */
export async function fakeRegistry(
  reply: (asked: Asked) => Reply | undefined | Promise<Reply | undefined>,
  certificate?: SelfSigned,
): Promise<FakeRegistry> {
  const asked: Asked[] = [];
  const listener: RequestListener = (request, response) => {
    const answer = async (): Promise<void> => {
      const one = await read(request);
      asked.push(one);
      const { status = 200, headers = {}, body = "" } = (await reply(one)) ?? { status: 0 };
      if (status === 0) return;
      response.writeHead(
        status,
        Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name, typeof value === "string" ? value : [...value]]),
        ),
      );
      response.end(typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body));
    };
    answer().catch(() => response.destroy());
  };
  const server: Server = certificate ? createSecureServer(secure(certificate), listener) : createServer(listener);
  server.listen(0, certificate ? "localhost" : "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const host = `${certificate ? "localhost" : "127.0.0.1"}:${address.port}`;
  return {
    host,
    origin: `${certificate ? "https" : "http"}://${host}`,
    settings: { host, private: true, insecure: certificate === undefined, requestsPerSecond: 1000 },
    asked,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function secure({ privateKey, pem }: SelfSigned): { key: string | Buffer; cert: string } {
  return { key: privateKey.export({ type: "pkcs8", format: "pem" }), cert: pem };
}

async function read(request: IncomingMessage): Promise<Asked> {
  let body = "";
  for await (const chunk of request) body += chunk;
  const { method = "", url = "", headers } = request;
  return { method, url, headers, authorization: headers.authorization, body };
}

/** The sha256 of a text, as registries write it. */
export function digestOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** A manifest and its configuration, and the replies to whoever asks for them by tag or digest. */
export function oneImage(tag: string, changes: object = {}): { readonly digest: string; reply(asked: Asked): Reply } {
  const config = JSON.stringify({ os: "linux", architecture: "amd64", created: "2026-01-01T00:00:00Z" });
  const configType = "application/vnd.oci.image.config.v1+json";
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const described = { mediaType: configType, digest: digestOf(config), size: config.length };
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType, config: described, layers: [], ...changes });
  const digest = digestOf(manifest);
  const known = new Map([
    [`manifests/${tag}`, manifest],
    [`manifests/${digest}`, manifest],
    [`blobs/${described.digest}`, config],
  ]);
  return {
    digest,
    reply: ({ url }) => {
      const [path, body] = [...known].find(([end]) => url.endsWith(`/${end}`)) ?? [];
      if (path === undefined || body === undefined) return { status: 404 };
      const headers = { "content-type": path.startsWith("blobs") ? "application/octet-stream" : mediaType };
      return {
        body,
        headers: { ...headers, ...(path.startsWith("manifests") && { "docker-content-digest": digest }) },
      };
    },
  };
}
