import { env } from "node:process";

/** One `key = value` of git's configuration, handed over in the environment. */
export type GitSetting = readonly [key: string, value: string];

/**
 * What every git process gets as configuration, whatever the repository's own configuration says: no hooks, helpers,
 * prompts or background work.
 */
const hardening: readonly GitSetting[] = [
  ["core.hooksPath", "/dev/null"],
  ["core.fsmonitor", "false"],
  ["core.attributesFile", "/dev/null"],
  ["core.askPass", ""],
  ["credential.helper", ""],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  // Refs stay loose: the time of a ref's file tells when it was last wanted.
  ["gc.packRefs", "false"],
  // By itself git leaves it to the system when a ref reaches the disk: a power cut leaves an empty file.
  ["core.fsync", "committed,reference"],
  ["fetch.recurseSubmodules", "false"],
  ["submodule.recurse", "false"],
  // A fetch lands as one pack that appears whole or not at all; loose objects could be cut off half way by a kill.
  ["fetch.unpackLimit", "1"],
  ["transfer.unpackLimit", "1"],
  ["http.followRedirects", "false"],
  ["http.lowSpeedLimit", "1000"],
  ["http.lowSpeedTime", "30"],
  ["protocol.version", "2"],
  // Whoever names a folder to Sluice trusts it; containers often see it with another owner.
  ["safe.directory", "*"],
];

/** Variables that git's HTTP transport needs where a network demands them. */
const passedOn = ["PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "CURL_CA_BUNDLE", "NO_PROXY", "no_proxy"];
const proxies = ["http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"];

/** What a git process may reach and which further settings it gets. */
export interface GitEnvironmentOptions {
  /** Transports that may be used, e.g. `["https"]`; none for local work. */
  readonly protocols: readonly string[];
  /** Further settings; secrets belong here and only here. */
  readonly settings?: readonly GitSetting[];
}

/** The complete environment of a git process: nothing of the host's but the path, certificates and proxies. */
export function gitEnvironment({ protocols, settings = [] }: GitEnvironmentOptions): Record<string, string> {
  const variables: Record<string, string> = {
    LC_ALL: "C",
    HOME: "/nonexistent",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ALLOW_PROTOCOL: protocols.length === 0 ? "none" : protocols.join(":"),
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_OPTIONAL_LOCKS: "0",
  };
  for (const name of protocols.length === 0 ? ["PATH"] : [...passedOn, ...proxies]) {
    const value = env[name];
    if (value !== undefined) variables[name] = value;
  }
  const all = [...hardening, ...settings];
  variables.GIT_CONFIG_COUNT = String(all.length);
  for (const [index, [key, value]] of all.entries()) {
    variables[`GIT_CONFIG_KEY_${index}`] = key;
    variables[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return variables;
}

/** The setting that lets git's HTTP transport present `token` to the server of `url` and to no other. */
export function tokenSetting(url: string, token: string): GitSetting {
  const credentials = Buffer.from(`x-access-token:${token}`).toString("base64");
  return [`http.${new URL(url).origin}/.extraheader`, `Authorization: Basic ${credentials}`];
}
