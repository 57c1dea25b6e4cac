import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { messageOf, UserError } from "../../model/errors.ts";
import type { Logger } from "../../model/observe.ts";
import { isImageHost } from "../../model/pushed-image.ts";
import { imageAddress, type Registry, type RegistrySettings } from "../../model/registry.ts";
import type { CommandContext } from "../command.ts";
import { commandLog } from "../log.ts";
import { usage } from "../parse.ts";

type Context = Pick<CommandContext, "env" | "cwd" | "stderr" | "debug"> & {
  readonly args: { readonly "server-file": string | undefined; readonly insecure: readonly string[] };
};

interface Known {
  readonly settings: readonly RegistrySettings[];
  /** What is not used of the files, in sentences. */
  readonly problems: readonly string[];
}

/**
 * Lets `use` ask registries with the settings of the server's file and Docker's `config.json`, and always ends the
 * connections. The server's file is read only where it is named: one that lies in the working directory may be
 * someone else's, and could send secrets of this machine to their registry.
 */
export async function withRegistry<T>(context: Context, use: (registry: Registry) => Promise<T>): Promise<T> {
  const { createRegistry } = await import("../../wiring/registry-client.ts");
  const { settings, problems } = await knownRegistries(context);
  const log = commandLog(context.stderr, context.debug);
  const client = createRegistry({ settings, clock: Date.now, log, random: Math.random });
  try {
    return await use(withWarnings(client, problems, log));
  } finally {
    await client.close();
  }
}

async function knownRegistries({ args, env, cwd }: Context): Promise<Known> {
  const { readDockerConfig, withDockerCredentials } = await import("../../wiring/registry-client.ts");
  const named = args["server-file"] ?? (env.SLUICE_SERVER_FILE || undefined);
  const server = named === undefined ? nothing : unrestricted(await serverRegistries(resolve(cwd, named), env));
  const dockerFile = join(env.DOCKER_CONFIG || join(env.HOME || homedir(), ".docker"), "config.json");
  const text = textOf(dockerFile);
  const docker = text === undefined ? nothing : readDockerConfig(text, dockerFile);
  return {
    settings: withInsecure(withDockerCredentials(server.settings, docker.settings), args.insecure),
    problems: [...server.problems, ...docker.problems],
  };
}

const nothing: Known = { settings: [], problems: [] };

async function serverRegistries(file: string, environment: Context["env"]): Promise<readonly RegistrySettings[]> {
  const { readServerFile } = await import("../../settings.ts");
  const text = textOf(file);
  if (text === undefined) throw new UserError("usage", `there is no file ${file}`);
  const readFile = (path: string): string => readFileSync(path, "utf8");
  const read = readServerFile(text, { environment, readFile, file });
  if (read.ok) return read.settings.registries;
  const problems = read.problems.map((one) => `  ${one.file}:${one.line}:${one.column}: ${one.message}. ${one.fix}`);
  throw new UserError("usage", `the server's settings cannot be used:\n${problems.join("\n")}`);
}

/** `undefined` when there is no such file. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new UserError("usage", `${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** Nothing proves which repository a checkout is of, so credentials for only some repositories are not used. */
function unrestricted(settings: readonly RegistrySettings[]): Known {
  const restricted = settings.filter(({ repositories }) => repositories !== undefined).map(({ host }) => host);
  return {
    settings: settings.map((one) => (one.repositories === undefined ? one : withoutCredentials(one))),
    problems: restricted.map(
      (host) => `the credentials of ${host} in the server's file are for some repositories only, and not used here`,
    ),
  };
}

function withoutCredentials(settings: RegistrySettings): RegistrySettings {
  const { username: _name, password: _password, token: _token, identityToken: _identity, ...rest } = settings;
  return rest;
}

function withInsecure(settings: readonly RegistrySettings[], hosts: readonly string[]): readonly RegistrySettings[] {
  const insecure = new Set(hosts.map(checkedHost));
  const known = new Set(settings.map(({ host }) => hostOf(host)));
  const open = { insecure: true, private: true };
  return [
    ...settings.map((one) => (insecure.has(hostOf(one.host)) ? { ...one, ...open } : one)),
    ...[...insecure].filter((host) => !known.has(host)).map((host) => ({ host, ...open })),
  ];
}

function checkedHost(host: string): string {
  if (isImageHost(host)) return hostOf(host);
  throw usage(
    `"${host}" is not a registry's host`,
    "Write it as in the names of its images: --insecure localhost:5000.",
  );
}

/** Docker Hub has several names. */
function hostOf(host: string): string {
  return imageAddress(`${host}/name/name`).host;
}

/** Logs what of the files was not used when a registry refuses access; until then it does not matter. */
function withWarnings(registry: Registry, problems: readonly string[], log: Logger): Registry {
  let left = problems;
  const warned = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof UserError && error.kind === "permission") {
        for (const problem of left) log.warn({}, problem);
        left = [];
      }
      throw error;
    }
  };
  return {
    tags: (image, signal) => warned(registry.tags(image, signal)),
    digest: (image, tag, signal) => warned(registry.digest(image, tag, signal)),
    facts: (image, reference, signal) => warned(registry.facts(image, reference, signal)),
  };
}
