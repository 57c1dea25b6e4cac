import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { freePort } from "../../sandbox/free-port.ts";
import type { RegistrySettings } from "../../src/model/registry.ts";
import { type PushOptions, pushImage, type Send, sure } from "./distribution-push.ts";
import { startTokenService, type TokenService } from "./distribution-token.ts";
import { eventually } from "./wait.ts";

export type { PushOptions } from "./distribution-push.ts";

/** What a registry is started with. */
export interface DistributionOptions {
  /**
   * How it wants its clients to prove themselves: `basic` (htpasswd), `token` (a token service beside it), or not at
   * all, which is the default.
   */
  readonly auth?: "basic" | "token";
  /** Where it sends its notifications, with these headers. */
  readonly notifications?: { readonly url: string; readonly headers?: Readonly<Record<string, string>> };
  /** Which program; the first of `distributions()` unless said. */
  readonly binary?: string;
}

/** A real Distribution registry on a port of its own. */
export interface Distribution {
  /** With the port, as in the names of its images: `127.0.0.1:40001`. */
  readonly host: string;
  /** What Sluice needs to reach it. */
  readonly settings: RegistrySettings;
  readonly tokens: TokenService | undefined;
  /** Pushes an image and gives its digest. Every push is another image unless `content` says otherwise. */
  push(repository: string, tag: string, options?: PushOptions): Promise<string>;
  /** Gives what a tag or digest names another tag; gives its digest. */
  tagAs(repository: string, reference: string, tag: string): Promise<string>;
  /**
   * Gives a digest these tags by writing them into the store, which takes no time: for lists of thousands. Sends no
   * notifications.
   */
  writeTags(repository: string, digest: string, tags: readonly string[]): Promise<void>;
  /** Deletes what a tag or digest names, and so every tag that names it. */
  delete(repository: string, reference: string): Promise<void>;
  /** Anything else of its API, with the rights to push: `path` is behind `/v2/<repository>/`. */
  readonly send: Send;
  /** What it was asked so far: `GET /v2/team/app/tags/list?n=1000 200`. Written after the answer. */
  requests(): readonly string[];
  /** Ends it; what was pushed stays. */
  stop(): Promise<void>;
  /** Starts it again on the same port, with what was pushed; ends it first if it runs. */
  restart(): Promise<void>;
  /** Ends it for good. */
  close(): Promise<void>;
}

/** The credentials of every registry that wants some. */
export const credentials = { username: "robot", password: "push-and-pull" };
/** bcrypt of the password, of the least cost. */
const htpasswd = `${credentials.username}:$2b$04$aFixedSaltForTheTestsuGQm5fkBFcoWl7vTt9rfHhi/i2txTzTS\n`;

/**
 * The registries that are on this machine, by version: the one of `SLUICE_REGISTRY` or the PATH, and the one that the
 * set-up built, where there is one.
 */
export function distributions(): readonly { readonly version: string; readonly binary: string }[] {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const named = ["registry", "docker-registry"].flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = [process.env.SLUICE_REGISTRY ?? named.find((file) => existsSync(file)), ...built()];
  const programs = new Map<string, string>();
  for (const binary of found) {
    if (binary === undefined) continue;
    const version =
      /\bv?(\d+\.\d+\.\d+)/.exec(execFileSync(binary, ["--version"], { encoding: "utf8" }))?.[1] ?? binary;
    if (!programs.has(version)) programs.set(version, binary);
  }
  return [...programs].map(([version, binary]) => ({ version, binary }));
}

function built(): readonly string[] {
  const caches = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const tools = join(process.env.SLUICE_CACHE ?? join(caches, "sluice"), "tools");
  if (!existsSync(tools)) return [];
  const folders = readdirSync(tools).filter((name) => name.startsWith("registry-"));
  return folders.map((name) => join(tools, name, "registry")).filter((file) => existsSync(file));
}

/** Starts a registry with an empty store in a temporary folder. */
export async function startDistribution(options: DistributionOptions = {}): Promise<Distribution> {
  const binary = options.binary ?? distributions()[0]?.binary;
  if (binary === undefined) throw new Error("there is no registry: run `npm run setup -- --tests`");
  const folder = mkdtempSync(join(tmpdir(), "sluice-registry-"));
  const host = `127.0.0.1:${await freePort()}`;
  const tokens =
    options.auth === "token" ? await startTokenService(credentials.username, credentials.password) : undefined;
  writeFileSync(join(folder, "htpasswd"), htpasswd);
  if (tokens !== undefined) writeFileSync(join(folder, "token.pem"), tokens.certificate);
  // JSON is YAML.
  writeFileSync(join(folder, "config.yml"), JSON.stringify(configuration(folder, host, options, tokens)));
  const requests: string[] = [];
  let child = await start(binary, folder, host, requests);
  const send = sender(host, options, tokens);
  const stop = (): Promise<void> => end(child);
  return {
    host,
    settings: { host, insecure: true, private: true, requestsPerSecond: 1000, ...(options.auth && credentials) },
    tokens,
    send,
    push: (repository, tag, image = {}) => pushImage(send, repository, tag, image),
    tagAs: (repository, reference, tag) => tagAs(send, repository, reference, tag),
    writeTags: (repository, digest, tags) => writeTags(join(folder, "data"), repository, digest, tags),
    delete: (repository, reference) => remove(send, repository, reference),
    requests: () => requests,
    stop,
    restart: async () => {
      await stop();
      child = await start(binary, folder, host, requests);
    },
    close: async () => {
      await stop();
      await tokens?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configuration(
  folder: string,
  host: string,
  { auth, notifications }: DistributionOptions,
  tokens: TokenService | undefined,
): object {
  const endpoint = notifications && {
    name: "test",
    url: notifications.url,
    headers: Object.fromEntries(Object.entries(notifications.headers ?? {}).map(([name, value]) => [name, [value]])),
    timeout: "5s",
    threshold: 3,
    backoff: "200ms",
  };
  const token = tokens && {
    realm: tokens.realm,
    service: tokens.service,
    issuer: tokens.issuer,
    rootcertbundle: join(folder, "token.pem"),
  };
  return {
    version: 0.1,
    log: { level: "error" },
    storage: { filesystem: { rootdirectory: join(folder, "data") }, delete: { enabled: true } },
    http: { addr: host, secret: "test" },
    ...(auth === "basic" && { auth: { htpasswd: { realm: "test", path: join(folder, "htpasswd") } } }),
    ...(token && { auth: { token } }),
    ...(endpoint && { notifications: { endpoints: [endpoint] } }),
  };
}

async function start(binary: string, folder: string, host: string, requests: string[]): Promise<ChildProcess> {
  const environment = { PATH: process.env.PATH ?? "", HOME: folder, OTEL_TRACES_EXPORTER: "none" };
  const child = spawn(binary, ["serve", join(folder, "config.yml")], {
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said = `${said}${chunk}`.slice(-4000);
  });
  let rest = "";
  child.stdout.on("data", (chunk) => {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    // The access log, in Apache's form.
    for (const line of lines) {
      const match = /"([A-Z]+) (\S+) HTTP\/[\d.]+" (\d{3})/.exec(line);
      if (match !== null && match[2] !== "/v2/") requests.push(`${match[1]} ${match[2]} ${match[3]}`);
    }
  });
  await eventually("the registry listens", async () => {
    if (child.exitCode !== null) throw new Error(`the registry ended: ${said}`);
    return fetch(`http://${host}/v2/`).then(
      (answer) => answer.body?.cancel().then(() => true),
      () => false,
    );
  });
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

function sender(host: string, { auth }: DistributionOptions, tokens: TokenService | undefined): Send {
  const basic = Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64");
  return async (repository, path, init) => {
    const headers = new Headers(init.headers);
    if (auth === "basic") headers.set("authorization", `Basic ${basic}`);
    const scope = `repository:${repository}:pull,push,delete`;
    if (tokens !== undefined) headers.set("authorization", `Bearer ${await tokens.token([scope])}`);
    const url = new URL(path, `http://${host}/v2/${repository}/`);
    return fetch(url, { ...init, headers, signal: AbortSignal.timeout(600_000) });
  };
}

async function tagAs(send: Send, repository: string, reference: string, tag: string): Promise<string> {
  const accept = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json";
  const dockers =
    "application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";
  const headers = { accept: `${accept}, ${dockers}` };
  const there = await sure(send(repository, `manifests/${reference}`, { headers }), 200);
  const type = there.headers.get("content-type") ?? "";
  const put = { method: "PUT", headers: { "content-type": type }, body: Buffer.from(await there.arrayBuffer()) };
  const made = await sure(send(repository, `manifests/${tag}`, put), 201);
  return made.headers.get("docker-content-digest") ?? "";
}

/** Source of the layout: distribution's `registry/storage/paths.go`. */
async function writeTags(data: string, repository: string, digest: string, tags: readonly string[]): Promise<void> {
  const manifests = join(data, "docker/registry/v2/repositories", repository, "_manifests/tags");
  await Promise.all(
    tags.map(async (tag) => {
      const place = join(manifests, tag, "current");
      await mkdir(place, { recursive: true });
      await writeFile(join(place, "link"), digest);
    }),
  );
}

async function remove(send: Send, repository: string, reference: string): Promise<void> {
  const digest = reference.includes(":") ? reference : await tagAs(send, repository, reference, reference);
  await sure(send(repository, `manifests/${digest}`, { method: "DELETE" }), 202);
}
