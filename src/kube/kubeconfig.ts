import {
  bufferFromFileOrString,
  type Cluster,
  HttpMethod,
  KubeConfig,
  RequestContext,
  type User,
} from "@kubernetes/client-node";
import { z } from "zod";
import { Fault, UserError } from "../model/errors.ts";
import { SingleFlight } from "../model/single-flight.ts";
import type { Endpoint } from "./endpoint.ts";

/** Which kubeconfig, and how far it is trusted. */
export interface KubeconfigOptions {
  /** The cluster's name in messages. */
  readonly name: string;
  readonly path: string;
  /** Absent: the kubeconfig's current one. */
  readonly context: string | undefined;
  /** Whether a program that it names may be run for credentials. */
  readonly exec: boolean;
}

type Headers = Readonly<Record<string, string>>;

interface Chosen {
  readonly config: KubeConfig;
  readonly cluster: Cluster;
  readonly user: User;
}

/** For one run of a program that gives credentials. */
const credentialsMs = 30_000;

/** The endpoint that a context of a kubeconfig names. Throws `usage` UserErrors, which hold nothing of its content. */
export function kubeconfigEndpoint(options: KubeconfigOptions): Endpoint {
  return endpointOf(options, () => load(options));
}

/** The endpoint of the cluster that Sluice runs in, with the rights of its Pod's service account. */
export function inClusterEndpoint(name: string): Endpoint {
  const config = new KubeConfig();
  config.loadFromCluster();
  const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()];
  const options = { name, path: "the Pod's service account", context: undefined, exec: false };
  if (cluster === null || user === null || !process.env.KUBERNETES_SERVICE_HOST)
    throw new UserError("usage", `Cluster ${name}: Sluice does not run in a cluster`, {
      fix: "Name a kubeconfig for this cluster in the server's settings.",
    });
  return endpointOf(options, () => ({ config, cluster, user }));
}

function load(options: KubeconfigOptions): Chosen {
  const chosen = choose(read(options), options);
  if (options.exec || !asksOthers(chosen.user)) return chosen;
  throw usage(options, "names a program that gives credentials, which is not allowed for this cluster", {
    fix: "Use a token or a client certificate, or allow programs for this cluster in the server's settings.",
  });
}

function read(options: KubeconfigOptions): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromFile(options.path);
  } catch (error) {
    // What a parser says may quote a credential.
    const code = z.object({ code: z.string() }).safeParse(error).data?.code ?? "it is no kubeconfig";
    throw usage(options, `cannot be read: ${code}`, { fix: "Correct its path in the server's settings, or the file." });
  }
  if (options.context !== undefined) config.setCurrentContext(options.context);
  return config;
}

function choose(config: KubeConfig, options: KubeconfigOptions): Chosen {
  const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()];
  if (cluster !== null && user !== null) return { config, cluster, user };
  const known = config.getContexts().map(({ name }) => name);
  const wanted = options.context === undefined ? "has no usable current context" : `has no context ${options.context}`;
  throw usage(options, wanted, { fix: `Name one of its contexts: ${known.join(", ") || "it has none"}.` });
}

/**
 * A user whose token is in a file that is read again from time to time, as that of a Pod. Nothing else: the client also
 * goes by what is beside it.
 */
const fileReader = z.strictObject({ name: z.literal("tokenFile"), config: z.strictObject({ tokenFile: z.string() }) });

function readsFile({ authProvider }: User): boolean {
  return fileReader.safeParse(authProvider).success;
}

/** Whether the client would start a program for this user, or ask somebody on the network. */
function asksOthers(user: User): boolean {
  return Boolean(user.exec) || (Boolean(user.authProvider) && !readsFile(user));
}

function endpointOf(options: KubeconfigOptions, read: () => Chosen): Endpoint {
  const { config, cluster, user } = read();
  if (cluster.proxyUrl !== undefined && !/^https?:/.test(cluster.proxyUrl))
    throw usage(options, "names a proxy of a kind that is not supported", { fix: "Use an HTTP proxy." });
  return {
    name: options.name,
    server: serverOf(options, cluster.server),
    proxy: cluster.proxyUrl,
    tls: tlsOf(options, cluster, user),
    headers: credentials(options, { config, cluster, user }, read),
  };
}

/** Those that never change are asked for once; what was refused is read again, since files are replaced. */
function credentials(options: KubeconfigOptions, first: Chosen, read: () => Chosen): Endpoint["headers"] {
  const asking = new SingleFlight<Headers>();
  let chosen = first;
  let known: Headers | undefined;
  return ({ refused }) => {
    if (known !== undefined && !refused && !asksOthers(chosen.user) && !readsFile(chosen.user))
      return Promise.resolve(known);
    return asking.join("", async () => {
      if (refused) chosen = read();
      known = await headersOf(options, chosen);
      return known;
    });
  };
}

function tlsOf(options: KubeconfigOptions, cluster: Cluster, user: User): Endpoint["tls"] {
  const [ca, cert, key] = filesOf(options, cluster, user);
  return {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(cluster.tlsServerName !== undefined && { servername: cluster.tlsServerName }),
    ...(cluster.skipTLSVerify && { rejectUnauthorized: false }),
  };
}

function filesOf(options: KubeconfigOptions, cluster: Cluster, user: User): (Buffer | null)[] {
  try {
    return [
      bufferFromFileOrString(cluster.caFile, cluster.caData),
      bufferFromFileOrString(user.certFile, user.certData),
      bufferFromFileOrString(user.keyFile, user.keyData),
    ];
  } catch (error) {
    const code = z.object({ code: z.string() }).safeParse(error).data?.code ?? "";
    throw usage(options, `names a certificate or key that cannot be read: ${code}`, { fix: "Correct its path." });
  }
}

function serverOf(options: KubeconfigOptions, server: string): URL {
  const url = URL.parse(server);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw usage(options, "names no valid URL of a server", { fix: "Correct `server` of this cluster." });
}

/** What the client library would send, whichever way the user proves itself. */
async function headersOf({ name, path }: KubeconfigOptions, { config, cluster }: Chosen): Promise<Headers> {
  const request = new RequestContext(cluster.server, HttpMethod.GET);
  try {
    await withDeadline(config.applySecurityAuthentication(request));
  } catch {
    // A program's own words may hold what it was asked for.
    throw new Fault("unavailable", `Cluster ${name}: the credentials of ${path} could not be had`);
  }
  const headers = Object.entries(request.getHeaders());
  return Object.fromEntries(headers.map(([header, value]) => [header.toLowerCase(), value.trim()]));
}

async function withDeadline(work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("took too long")), credentialsMs);
  try {
    await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function usage({ name, path }: KubeconfigOptions, what: string, { fix }: { readonly fix: string }): UserError {
  return new UserError("usage", `Cluster ${name}: the kubeconfig ${path} ${what}`, { fix });
}
