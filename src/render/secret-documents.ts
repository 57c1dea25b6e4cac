import { parseAllDocuments } from "yaml";

/** What a file says about Secrets. */
export interface SaidOfSecrets {
  /** As they are written: in clear text or as base64. */
  readonly values: readonly string[];
  /** Files that a generator of Secrets reads, as the kustomization names them. */
  readonly files: readonly string[];
}

/**
 * The values of Secrets in a file of YAML or JSON: of Secrets, wherever they are nested, of generators, and of patches.
 * `undefined` where the file cannot be parsed.
 */
export function saidOfSecrets(text: string): SaidOfSecrets | undefined {
  const documents = parseAllDocuments(text, { logLevel: "silent", strict: false, uniqueKeys: false });
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return undefined;
  const found: Found = { values: [], files: [] };
  try {
    for (const document of documents) visit(document.toJS({ maxAliasCount: 100 }), found);
  } catch {
    // Aliases that multiply: as good as not parsed.
    return undefined;
  }
  return found;
}

/** Whether a text that is no parsed document is about Secrets. */
export function isAboutSecret(text: string): boolean {
  return /\bkind["']?\s*:\s*["']?Secret\b|\bstringData\b|\bsecretGenerator\b|\/(?:stringData|data)\//.test(text);
}

interface Found {
  readonly values: string[];
  readonly files: string[];
}

function visit(value: unknown, found: Found): void {
  if (Array.isArray(value)) for (const item of value) visit(item, found);
  else if (typeof value === "string") visitText(value, found);
  else if (typeof value === "object" && value !== null) visitMap(value, found);
}

/** A manifest or a patch inside of a text, as in an annotation with what was applied last. */
function visitText(text: string, found: Found): void {
  if (!/\n|^\s*[{[]/.test(text) || !isAboutSecret(text)) return;
  const inner = saidOfSecrets(text);
  if (inner === undefined) found.values.push(...text.split("\n"));
  else {
    found.values.push(...inner.values);
    found.files.push(...inner.files);
  }
}

function visitMap(map: object, found: Found): void {
  const fields = new Map<string, unknown>(Object.entries(map));
  if (isOfSecret(fields))
    leaves(
      [...fields].filter(([key]) => !open.has(key)).map(([, value]) => value),
      found.values,
    );
  for (const [key, value] of fields) {
    if (key === "stringData") leaves(value, found.values);
    else if (key === "secretGenerator") generators(value, found);
    else visit(value, found);
  }
}

/** A Secret, or an operation of a patch on one's values. */
function isOfSecret(fields: ReadonlyMap<string, unknown>): boolean {
  const path = fields.get("path");
  const isPatch = fields.has("op") && typeof path === "string" && /^\/(?:stringData|data)(?:\/|$)/.test(path);
  return isPatch || fields.get("kind") === "Secret";
}

/** Fields of a Secret, or of an operation on one, that say what it is. */
const open = new Set(["apiVersion", "kind", "type", "immutable", "op", "path", "from", "metadata"]);

function leaves(value: unknown, values: string[]): void {
  if (typeof value === "string") values.push(...value.split("\n"));
  else if (typeof value === "number") values.push(String(value));
  else if (typeof value === "object" && value !== null) for (const one of Object.values(value)) leaves(one, values);
}

function generators(value: unknown, found: Found): void {
  for (const generator of listOf(value)) {
    const fields = new Map<string, unknown>(Object.entries(generator ?? {}));
    for (const literal of texts(fields.get("literals"))) found.values.push(...behind(literal).split("\n"));
    for (const file of [...texts(fields.get("files")), ...texts(fields.get("envs")), ...texts([fields.get("env")])])
      found.files.push(behind(file).replace(/^(?:\.{0,2}\/)+/, ""));
  }
}

function texts(value: unknown): readonly string[] {
  return listOf(value).filter((one) => typeof one === "string");
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What stands behind the first `=`, or all of it. */
function behind(text: string): string {
  return text.slice(text.indexOf("=") + 1);
}
