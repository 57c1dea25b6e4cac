import { readFileSync } from "node:fs";
import { createConnection } from "node:net";
import { resolve } from "node:path";
import { UserError } from "../../model/errors.ts";
import { readSettings, type ServerSettings, variables } from "../../settings.ts";
import type { Check, DoctorInput } from "./check.ts";

/** Which settings are set, by name; whether the server would start with them. Values are never shown. */
export function checkSettings(input: DoctorInput): readonly Check[] {
  const { env } = input;
  const given = (name: string) => (env[name] ?? "") !== "";
  const set = variables.filter(({ name }) => given(name)).map(({ name }) => name);
  const missing = variables.filter(({ name, required }) => required && !given(name)).map(({ name }) => name);
  const lacking = missing.filter((name) => !(name === "PRIVATE_KEY" && given("PRIVATE_KEY_PATH")));
  const named: Check = {
    name: "settings",
    status: "info",
    detail: `set: ${set.join(", ") || "none"}; missing: ${lacking.join(", ") || "none"}`,
  };
  if (set.length === 0) return [{ ...named, detail: `${named.detail} (only sluice serve needs them)` }];
  return [named, startCheck(input)];
}

function startCheck(input: DoctorInput): Check {
  const read = serverSettings(input);
  if (read instanceof UserError)
    return {
      name: "serve",
      status: "warn",
      detail: read.message,
      ...(read.fix === undefined ? {} : { fix: read.fix }),
    };
  const { hooks, registries, adminToken } = read;
  const listed = `registry hooks: ${hooks.length}, registries: ${registries.length}`;
  const log = adminToken === undefined ? "no event log without ADMIN_TOKEN" : "event log at /events";
  return { name: "serve", status: "ok", detail: `would start with these settings\n${listed}; ${log}` };
}

/** The settings that a server would start with, or why it would not. */
export function serverSettings({ env, cwd }: DoctorInput): ServerSettings | UserError {
  try {
    return readSettings(env, (path) => readFileSync(resolve(cwd, path), "utf8"));
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/** Whether the configured stores can be reached. */
export function checkStores({ env, signal }: DoctorInput): Promise<readonly Check[]> {
  const stores = [
    { name: "redis", url: env.REDIS_URL, port: 6379, variable: "REDIS_URL" },
    { name: "postgres", url: env.DATABASE_URL, port: 5432, variable: "DATABASE_URL" },
  ];
  return Promise.all(
    stores.flatMap(({ name, url, port, variable }) =>
      url === undefined || url === "" ? [] : [checkStore(name, { url, port, variable, signal })],
    ),
  );
}

interface Store {
  readonly url: string;
  readonly port: number;
  readonly variable: string;
  readonly signal: AbortSignal;
}

async function checkStore(name: string, store: Store): Promise<Check> {
  const url = URL.parse(store.url);
  if (url === null)
    return { name, status: "fail", detail: "the address is malformed", fix: `Set ${store.variable} to a URL.` };
  const where = { host: url.hostname, port: Number(url.port) || store.port };
  const reason = await reach(where, store.signal);
  const at = `${where.host}:${where.port}`;
  if (reason === undefined) return { name, status: "ok", detail: `${at} takes connections` };
  return {
    name,
    status: "fail",
    detail: `${at} cannot be reached: ${reason}`,
    fix: `Start it, or fix ${store.variable}.`,
  };
}

/** Connects and hangs up; the reason when that does not work within five seconds. */
function reach(
  where: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ ...where, signal });
    const answer = (reason: string | undefined) => {
      socket.destroy();
      resolve(reason);
    };
    socket.setTimeout(5_000, () => answer("no answer within 5 s"));
    socket.once("connect", () => answer(undefined));
    socket.once("error", (error: NodeJS.ErrnoException) => answer(error.code ?? error.message));
  });
}
