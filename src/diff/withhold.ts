import { secretsOf } from "./findings/secret-like-value.ts";
import { redactMessage } from "./redact.ts";
import { isList, isObject, mapList, mapObject, type Value, type ValueObject } from "./value.ts";

const withheld = "‹withheld›";
const pem = /-----BEGIN [A-Z0-9 ]*-----/;

/**
 * The object without what looks like a secret and is not in `published`, line by line: by its name, its form, or what
 * stands before it. For an object that other people can see than those who will read the text. A Secret comes back as
 * it is: `maskSecrets` masks it.
 */
export function withhold(object: ValueObject, published: ValueObject | undefined): ValueObject {
  if (String(object.kind).toLowerCase() === "secret") return object;
  const known = new Set<string>();
  collect(published, known);
  const secrets = [...new Set(secretsOf(object).map(({ value }) => value))].filter((value) => !known.has(value));
  return mapObject(object, (value) => hide(value, known, secrets));
}

function collect(value: Value | undefined, known: Set<string>): void {
  if (typeof value === "string") for (const part of [value, ...value.split("\n")]) known.add(part);
  else if (isList(value)) for (const item of value) collect(item, known);
  else if (isObject(value)) for (const item of Object.values(value)) collect(item, known);
}

function hide(value: Value, known: ReadonlySet<string>, secrets: readonly string[]): Value {
  if (isList(value)) return mapList(value, (item) => hide(item, known, secrets));
  if (isObject(value)) return mapObject(value, (item) => hide(item, known, secrets));
  if (typeof value !== "string" || known.has(value)) return value;
  if (pem.test(value)) return withheld;
  const text = secrets.reduce((left, secret) => left.replaceAll(secret, () => withheld), value);
  return text
    .split("\n")
    .map((line) => (known.has(line) ? line : redactMessage(line)))
    .join("\n");
}
