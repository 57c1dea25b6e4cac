import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { StartProcess } from "../git/process.ts";
import { runGit } from "../git/run.ts";
import { messageOf } from "../model/errors.ts";
import type { Logger } from "../model/observe.ts";
import type { RegistrySettings } from "../model/registry.ts";
import type { SourceCredentials } from "../model/source-settings.ts";
import { readDockerConfig } from "../registry/index.ts";
import type { FindCredentials } from "../sources/index.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The credentials of `docker login` and `helm registry login`; Helm's win. */
export function loginsOf(env: Environment, log: Logger): readonly RegistrySettings[] {
  const home = env.HOME ?? homedir();
  const docker = join(env.DOCKER_CONFIG || join(home, ".docker"), "config.json");
  const configs = env.HELM_CONFIG_HOME || join(env.XDG_CONFIG_HOME || join(home, ".config"), "helm");
  const helm = env.HELM_REGISTRY_CONFIG || join(configs, "registry/config.json");
  const found = [docker, helm].flatMap((file) => readLogins(file, log));
  return [...new Map(found.map((one) => [one.host, one])).values()];
}

function readLogins(file: string, log: Logger): readonly RegistrySettings[] {
  if (!existsSync(file)) return [];
  try {
    const { settings, problems } = readDockerConfig(readFileSync(file, "utf8"), file);
    for (const problem of problems) log.debug({ file }, problem);
    return settings;
  } catch (error) {
    log.warn({ file }, messageOf(error));
    return [];
  }
}

const helperMs = 10_000;

/** The user's own credentials for a host, as Git's credential helpers know them; nobody is asked for them. */
export function gitCredentials(env: Environment, start: StartProcess | undefined): FindCredentials {
  return async ({ protocol, host }, signal) => {
    const all = { ...env, GIT_TERMINAL_PROMPT: "0", GIT_ASKPASS: "", SSH_ASKPASS: "", LC_ALL: "C" };
    const settings = Object.fromEntries(
      Object.entries(all).filter((one): one is [string, string] => one[1] !== undefined),
    );
    const input = `protocol=${protocol.slice(0, -1)}\nhost=${host}\n\n`;
    const args = ["-c", "core.askPass=", "credential", "fill"];
    const run = await runGit({
      gitPath: "git",
      args,
      cwd: "/",
      env: settings,
      deadlineMs: helperMs,
      input,
      signal,
      start,
    });
    return run.code === 0 ? credentialsIn(run.stdout.toString("utf8"), host) : undefined;
  };
}

function credentialsIn(text: string, host: string): SourceCredentials | undefined {
  const value = (key: string): string | undefined => new RegExp(`^${key}=(.*)$`, "m").exec(text)?.[1];
  const [username, password] = [value("username"), value("password")];
  return username === undefined || password === undefined ? undefined : { host, username, password };
}
