import { UserError } from "../model/errors.ts";
import type { NewEntry, ObjectStore } from "../model/object-store.ts";
import type { PinnedSource, SourceAnswer, SourceRequest } from "../model/sources.ts";
import { entryOf, fileOf } from "./git.ts";

/** A submodule as `.gitmodules` names it, with the commit that the tree pins. */
interface Submodule {
  readonly path: string;
  readonly url: string;
  readonly commit: string;
}

const most = 20;

/**
 * Puts the trees of its submodules into a repository's tree. Each is pinned as everything else is: where its address
 * may not be fetched from, that is the answer. Their own submodules stay out.
 */
export async function withSubmodules(
  store: ObjectStore,
  repository: { readonly url: string; readonly source: PinnedSource },
  pin: (request: SourceRequest) => Promise<SourceAnswer>,
  signal: AbortSignal,
): Promise<SourceAnswer> {
  const { url, source } = repository;
  const modules = await submodulesOf(store, source.tree, url);
  if (modules.length === 0) return { ok: true, source };
  const entries: NewEntry[] = [];
  for (const { path, url: from, commit } of modules) {
    const answer = await pin({ kind: "git", url: from, revision: { kind: "commit", commit } });
    if (!answer.ok)
      return { ok: false, failure: { ...answer.failure, message: `Submodule ${path}: ${answer.failure.message}` } };
    entries.push({ path, tree: answer.source.tree });
  }
  return { ok: true, source: { ...source, tree: await store.write(entries, signal, source.tree) } };
}

async function submodulesOf(store: ObjectStore, tree: string, url: string): Promise<readonly Submodule[]> {
  const text = await fileOf(store, tree, ".gitmodules");
  const found = text === undefined ? [] : sections(text);
  if (found.length > most) throw new UserError("limit", `${url} has more than ${most} submodules`);
  const modules = await Promise.all(
    found.map(async ({ path, url: written }) => {
      const entry = await entryOf(store, tree, path);
      return entry?.mode === "160000" ? [{ path, url: absolute(written, url), commit: entry.oid }] : [];
    }),
  );
  return modules.flat();
}

/** The sections of a `.gitmodules` that have a path and a URL, read line by line: no text takes long. */
function sections(text: string): readonly { readonly path: string; readonly url: string }[] {
  const found: Map<string, string>[] = [];
  for (const line of text.split("\n").map((one) => one.trim())) {
    const sign = line.indexOf("=");
    if (line.startsWith("[")) found.push(new Map());
    else if (sign > 0) found.at(-1)?.set(line.slice(0, sign).trim(), unquoted(line.slice(sign + 1).trim()));
  }
  return found.flatMap((section) => {
    const [path, url] = [section.get("path"), section.get("url")];
    return path === undefined || url === undefined ? [] : [{ path, url }];
  });
}

function unquoted(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}

/** `./` and `../` are relative to the repository's own address. */
function absolute(written: string, url: string): string {
  if (!/^\.\.?\//.test(written)) return written;
  const base = URL.parse(`${url.replace(/\/+$/, "")}/`);
  return base === null ? written : new URL(written, base).href.replace(/\/+$/, "");
}
