import { commaList } from "../../model/text/lists.ts";
import { inTicks } from "../../model/text/markdown.ts";
import { isPlaceholder, isSopsObject, isSopsValue } from "../encrypted.ts";
import { isValueField } from "../mask.ts";
import { randomMark } from "../random-text.ts";
import { at, equal, isObject, type Value, type ValueObject } from "../value.ts";
import { type FindingContext, type FindingRule, type Found, groupKind } from "./rule.ts";

/** A Secret comes with values that everybody who can read the repository can read. */
export const clearTextSecret: FindingRule = { id: "clear-text-secret", severity: "danger", check };

const shownKeys = 5;

function check({ base, head }: FindingContext): readonly Found[] {
  if (head === undefined || groupKind(head.object).toLowerCase() !== "secret") return [];
  const found = Object.keys(head.object).flatMap((field) =>
    isValueField(field) ? newClearKeys(field, base?.object, head.object).map((key) => ({ field, key })) : [],
  );
  const [first] = found;
  if (first === undefined) return [];
  const names = commaList(
    found.map(({ key }) => inTicks(key)),
    shownKeys,
  );
  return [
    {
      short: "Secret in clear text ({app})",
      message: `{app}{where} {has|have} a Secret with values in clear text: ${names}. Whoever can read the repository has them, and Git keeps them; base64 hides nothing.`,
      fix: "replace the values, and keep them with SOPS, Sealed Secrets or External Secrets",
      pointer: `/${first.field}`,
    },
  ];
}

function newClearKeys(field: string, base: ValueObject | undefined, head: ValueObject): readonly string[] {
  const values = at(head, field);
  if (!isObject(values)) return [];
  const sops = isSopsObject(head);
  return Object.entries(values)
    .filter(
      ([key, value]) => !equal(value, at(base, field, key)) && isClear(value, field.toLowerCase() === "data", sops),
    )
    .map(([key]) => key);
}

function isClear(value: Value, base64: boolean, sops: boolean): boolean {
  if (typeof value !== "string" || value === "") return false;
  if (sops && isSopsValue(value)) return false;
  const text = base64 ? Buffer.from(value, "base64").toString() : value;
  // What is made at every render is not in Git.
  return ![value, text].some((one) => isPlaceholder(one) || one.includes(randomMark));
}
