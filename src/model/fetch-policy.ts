import { UserError } from "./errors.ts";
import type { FetchPolicy } from "./sources.ts";
import type { Tree } from "./tree.ts";

/** Everything may be fetched: what asks for it is what the base branch has. */
export const trusted: FetchPolicy = { mayFetch: async () => true };

/** Lets everything be fetched, and notes what was asked for. */
export function notingPolicy(asked: Set<string>): FetchPolicy {
  return {
    mayFetch: async ({ address }) => {
      asked.add(address);
      return true;
    },
  };
}

/** Lets be fetched what was asked for elsewhere by now, and what the other policy lets. */
export function askedPolicy(asked: ReadonlySet<string>, other: FetchPolicy): FetchPolicy {
  return { mayFetch: async (one) => asked.has(one.address) || other.mayFetch(one) };
}

const textFile = /\.(?:ya?ml|json|jsonnet|libsonnet|tpl|toml)$|(?:^|\/)(?:Kustomization|Chart\.lock|\.gitmodules)$/;
const largestFile = 1024 * 1024;
const host = "[a-z0-9-]{1,63}(?:\\.[a-z0-9-]{1,63}){1,20}(?::\\d{2,5})?";
const rest = "[:/][^\\s\"'`<>()[\\]{},;|\\\\]+";
/**
 * Behind a scheme a host is an address without a path too: that of a Helm repository, say. Without one, a host begins
 * where no name is before it: a text that is one long word is read once, not once from each of its letters.
 */
const named = new RegExp(
  `(?:https|ssh|oci|git\\+ssh)://(?:git@)?${host}(?:${rest})?|(?<![a-z0-9.-])(?:git@)?${host}${rest}`,
  "gi",
);

/**
 * Lets be fetched what a tree uses: an address, at whatever version, that stands in one of its files. The files are
 * read at the first question.
 */
export function policyOfTree(tree: Tree): FetchPolicy {
  let read: Promise<ReadonlySet<string>> | undefined;
  return {
    mayFetch: async ({ address, holds }) => {
      read ??= addressesIn(tree);
      const known = await read;
      if (known.has(address)) return true;
      return holds && [...known].some((one) => one.startsWith(`${address}/`));
    },
  };
}

async function addressesIn(tree: Tree): Promise<ReadonlySet<string>> {
  const files = (await tree.files()).filter((path) => textFile.test(path));
  const found = new Set<string>();
  for (let at = 0; at < files.length; at += 200) {
    const texts = await Promise.all(files.slice(at, at + 200).map((path) => textOf(tree, path)));
    for (const text of texts) for (const address of addressesInText(text)) found.add(address);
  }
  return found;
}

/** The text of a file; empty for one that is too large to be somebody's configuration. */
async function textOf(tree: Tree, path: string): Promise<string> {
  try {
    const bytes = await tree.read(path, largestFile);
    return bytes === undefined ? "" : new TextDecoder().decode(bytes);
  } catch (error) {
    if (error instanceof UserError && error.kind === "limit") return "";
    throw error;
  }
}

/** Every address in a text, as `addressesOf` writes them, with what stands behind it. */
export function addressesInText(text: string): readonly string[] {
  return [...text.matchAll(named)].map(([written]) => normal(written));
}

function normal(written: string): string {
  const lower = written.toLowerCase();
  // Of an image, which has no scheme, nobody fetches files.
  const plain = (lower.startsWith("oci://") ? lower.replace(/(\/[^/:]+):[\w.-]+$/, "$1") : lower)
    .replace(/^(?:[a-z+]+:\/\/)?(?:git@)?/, "")
    .replace(/^([a-z0-9.-]+):(?!\d+(?:\/|$))/, "$1/")
    .replace(/[?#@].*$/, "")
    .replaceAll(/\/{2,}/g, "/")
    .replace(/\.git(?=\/|$)/, "")
    .replace(/\/+$/, "");
  return plain.replace(/^raw\.githubusercontent\.com\//, "github.com/");
}
