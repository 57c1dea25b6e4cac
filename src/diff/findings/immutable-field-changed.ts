import { inTicks } from "../../model/text/markdown.ts";
import { isRecreated } from "../deletion-protected.ts";
import { at, equal, pointerStep, textAt, type Value, type ValueObject } from "../value.ts";
import { type ImmutableField, immutableFields } from "./immutable-fields.ts";
import { type FindingContext, type FindingRule, type Found, groupKind } from "./rule.ts";
import { storageShrinks } from "./storage-size.ts";

/**
 * A field changes that the API server refuses to change: the deploy fails, or must delete and create the object again.
 */
export const immutableFieldChanged: FindingRule = { id: "immutable-field-changed", severity: "danger", check };

const consequence =
  "The API server refuses this update, so the deploy fails until the object is deleted and created again.";
const short = "a field that cannot change ({app})";
const fix = "keep the old value, or plan the replacement";

function check({ how, base, head, handling }: FindingContext): readonly Found[] {
  if (how !== "same" || base === undefined || head === undefined) return [];
  if (isRecreated(head.object) || handling.replaces === true) return [];
  const kind = groupKind(head.object);
  const fields = Object.hasOwn(immutableFields, kind) ? (immutableFields[kind] ?? []) : [];
  return [
    ...fields.flatMap((field) => changedField(field, base.object, head.object)),
    ...frozenData(kind, base.object, head.object),
    ...shrunkClaim(kind, base.object, head.object),
  ];
}

function changedField(field: ImmutableField, base: ValueObject, head: ValueObject): readonly Found[] {
  const before = at(base, ...field.path) ?? field.initial;
  const after = at(head, ...field.path) ?? field.initial;
  if (equal(before, after) || (field.set && before === undefined)) return [];
  if (field.path[1] === "clusterIP" || field.path[1] === "clusterIPs") {
    if (isExternalName(base) || isExternalName(head) || before === undefined) return [];
  }
  const name = inTicks(field.path.join("."));
  const kind = textAt(head, "kind");
  const message = `${name} of a ${kind} cannot change, and {app}{where} {changes|change} it. ${consequence}`;
  return [{ short, message, fix, pointer: pointerOf(field.path, head) }];
}

function isExternalName(service: ValueObject): boolean {
  return textAt(service, "spec", "type") === "ExternalName";
}

function frozenData(kind: string, base: ValueObject, head: ValueObject): readonly Found[] {
  if ((kind !== "ConfigMap" && kind !== "Secret") || at(base, "immutable") !== true) return [];
  const changed = ["data", "binaryData", "stringData"].filter((name) => !equal(at(base, name), at(head, name)));
  if (at(head, "immutable") !== true) changed.push("immutable");
  return changed.map((name) => ({
    short,
    message: `${inTicks(name)} of a ${kind} with ${inTicks("immutable: true")} cannot change, and {app}{where} {changes|change} it. ${consequence}`,
    fix,
    pointer: pointerOf([name], head),
  }));
}

function shrunkClaim(kind: string, base: ValueObject, head: ValueObject): readonly Found[] {
  if (kind !== "PersistentVolumeClaim") return [];
  const path = ["spec", "resources", "requests", "storage"];
  const before: Value | undefined = at(base, ...path);
  const after: Value | undefined = at(head, ...path);
  if (!storageShrinks(before, after)) return [];
  const sizes = `from ${inTicks(String(before))} to ${inTicks(String(after))}`;
  return [
    {
      short: "a volume claim shrinks ({app})",
      message: `A volume claim of {app} shrinks ${sizes}{where}. Claims can only grow: the API server refuses this update.`,
      fix: "keep the size, or move the data to a new claim",
      pointer: pointerOf(path, head),
    },
  ];
}

/** The pointer to the deepest part of the path that the head still has. */
function pointerOf(path: readonly string[], head: ValueObject): string {
  const steps = path.filter((_, index) => at(head, ...path.slice(0, index + 1)) !== undefined);
  return steps.map(pointerStep).join("");
}
