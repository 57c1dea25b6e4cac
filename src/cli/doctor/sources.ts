import { UserError } from "../../model/errors.ts";
import type { SourceSettings } from "../../model/source-settings.ts";
import { sourcesOf } from "../local.ts";
import type { Check, DoctorInput } from "./check.ts";
import { serverSettings } from "./settings.ts";

/** What renders may fetch: on the command line, and on a server where its settings can be read. */
export function checkSources(input: DoctorInput): readonly Check[] {
  const { settings, offline } = sourcesOf(input.env);
  const local = offline ? "nothing is fetched: SLUICE_OFFLINE is set" : allowed(settings);
  const own: Check = { name: "remote sources", status: "info", detail: local };
  const server = input.env.APP_ID === undefined ? undefined : serverSettings(input);
  if (server === undefined || server instanceof UserError) return [own];
  const { sources } = server;
  const hosts = sources.credentials.map(({ host }) => host).join(", ") || "none";
  return [own, { name: "serve sources", status: "info", detail: `${allowed(sources)}; credentials for: ${hosts}` }];
}

function allowed({ allow, private: privates }: SourceSettings): string {
  const more = allow.length === 0 ? "" : `, and ${allow.join(", ")}`;
  const inside = privates.length === 0 ? "no private addresses" : `private addresses of ${privates.join(", ")}`;
  return `fetched is what the base branch uses${more}; ${inside}`;
}
