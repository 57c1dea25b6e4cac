import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { authentic, type RequestHead, refused, type Verdict } from "./adapter.ts";

/** Whether the text is one of the secrets. Takes the same time for every text of its length, and tries every secret. */
export function isSecret(given: string, secrets: readonly string[]): boolean {
  const hash = sha256(given);
  return secrets.map((secret) => timingSafeEqual(hash, sha256(secret))).includes(true);
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** The secret is the part of the path after the hook's name. */
export function checkPath(head: RequestHead, secrets: readonly string[]): Verdict {
  if (head.pathSecret === undefined) return refused("the address has no secret at its end");
  return isSecret(head.pathSecret, secrets) ? authentic : refused("the secret in the address is another one");
}

/** The secret is in a header: plain, after `Bearer`, or as the password of `Basic` with any user name. */
export function checkHeader(head: RequestHead, header: string, secrets: readonly string[]): Verdict {
  const value = head.header(header);
  if (value === undefined) return refused(`there is no ${header} header`);
  const forms = [value, bearerOf(value), passwordOf(value)].map((form) => isSecret(form ?? "", secrets));
  return forms.includes(true) ? authentic : refused(`the secret in the ${header} header is another one`);
}

/** The token after `Bearer`; `undefined` if the value starts differently. */
export function bearerOf(value: string): string | undefined {
  return /^Bearer +(\S+)$/i.exec(value)?.[1];
}

function passwordOf(value: string): string | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(value)?.[1];
  if (encoded === undefined) return undefined;
  const [, password] = /^[^:]*:(.*)$/s.exec(Buffer.from(encoded, "base64").toString("utf8")) ?? [];
  return password;
}

/** How a sender signs: the algorithm, and the text before the hexadecimal digits. */
export interface Signing {
  readonly algorithm: "sha256" | "sha1";
  readonly header: string;
  readonly prefix: string;
}

/** The digest in a header; `undefined` if it is missing or malformed. */
export function claimedDigest(head: RequestHead, signing: Signing): Buffer | undefined {
  const value = head.header(signing.header) ?? "";
  if (!value.startsWith(signing.prefix)) return undefined;
  const hex = value.slice(signing.prefix.length).toLowerCase();
  const length = signing.algorithm === "sha256" ? 64 : 40;
  return hex.length === length && /^[0-9a-f]+$/.test(hex) ? Buffer.from(hex, "hex") : undefined;
}

/** Whether there is a signature: an unsigned body is not worth reading. */
export function checkSigned(head: RequestHead, signing: Signing): Verdict {
  if (claimedDigest(head, signing) !== undefined) return authentic;
  return refused(`the ${signing.header} header has no ${signing.algorithm} signature`);
}

/** Verifies the signature of the bytes in constant time, and tries every secret. */
export function checkSignature(
  bytes: Buffer,
  head: RequestHead,
  signing: Signing,
  secrets: readonly string[],
): Verdict {
  const claimed = claimedDigest(head, signing);
  if (claimed === undefined) return checkSigned(head, signing);
  const same = secrets.map((secret) =>
    timingSafeEqual(claimed, createHmac(signing.algorithm, secret).update(bytes).digest()),
  );
  return same.includes(true) ? authentic : refused("the signature does not match the body: is the secret the same?");
}
