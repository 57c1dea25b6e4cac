import { commaList } from "../../model/text/lists.ts";
import { inTicks } from "../../model/text/markdown.ts";
import { isPlaceholder } from "../encrypted.ts";
import { containersOf } from "../pods.ts";
import { isList, isObject, pointerStep, textAt, type Value, type ValueObject } from "../value.ts";
import { type FindingContext, type FindingRule, type Found, groupKind } from "./rule.ts";

/** What is no Secret comes with a value that looks like one. It is shown: nothing but its name or form says so. */
export const secretLikeValue: FindingRule = { id: "secret-like-value", severity: "warning", check };

const shownNames = 5;

interface Named {
  readonly name: string;
  readonly value: string;
  readonly pointer: string;
}

function check({ base, head }: FindingContext): readonly Found[] {
  const before = new Set(secretsOf(base?.object).map(keyOf));
  const found = secretsOf(head?.object).filter((one) => !before.has(keyOf(one)));
  const [first] = found;
  if (first === undefined) return [];
  const names = commaList([...new Set(found.map(({ name }) => inTicks(name)))], shownNames);
  return [
    {
      short: "A value that looks like a secret ({app})",
      message: `{app}{where} {has|have} values that look like secrets, in clear text: ${names}. Whoever can read the repository or the resource has them.`,
      fix: "keep them in a Secret that is encrypted in Git, and refer to it",
      pointer: first.pointer,
    },
  ];
}

function keyOf({ name, value }: Named): string {
  return `${name}\n${value}`;
}

/** Values of an object that look like secrets and are not in a Secret. */
export function secretsOf(object: ValueObject | undefined): readonly Named[] {
  if (object === undefined) return [];
  const named = groupKind(object) === "ConfigMap" ? dataOf(object) : [...environmentOf(object), ...argumentsOf(object)];
  return named.filter(({ name, value }) => hasSecretForm(value) || (saysSecret(name) && mayBeSecret(value)));
}

function environmentOf(object: ValueObject): readonly Named[] {
  return containersOf(object).flatMap(({ container, pointer }) =>
    listAt(container, "env").map((one, index) => ({
      name: textAt(one, "name"),
      value: textAt(one, "value"),
      pointer: `${pointer}/env/${index}/value`,
    })),
  );
}

/** `--password=value`, and `--password` with the value after it. */
function argumentsOf(object: ValueObject): readonly Named[] {
  return containersOf(object).flatMap(({ container, pointer }) =>
    ["command", "args"].flatMap((field) => {
      const words = listAt(container, field).map((one) => (typeof one === "string" ? one : ""));
      return words.map((word, index) => {
        const [, name = "", value] = /^--?([A-Za-z][\w.-]*)(?:=(.*))?$/s.exec(word) ?? [];
        return {
          name,
          value: name === "" ? word : (value ?? words[index + 1] ?? ""),
          pointer: `${pointer}/${field}/${index}`,
        };
      });
    }),
  );
}

function dataOf(object: ValueObject): readonly Named[] {
  const { data } = object;
  if (!isObject(data)) return [];
  return Object.entries(data).flatMap(([name, value]) =>
    typeof value === "string" ? [{ name, value, pointer: `/data${pointerStep(name)}` }] : [],
  );
}

function listAt(object: ValueObject, field: string): readonly Value[] {
  const value = object[field];
  return isList(value) ? value : [];
}

const secretName =
  /(?:^|[_.-])(?:password|passwd|passphrase|secret|token|credentials?|(?:api|access|secret|private|signing|encryption)[_.-]?key)$/i;
/** `dbPassword`, `clientSecret`. */
const secretCamel = /[a-z](?:Password|Passphrase|Secret|Token|(?:Api|Access|Secret|Private|Signing|Encryption)Key)$/;

function saysSecret(name: string): boolean {
  return secretName.test(name) || secretCamel.test(name);
}

/** Not what names where the secret is, nor a switch. */
function mayBeSecret(value: string): boolean {
  if (value.length < 4 || isPlaceholder(value)) return false;
  return !/^(?:[./~$-].*|\w+:\/\/[^@]*|true|false|none|null|\d{1,5})$/is.test(value) && !/\$[({]/.test(value);
}

/** Forms that their makers gave to secrets so that they are found. */
const forms = [
  /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/,
  /\b(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{36}\b/,
  /\bgithub_pat_[A-Za-z0-9_]{50,}\b/,
  /\bglpat-[A-Za-z0-9_-]{20,}/,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\bxox[abeprs]-[A-Za-z0-9-]{10,}/,
  /\bsk_live_[A-Za-z0-9]{16,}\b/,
  /\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@$<{]{1,100}:[^\s/:@$<{]{1,200}@/,
];

function hasSecretForm(value: string): boolean {
  return forms.some((form) => form.test(value));
}
