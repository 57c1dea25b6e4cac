import { withoutAddressSecrets } from "./mask-known.ts";

const pem = /-----BEGIN [A-Z0-9 ]*-----[\s\S]*?(?:-----END [A-Z0-9 ]*-----|$)/g;
const tokens =
  /\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{20,}|AKIA[A-Z0-9]{12,}|xox[abprs]-[\w-]{10,}|eyJ[\w-]{8,}\.[\w-]+\.?[\w-]*)|\bBearer\s+\S+/g;
const named =
  /((?:pass(?:word|wd|phrase)?|secret|token|api[-_]?key|private[-_]?key|access[-_]?key|credentials?|authorization)["']?\s*[:=]\s*)(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;}\]]+)/gi;
/** The values of a Secret, as YAML, JSON or a Go map in a tool's message: nothing behind it is safe to show. */
const dump = /\b(?:data|stringData)["']?\s*:\s*(?:map\[|\{|[|>]|\n)[\s\S]*$/;
/** What kustomize says of a literal without `=`: the whole list of literals, then the one, whatever they hold. */
const literals = /\b(literal sources )\[[\s\S]*\](?=: )|\b(invalid literal source )[\s\S]*?(?=, expected key=value)/g;
/** What kustomize says of a patch that it cannot read, and of a replacement: the whole patch, the value as rendered. */
const patches = /\b(from )\[(?=[^\]]*patch:)[\s\S]*$|\b(out of bounds for value )[\s\S]*$/g;
/** What stands before the host in an address: a name and a password, or a token alone. */
const userinfo = /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/?#"'`]+@(?=[^\s/])/gi;
const secretKind = /\bSecret\b/;
const run = /[A-Za-z0-9+/]{16,}={0,2}/g;

const withheld = "‹withheld›";
const maxInput = 20_000;

/**
 * A tool's error message without what may be a secret: values of a Secret that the tool quotes, PEM blocks, well-known
 * tokens, values behind names like `password`, long base64. Rather too much than too little.
 */
export function redactMessage(message: string): string {
  let text = withoutCredentials(message.slice(0, maxInput))
    .replace(patches, (_, patch: string | undefined, value: string | undefined) => `${patch ?? value ?? ""}${withheld}`)
    .replace(pem, withheld);
  if (secretKind.test(text))
    text = text.replace(dump, (match) => `${match.slice(0, match.indexOf(":") + 1)} ${withheld}`);
  return text
    .replace(literals, (_, list: string | undefined, one: string | undefined) => `${list ?? one ?? ""}${withheld}`)
    .replace(tokens, withheld)
    .replace(named, `$1${withheld}`)
    .replace(run, (match) => (looksEncoded(match) ? withheld : match));
}

/** An address, or a text that quotes some, without the credentials that an address may hold. */
export function withoutCredentials(text: string): string {
  return withoutAddressSecrets(text.replace(userinfo, `$1${withheld}@`), () => withheld);
}

/** Padded, or with upper, lower and digits in one long stretch: base64, not a path, a word or a hex digest. */
function looksEncoded(text: string): boolean {
  if (text.endsWith("=")) return true;
  return text
    .split("/")
    .some((part) => part.length >= 20 && /[A-Z]/.test(part) && /[a-z]/.test(part) && /[0-9]/.test(part));
}
