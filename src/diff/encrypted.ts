import { at, isObject, textAt, type Value, type ValueObject } from "./value.ts";

const sopsValue = /^ENC\[AES256_GCM,data:[A-Za-z0-9+/=]*,iv:[A-Za-z0-9+/=]+,tag:[A-Za-z0-9+/=]+,type:[a-z]+\]$/;
/** Argo CD Vault plugin, Flux substitution, vals: a value that something else fills in on its way to the cluster. */
const placeholder = /^(<[^<>\n]{1,200}>|\$\{[^{}\n]{1,200}\}|ref\+[a-z0-9]+:\/\/\S{1,300})$/;

/** Whether an object carries SOPS metadata. */
export function isSopsObject(object: ValueObject): boolean {
  return isObject(at(object, "sops")) && textAt(object, "sops", "mac") !== "";
}

/** Whether a value is a SOPS cipher text. */
export function isSopsValue(value: Value | undefined): boolean {
  return typeof value === "string" && sopsValue.test(value);
}

/** Whether a value only names where the secret is found. */
export function isPlaceholder(text: string): boolean {
  return placeholder.test(text.trim());
}
