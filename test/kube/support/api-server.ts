import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { openCluster } from "../../../src/kube/index.ts";
import type { OpenCluster } from "../../../src/model/kube.ts";

/** What the server was asked, as it was on the wire. */
export interface Recorded {
  readonly method: string;
  readonly path: string;
  /** With the question mark; empty without a query. */
  readonly search: string;
  readonly headers: IncomingMessage["headers"];
  /** Every byte of it. */
  readonly body: string;
}

/** What it answers: `reset` breaks the connection, `silence` never answers. */
export type Reply =
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
  | "reset"
  | "silence";

/** A server that answers as the test says, records what it is asked, and is asked through Sluice's client. */
export interface ApiServer {
  readonly url: string;
  readonly cluster: OpenCluster;
  readonly requests: readonly Recorded[];
  /** Without the lists of kinds. */
  readonly calls: readonly Recorded[];
  /** How long the client wanted to wait before it tried again, in milliseconds. It did not wait. */
  readonly waits: readonly number[];
  connections(): number;
  close(): Promise<void>;
}

/** The token of the client. */
export const TOKEN = "the-token-of-the-cluster";

/** What such a server knows, and how the client of it is set. */
export interface ApiServerOptions {
  readonly deadlineMs?: number;
  readonly maxWaitMs?: number;
  readonly maxBytes?: number;
  /** The answers to lists of kinds, by path, which may change while the server runs; or none, ever. */
  readonly kinds?: Record<string, readonly Kind[]> | "silence";
}

/** A kind as a server lists it. */
export interface Kind {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** The kinds of the objects that the tests use. */
export const KINDS: Record<string, readonly Kind[]> = {
  "/api/v1": [
    { name: "namespaces", kind: "Namespace", namespaced: false },
    { name: "configmaps", kind: "ConfigMap", namespaced: true },
    { name: "secrets", kind: "Secret", namespaced: true },
    { name: "events", kind: "Event", namespaced: true },
  ],
  "/apis/apps/v1": [
    { name: "deployments/scale", kind: "Deployment", namespaced: true },
    { name: "deployments", kind: "Deployment", namespaced: true },
    { name: "deployments/status", kind: "Deployment", namespaced: true },
  ],
  "/apis/networking.k8s.io/v1": [{ name: "networkpolicies", kind: "NetworkPolicy", namespaced: true }],
  "/apis/rbac.authorization.k8s.io/v1": [{ name: "clusterroles", kind: "ClusterRole", namespaced: false }],
  "/apis/apiextensions.k8s.io/v1": [
    { name: "customresourcedefinitions", kind: "CustomResourceDefinition", namespaced: false },
  ],
};

/** Starts a server; by default it answers an empty object. */
export async function apiServer(
  reply: (asked: Recorded) => Reply = () => ({}),
  { kinds = KINDS, deadlineMs = 600_000, maxWaitMs = 30_000, maxBytes = 1_000_000 }: ApiServerOptions = {},
): Promise<ApiServer> {
  const requests: Recorded[] = [];
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const asked = await record(request);
      requests.push(asked);
      const said = (asked.method === "GET" ? listOf(kinds, asked.path) : undefined) ?? reply(asked);
      if (said === "reset") return void request.socket.destroy();
      if (said === "silence") return;
      response.writeHead(said.status ?? 200, { "content-type": "application/json", ...said.headers });
      response.end(typeof said.body === "string" ? said.body : JSON.stringify(said.body ?? {}));
    };
    answer().catch(() => response.destroy());
  });
  // Connections end when the client says so.
  server.keepAliveTimeout = 0;
  let connections = 0;
  server.on("connection", () => {
    connections += 1;
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const url = `http://127.0.0.1:${address.port}`;
  const waits: number[] = [];
  const cluster = await openCluster({
    name: "staging",
    access: { kind: "token", server: url, token: TOKEN },
    clock: () => 0,
    random: () => 1,
    deadlineMs,
    maxWaitMs,
    maxBytes,
    pause: async (ms) => {
      waits.push(ms);
    },
  });
  return {
    url,
    cluster,
    requests,
    waits,
    get calls() {
      return requests.filter(({ method, path }) => method !== "GET" || !/^\/(api|apis\/[^/]+)\/[^/]+$/.test(path));
    },
    connections: () => connections,
    close: async () => {
      server.closeAllConnections();
      await cluster.close();
      await once(server.close(), "close");
    },
  };
}

function listOf(kinds: Record<string, readonly Kind[]> | "silence", path: string): Reply | undefined {
  if (!/^\/(api|apis\/[^/]+)\/[^/]+$/.test(path)) return undefined;
  if (kinds === "silence") return kinds;
  const resources = kinds[path]?.map((kind) => ({ ...kind, verbs: ["get", "list", "patch", "delete"] }));
  return resources === undefined
    ? refusal(404, "NotFound", "the server could not find the requested resource")
    : { body: { resources } };
}

async function record(request: IncomingMessage): Promise<Recorded> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const [path = "", search] = (request.url ?? "").split("?");
  return {
    method: request.method ?? "",
    path,
    search: search === undefined ? "" : `?${search}`,
    headers: request.headers,
    body: Buffer.concat(chunks).toString("utf8"),
  };
}

/** A refusal in Kubernetes' form. */
export function refusal(status: number, reason: string, message: string, details: object = {}): Reply {
  return {
    status,
    body: { kind: "Status", apiVersion: "v1", status: "Failure", message, reason, details, code: status },
  };
}
