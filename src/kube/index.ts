import { UserError } from "../model/errors.ts";
import type { Cluster, ClusterAccess, Impersonation, OpenCluster } from "../model/kube.ts";
import { Calls } from "./calls.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import type { Endpoint } from "./endpoint.ts";
import { HttpCluster } from "./http-cluster.ts";
import { impersonationHeaders } from "./impersonation.ts";
import { RestMapper } from "./rest-mapper.ts";

export { clusterLeases } from "./leases.ts";

/** What a cluster's client is made of. */
export interface ClusterOptions
  extends Omit<ConnectionOptions, Defaulted>,
    Partial<Pick<ConnectionOptions, Defaulted>> {
  /** The operator's name for it. */
  readonly name: string;
  readonly access: ClusterAccess;
}

type Defaulted = keyof typeof defaults;
const defaults = { deadlineMs: 30_000, maxWaitMs: 30_000, maxBytes: 64 * 1024 * 1024 };

/** Opens the client of one cluster. Throws a `usage` UserError when its access cannot be used. Asks nothing yet. */
export async function openCluster(options: ClusterOptions): Promise<OpenCluster> {
  const { name, access, ...rest } = options;
  const connection = new Connection(await endpointOf(options), { ...defaults, ...rest });
  const mapper = new RestMapper((path, signal) => discover(calls, path, signal));
  const calls = new Calls({ name, clock: rest.clock, connection, mapper, headers: {} });
  return new OpenHttpCluster(calls, connection);
}

class OpenHttpCluster extends HttpCluster implements OpenCluster {
  readonly #calls: Calls;
  readonly #connection: Connection;

  constructor(calls: Calls, connection: Connection) {
    super(calls);
    this.#calls = calls;
    this.#connection = connection;
  }

  clockOffset(): number {
    return this.#connection.clockOffset;
  }

  as(account: Impersonation): Cluster {
    return new HttpCluster(this.#calls.with(impersonationHeaders(account)));
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

async function discover(calls: Calls, path: string, signal: AbortSignal): Promise<unknown> {
  const call = calls.describeAll("list the kinds below", path);
  const answer = await calls.send({ method: "GET", path }, signal);
  return answer.status === 404 ? undefined : calls.object(call, answer).object;
}

/** The client library is loaded where it is used: who has no cluster, or a token, need not pay for it. */
async function endpointOf({ name, access }: ClusterOptions): Promise<Endpoint> {
  switch (access.kind) {
    case "kubeconfig": {
      const { kubeconfigEndpoint } = await import("./kubeconfig.ts");
      return kubeconfigEndpoint({ name, path: access.path, context: access.context, exec: access.exec });
    }
    case "in-cluster":
      return (await import("./kubeconfig.ts")).inClusterEndpoint(name);
    case "token":
      return tokenEndpoint(name, access);
  }
}

function tokenEndpoint(name: string, { server, token, ca }: Extract<ClusterAccess, { kind: "token" }>): Endpoint {
  const url = URL.parse(server);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UserError("usage", `Cluster ${name}: its server is no URL`, {
      fix: "Correct it in the server's settings.",
    });
  const headers = { authorization: `Bearer ${token.trim()}` };
  return { name, server: url, tls: ca === undefined ? {} : { ca }, proxy: undefined, headers: async () => headers };
}
