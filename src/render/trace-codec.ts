import { Fault } from "../model/errors.ts";
import type { Lookup, Trace } from "../model/render.ts";

const letters = { file: "f", tree: "t", link: "l", module: "m", dir: "d", absent: "a" } as const satisfies Record<
  Lookup[1],
  string
>;
const oidPattern = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** Checks a trace as the engine gives it: `[path, kind, oid?]`. Throws a `bug` Fault on anything else. */
export function parseTrace(value: unknown): Trace {
  if (!Array.isArray(value)) throw malformed();
  return value.map((item: unknown) => {
    if (!Array.isArray(item) || typeof item[0] !== "string") throw malformed();
    return lookupOf(item[0], item[1], item[2]);
  });
}

/** A trace as bytes: per lookup, kind and id, a zero byte, the path, a zero byte. Paths in Git hold no zero byte. */
export function encodeTrace(trace: Trace): Buffer {
  return Buffer.from(trace.map(([path, kind, oid]) => `${letters[kind]}${oid ?? ""}\0${path}\0`).join(""));
}

/** The trace that `encodeTrace` gave these bytes for. Throws a `bug` Fault when they are damaged. */
export function decodeTrace(bytes: Uint8Array): Trace {
  const fields = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8").split("\0");
  const trace: Lookup[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [answer = "", path = ""] = [fields[at], fields[at + 1]];
    trace.push(lookupOf(path, kinds.get(answer.charAt(0)), answer.length > 1 ? answer.slice(1) : undefined));
  }
  return trace;
}

const kinds = new Map<string, string>(Object.entries(letters).map(([kind, letter]) => [letter, kind]));

function lookupOf(path: string, kind: unknown, oid: unknown): Lookup {
  switch (kind) {
    case "dir":
    case "absent":
      return [path, kind];
    case "file":
    case "tree":
    case "link":
    case "module":
      if (typeof oid === "string" && oidPattern.test(oid)) return [path, kind, oid];
      throw malformed();
    default:
      throw malformed();
  }
}

function malformed(): Fault {
  return new Fault("bug", "a trace is malformed");
}
