import { createHmac } from "node:crypto";
import { isSopsObject, isSopsValue } from "./encrypted.ts";
import { isList, isObject, mapList, mapObject, NumberText, type Value, type ValueObject, withKey } from "./value.ts";

/** The key of the fingerprints. Equal values have equal fingerprints under one key; without it they tell nothing. */
export type FingerprintKey = Uint8Array | string;

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";
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
 * The object with every value of a Secret replaced by a fingerprint, wherever the Secret stands in it (also nested in
 * other objects, and in the last-applied annotation). SOPS cipher texts stay as they are. The same object when it holds
 * no Secret.
 */
export function maskSecrets(object: ValueObject, key: FingerprintKey): ValueObject {
  return maskObject(object, key);
}

function maskValue(value: Value, key: FingerprintKey): Value {
  if (isList(value)) return mapList(value, (item) => maskValue(item, key));
  return isObject(value) ? maskObject(value, key) : value;
}

function maskObject(object: ValueObject, key: FingerprintKey): ValueObject {
  const kind = typeof object.kind === "string" ? object.kind.toLowerCase() : "";
  if (kind === "secretlist") return maskList(object, key);
  const secret = kind === "secret";
  const sops = secret && isSopsObject(object);
  return mapObject(object, (value, name) => {
    if (secret && isValueField(name)) return maskFields(value, name.toLowerCase() === "data", sops, key);
    if (name === "annotations" && isObject(value)) return maskAnnotations(value, key);
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

function maskAnnotations(annotations: ValueObject, key: FingerprintKey): ValueObject {
  return mapObject(annotations, (value, name) =>
    name === lastApplied && (typeof value !== "string" || secretInText.test(value))
      ? fingerprint(value, false, key)
      : maskValue(value, key),
  );
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
