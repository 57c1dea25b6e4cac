import { z } from "zod";
import { UserError } from "../model/errors.ts";
import type { RegistrySettings } from "../model/registry.ts";
import { canonicalHost } from "./endpoint.ts";

const entry = z.object({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
  registrytoken: z.string().optional(),
});

const dockerConfig = z.object({
  auths: z.record(z.string(), entry).default({}),
  credHelpers: z.record(z.string(), z.string()).default({}),
  credsStore: z.string().optional(),
});

/** What a Docker `config.json` gives. */
export interface DockerCredentials {
  readonly settings: readonly RegistrySettings[];
  /** What of it Sluice cannot use, in sentences without secrets. */
  readonly problems: readonly string[];
}

/**
 * Reads the credentials of a Docker `config.json` (also a Kubernetes secret's `.dockerconfigjson`). Programs that keep
 * credentials (`credsStore`, `credHelpers`) are not run, which `problems` says. Throws a `usage` UserError for what is
 * no such file; it quotes nothing of it. Source: docker/cli, `cli/config/types/authconfig.go`.
 */
export function readDockerConfig(text: string, file: string): DockerCredentials {
  const parsed = dockerConfig.safeParse(parse(text, file));
  if (!parsed.success) {
    const where = parsed.error.issues.map(({ path }) => path.join(".") || "the whole file").join(", ");
    throw new UserError("usage", `${file} is no Docker config.json: ${where} has another form`);
  }
  const settings = new Map<string, RegistrySettings>();
  const problems: string[] = [];
  for (const [address, auth] of Object.entries(parsed.data.auths)) {
    const host = hostOf(address);
    const found = settingsOf(host, auth);
    if (found !== undefined && settings.has(host))
      problems.push(`${file}: ${host} has several credentials; the first are used`);
    else if (found !== undefined) settings.set(host, found);
    else if (auth.auth) problems.push(`${file}: the auth of ${address} is not base64 of user:password`);
  }
  return { settings: [...settings.values()], problems: [...problems, ...helperProblems(parsed.data, settings, file)] };
}

/** The settings, and for registries without credentials there those of Docker's file. */
export function withDockerCredentials(
  settings: readonly RegistrySettings[],
  docker: readonly RegistrySettings[],
): readonly RegistrySettings[] {
  const own = new Map(settings.map((one) => [canonicalHost(one.host), one]));
  const mixed = docker.map((found) => {
    const { username, token, identityToken, ...rest } = own.get(found.host) ?? { host: found.host };
    const has = username ?? token ?? identityToken;
    return has === undefined ? { ...rest, ...found } : undefined;
  });
  const given = new Map(mixed.filter((one) => one !== undefined).map((one) => [one.host, one]));
  return [...settings.filter(({ host }) => !given.has(canonicalHost(host))), ...given.values()];
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message would quote the text.
    throw new UserError("usage", `${file} is not JSON`);
  }
}

/** `https://index.docker.io/v1/` stands for Docker Hub; other keys are hosts, maybe as a URL. */
function hostOf(address: string): string {
  const host = address.replace(/^https?:\/\//, "").split("/")[0] ?? "";
  return canonicalHost(host.toLowerCase());
}

function settingsOf(host: string, auth: z.infer<typeof entry>): RegistrySettings | undefined {
  if (auth.registrytoken) return { host, token: auth.registrytoken };
  if (auth.identitytoken) return { host, identityToken: auth.identitytoken };
  if (auth.username && auth.password) return { host, username: auth.username, password: auth.password };
  const pair = Buffer.from(auth.auth ?? "", "base64")
    .toString("utf8")
    .replace(/\0+$/, "");
  const colon = pair.indexOf(":");
  return colon < 1 ? undefined : { host, username: pair.slice(0, colon), password: pair.slice(colon + 1) };
}

function helperProblems(
  { credHelpers, credsStore, auths }: z.infer<typeof dockerConfig>,
  settings: ReadonlyMap<string, RegistrySettings>,
  file: string,
): readonly string[] {
  const fix =
    "Sluice runs no credential programs: give username and password under registries in the server's settings";
  const helpers = Object.entries(credHelpers).map(
    ([host, helper]) => `${file}: the credentials of ${host} are kept by docker-credential-${helper}. ${fix}.`,
  );
  const inStore = Object.keys(auths).filter((address) => !settings.has(hostOf(address)) && !auths[address]?.auth);
  if (credsStore === undefined) return helpers;
  const whose = inStore.length > 0 ? `of ${inStore.join(", ")} ` : "";
  return [...helpers, `${file}: credentials ${whose}are kept by docker-credential-${credsStore}. ${fix}.`];
}
