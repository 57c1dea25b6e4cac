import { createHmac } from "node:crypto";
import { isSopsObject, isSopsValue } from "./encrypted.ts";
import { maskKnown } from "./mask-known.ts";
import { isList, isObject, mapList, mapObject, NumberText, type Value, type ValueObject, withKey } from "./value.ts";

/** The key of the fingerprints. Equal values have equal fingerprints under one key; without it they tell nothing. */
export type FingerprintKey = Uint8Array | string;

/** Annotations in which tools keep the manifest as it was applied, readable or packed. */
const applied: ReadonlySet<string> = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  "kapp.k14s.io/original",
  "objectset.rio.cattle.io/applied",
]);
/** What may be seen of a Secret: what it is, and no more. */
const openFields: ReadonlySet<string> = new Set(["apiversion", "kind", "metadata", "type", "immutable", "sops"]);
const secretInText = /["']?kind["']?\s*:\s*["']?Secret\b/;
const valueFields = new Set(["data", "stringdata"]);

/**
 * Whether a field of a Secret holds its values, in whatever case: no cluster takes `stringdata`, but whoever writes it
 * means a secret.
 */
export function isValueField(name: string): boolean {
  return valueFields.has(name.toLowerCase());
}

/**
 * The object with every value of a Secret replaced by a fingerprint, wherever the Secret stands in it: nested in other
 * objects, as a manifest in a text, in annotations that keep what was applied, and in the templates of SealedSecrets
 * and ExternalSecrets; and of these values, and the secrets in addresses, wherever they stand. SOPS cipher texts stay
 * as they are. The same object when it holds no secret.
 */
export function maskSecrets(object: ValueObject, key: FingerprintKey, values: readonly string[] = []): ValueObject {
  return maskKnown(maskObject(object, key), values, (text) => String(fingerprint(text, false, key)));
}

/** A text of facts without these values and without the secrets in its addresses, as `maskSecrets` shows both. */
export function maskText(text: string, key: FingerprintKey, values: readonly string[] = []): string {
  const { text: masked } = maskSecrets({ text }, key, values);
  return typeof masked === "string" ? masked : text;
}

function maskValue(value: Value, key: FingerprintKey): Value {
  if (isList(value)) return mapList(value, (item) => maskValue(item, key));
  if (isObject(value)) return maskObject(value, key);
  return typeof value === "string" && holdsSecret(value) ? fingerprint(value, false, key) : value;
}

/** Whether a text is, or has in it, the manifest of a Secret with values. */
function holdsSecret(text: string): boolean {
  return secretInText.test(text) && /["']?(?:data|stringData)["']?\s*:/.test(text);
}

function maskObject(object: ValueObject, key: FingerprintKey): ValueObject {
  const kind = typeof object.kind === "string" ? object.kind.toLowerCase() : "";
  if (kind === "secretlist") return maskList(object, key);
  const secret = kind === "secret";
  const sops = secret && isSopsObject(object);
  return mapObject(object, (value, name) => {
    if (secret && !openFields.has(name.toLowerCase()))
      return maskFields(value, name.toLowerCase() === "data", sops, key);
    if (name === "metadata" && isObject(value)) return maskMetadata(value, secret, key);
    if (name === "annotations" && isObject(value)) return maskAnnotations(value, false, key);
    if (name === "spec" && isObject(value) && templates.has(kind)) return maskTemplate(value, key);
    return maskValue(value, key);
  });
}

/** The items of a list of Secrets need not say what they are. */
function maskList(list: ValueObject, key: FingerprintKey): ValueObject {
  return mapObject(list, (value, name) => {
    if (name !== "items" || !isList(value)) return maskValue(value, key);
    return mapList(value, (item) => (isObject(item) ? maskItem(item, key) : item));
  });
}

function maskItem(item: ValueObject, key: FingerprintKey): ValueObject {
  if (item.kind !== undefined) return maskObject(item, key);
  return withKey(maskObject(withKey(item, "kind", "Secret"), key), "kind", undefined);
}

function maskMetadata(metadata: ValueObject, secret: boolean, key: FingerprintKey): ValueObject {
  return mapObject(metadata, (value, name) =>
    name === "annotations" && isObject(value) ? maskAnnotations(value, secret, key) : maskValue(value, key),
  );
}

/** `secret`: of a Secret, so that what was applied is one, readable or not. */
function maskAnnotations(annotations: ValueObject, secret: boolean, key: FingerprintKey): ValueObject {
  return mapObject(annotations, (value, name) =>
    applied.has(name) && (secret || typeof value !== "string" || secretInText.test(value))
      ? fingerprint(value, false, key)
      : maskValue(value, key),
  );
}

/** Kinds whose controllers make a Secret from a template. */
const templates: ReadonlySet<string> = new Set([
  "sealedsecret",
  "externalsecret",
  "clusterexternalsecret",
  "pushsecret",
]);

/** What a template says in clear text comes into the Secret as it is. */
function maskTemplate(spec: ValueObject, key: FingerprintKey): ValueObject {
  return mapObject(spec, (value, name) => {
    if (!isObject(value)) return maskValue(value, key);
    if (name !== "template") return maskTemplate(value, key);
    return mapObject(value, (part, field) =>
      isValueField(field) ? maskFields(part, false, false, key) : maskValue(part, key),
    );
  });
}

function maskFields(value: Value, base64: boolean, sops: boolean, key: FingerprintKey): Value {
  if (value === null) return value;
  if (!isObject(value)) return fingerprint(value, base64, key);
  return mapObject(value, (item) => (sops && isSopsValue(item) ? item : fingerprint(item, base64, key)));
}

/**
 * `‹hidden 1a2b3c4d›`: says whether a value changed and nothing else. `data` and `stringData` of one value are equal.
 */
function fingerprint(value: Value, base64: boolean, key: FingerprintKey): Value {
  if (value === null) return value;
  const bytes = typeof value === "string" ? secretBytes(value, base64) : Buffer.from(JSON.stringify(plain(value)));
  return `‹hidden ${createHmac("sha256", key).update(bytes).digest("hex").slice(0, 8)}›`;
}

function plain(value: Value): unknown {
  if (value instanceof NumberText) return value.text;
  if (isList(value)) return value.map(plain);
  if (!isObject(value)) return value;
  return Object.entries(value).map(([name, item]) => [name, plain(item)]);
}

function secretBytes(text: string, base64: boolean): Buffer {
  if (!base64) return Buffer.from(text);
  const compact = text.replaceAll(/\s/g, "");
  const bytes = Buffer.from(compact, "base64");
  return bytes.toString("base64") === compact ? bytes : Buffer.from(text);
}
