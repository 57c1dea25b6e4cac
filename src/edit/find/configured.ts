import { parseImage } from "../image-name.ts";
import type { Node, ScalarNode } from "../splice/index.ts";
import { type KeyQuery, parseKey, resolveKey } from "./key-query.ts";
import { textOf } from "./nodes.ts";
import type { Document, ReadFiles } from "./read-files.ts";
import { partOf, partsOf, type VersionSetting } from "./setting.ts";

/** A value that the configuration names. */
export interface ConfiguredKey {
  /** From the root of the repository. */
  readonly file: string;
  /** As `parseKey` reads it. */
  readonly key: string;
}

/**
 * The settings that configured keys name and that are not known yet. A file that the target does not read, and a key
 * that names no single value, are problems.
 */
export async function configuredSettings(
  files: ReadFiles,
  keys: readonly ConfiguredKey[],
  known: readonly VersionSetting[],
): Promise<readonly VersionSetting[]> {
  const found: VersionSetting[] = [];
  for (const { file, key } of keys) {
    const query = parseKey(key);
    if (!(await files.exists(file))) {
      files.report(file, "The configuration names this file, but the target's render does not read it");
      continue;
    }
    const place = await resolved(files, file, query);
    if (place === undefined) files.report(file, `There is no single value at \`${key}\``);
    else if (!known.some((setting) => isSame(setting, place))) found.push(settingAt(place));
  }
  return found;
}

interface Place {
  readonly document: Document;
  readonly node: ScalarNode;
  readonly parent: Node;
}

async function resolved(files: ReadFiles, file: string, query: KeyQuery): Promise<Place | undefined> {
  for (const document of await files.documents(file)) {
    const node = resolveKey(document.root, query)?.node;
    const parent = resolveKey(document.root, query.slice(0, -1))?.node;
    if (node?.kind === "scalar" && parent !== undefined) return { document, node, parent };
  }
  return undefined;
}

function isSame(setting: VersionSetting, { document, node }: Place): boolean {
  if (setting.file !== document.file || setting.document !== document.document) return false;
  return partsOf(setting).some(({ path }) => JSON.stringify(path) === JSON.stringify(node.path));
}

/** A value with a name in it is a whole reference; another one is a digest when it looks like one, else a tag. */
function settingAt({ document: { file, document }, node, parent }: Place): VersionSetting {
  const image = parseImage(node.value);
  const key = String(node.path.at(-1));
  const isWhole = image !== undefined && (/image$/i.test(key) || /[/:]/.test(node.value));
  const isDigest = /^sha\d+:[0-9a-f]+$/.test(node.value) || /digest$/i.test(key);
  const name = isWhole && !isDigest ? image.name : siblingName(parent);
  return {
    subject: { kind: "image", name },
    matches: name,
    form: isWhole && !isDigest ? "values-text" : "values",
    file,
    document,
    at: parent.path,
    [isDigest ? "digest" : isWhole ? "whole" : "tag"]: partOf(node),
  };
}

function siblingName(parent: Node): string | undefined {
  if (parent.kind !== "map") return undefined;
  const names = ["repository", "repo", "image", "imageName"].map((key) => textOf(parent.get(key)));
  return parseImage(names.find((name) => name !== "") ?? "")?.name;
}
