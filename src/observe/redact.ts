/** What stands in the place of a secret. */
const mask = "[redacted]";

/**
 * What looks like a secret, wherever it stands. Sources: GitHub's token prefixes (ghp, gho, ghu, ghs, ghr, github_pat);
 * JWT (RFC 7519); credentials in URLs (RFC 3986 §3.2.1); Authorization headers (RFC 9110 §11.6.2); PEM (RFC 7468), also
 * cut off and with its newlines escaped.
 *
 * Their work grows as the text does and no faster: none starts again inside what it has just looked through in vain.
 */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(?:-----END [A-Z0-9 ]+-----|$)/g, mask],
  [/\bgh[pousr]_[A-Za-z0-9_.-]{16,}/g, mask],
  [/\bgithub_pat_[A-Za-z0-9_]{16,}/g, mask],
  [/\bv1\.[0-9a-f]{40}\b/g, mask],
  [/(?<![\w-])(?=[\w-]+\.[\w-]{8})([\w-]*?)\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, `$1${mask}`],
  [/(:\/\/)[^\s/@:"'<>]*:[^\s/@"'<>]+@/g, `$1${mask}@`],
  [/\b(authorization["']?\s*[:=]\s*["']?)(?:(?:bearer|basic|token|negotiate)\s+)?[^\s"',;]+/gi, `$1${mask}`],
  [/\b((?:bearer|basic)\s+)[A-Za-z0-9+/_.~-]{16,}=*/gi, `$1${mask}`],
];

/** The text with everything that looks like a secret masked, and the given secrets (those the process knows, at least 6 characters long) too. */
export function redactText(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length >= 6) clean = clean.replaceAll(secret, mask);
  }
  for (const [pattern, replacement] of patterns) clean = clean.replace(pattern, replacement);
  return clean;
}

/** The longest secret that a cut cannot show a part of. */
const longestSecret = 4_096;

/**
 * The text as `clean` gives it, with at most this many characters and a word about how many there were. Only as much as
 * is needed is cleaned; a secret that the cut goes through leaves with the end of what is cleaned.
 */
export function cleanWithin(text: string, maxText: number, clean: (text: string) => string): string {
  const head = clean(text.slice(0, maxText + longestSecret));
  const whole = text.length <= maxText + longestSecret;
  if (whole && head.length <= maxText) return head;
  const kept = whole ? maxText : Math.max(0, Math.min(maxText, head.length - longestSecret));
  return `${head.slice(0, kept).toWellFormed()}… (${text.length} characters)`;
}
