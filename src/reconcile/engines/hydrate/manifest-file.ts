import { createHash } from "node:crypto";

/** What the first lines of a hydrated file say of it. */
export interface ManifestHeader {
  readonly app: string;
  readonly environment: string;
  /** Of the render. */
  readonly digest: string;
}

const title = "# Rendered by Sluice. Do not edit: the next deploy overwrites it.";
const fields = /^# target: (\S+?)\/(\S+)\n# render: ([0-9a-f]+)\n# content: ([0-9a-f]{64})\n/;

/** The file of one target on the hydrated branch. The same render gives the same bytes. */
export function manifestFile({ app, environment, digest }: ManifestHeader, yaml: string): string {
  const body = yaml.endsWith("\n") || yaml === "" ? yaml : `${yaml}\n`;
  const target = [app, environment].map(encodeURIComponent).join("/");
  return `${title}\n# target: ${target}\n# render: ${digest}\n# content: ${contentHash(body)}\n${body}`;
}

/**
 * The header of a file that still has the content that it was written with; `undefined`: a person wrote or edited it.
 */
export function readManifestFile(text: string): ManifestHeader | undefined {
  if (!text.startsWith(`${title}\n`)) return undefined;
  const rest = text.slice(title.length + 1);
  const [header, , , digest = "", content] = fields.exec(rest) ?? [];
  if (header === undefined || content !== contentHash(rest.slice(header.length))) return undefined;
  const target = targetOfManifestFile(text);
  return target && { ...target, digest };
}

/** The target that a file says it is of, whatever became of its content. */
export function targetOfManifestFile(text: string): Omit<ManifestHeader, "digest"> | undefined {
  if (!text.startsWith(`${title}\n`)) return undefined;
  const [, app, environment] = fields.exec(text.slice(title.length + 1)) ?? [];
  if (app === undefined || environment === undefined) return undefined;
  try {
    return { app: decodeURIComponent(app), environment: decodeURIComponent(environment) };
  } catch {
    // A malformed escape is not ours.
    return undefined;
  }
}

function contentHash(body: string): string {
  return createHash("sha256").update(body).digest("hex");
}
