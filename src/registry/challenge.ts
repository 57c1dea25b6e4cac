/**
 * What a registry asks for with a 401. Source: RFC 9110 §11.6.1, RFC 6750 §3, and the distribution token specification.
 */
export type Challenge =
  | { readonly scheme: "basic" }
  | {
      readonly scheme: "bearer";
      readonly realm: string;
      readonly service: string | undefined;
      readonly scopes: readonly string[];
    };

/** Longer headers than this are no challenge. */
const longest = 8192;

/** One `name=value` pair, or the next scheme. */
const part = /[\s,]*([A-Za-z0-9._~+-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+)))?/y;

/** The challenges of `WWW-Authenticate`, those that Sluice can meet; Bearer before Basic. */
export function challengesOf(header: string | readonly string[] | undefined): readonly Challenge[] {
  const lines = typeof header === "string" ? [header] : (header ?? []);
  const found = lines.filter((line) => line.length <= longest).flatMap(parseLine);
  return found.toSorted((a, b) => Number(a.scheme === "basic") - Number(b.scheme === "basic"));
}

function parseLine(line: string): readonly Challenge[] {
  const schemes: { readonly name: string; readonly fields: Map<string, string> }[] = [];
  part.lastIndex = 0;
  for (let match = part.exec(line); match !== null; match = part.exec(line)) {
    const name = (match[1] ?? "").toLowerCase();
    const value = match[2]?.replaceAll(/\\(.)/g, "$1") ?? match[3];
    if (value === undefined) schemes.push({ name, fields: new Map() });
    else schemes.at(-1)?.fields.set(name, value);
  }
  return schemes.flatMap(({ name, fields }) => challenge(name, fields));
}

function challenge(name: string, fields: ReadonlyMap<string, string>): readonly Challenge[] {
  if (name === "basic") return [{ scheme: "basic" }];
  const realm = fields.get("realm");
  if (name !== "bearer" || realm === undefined) return [];
  const scopes = (fields.get("scope") ?? "").split(" ").filter((scope) => scope !== "");
  return [{ scheme: "bearer", realm, service: fields.get("service"), scopes }];
}
