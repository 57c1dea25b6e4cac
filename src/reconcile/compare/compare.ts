import { redactMessage } from "../../diff/index.ts";
import { isObject, NumberText, type Value, type ValueObject, withNumberTexts } from "../../diff/value.ts";
import type { Json } from "../../model/json.ts";
import type { LiveObject } from "../../model/kube.ts";
import { clip, visible } from "../../model/text/lines.ts";
import { textAt } from "../manifests/manifest.ts";
import { type Difference, differences, pathText, withDifferences } from "./differences.ts";
import { hasField, type Manager, managersOf, type Step } from "./managed-fields.ts";
import { adoptedFields } from "./migrate.ts";

/** A field that applying would change. */
export interface FieldChange {
  /** `spec.replicas`. */
  readonly path: string;
  /** What is there and what would be, as JSON; without what a Secret holds. Absent: nothing. */
  readonly before?: string;
  readonly after?: string;
  /** Who set what is there, when that was somebody else. */
  readonly by?: { readonly manager: string; readonly at: string };
}

/** What applying an object would make of it. */
export type Comparison =
  | { readonly kind: "new" }
  | { readonly kind: "unchanged" }
  | {
      readonly kind: "changed";
      readonly fields: readonly FieldChange[];
      /** Set first, so that fields go away which `kubectl` once set and Git no longer has. */
      readonly adopt?: readonly Json[];
    };

/**
 * Compares an object with what a dry run of its apply says. A field counts when `manager` has it in either: what
 * defaults, webhooks, controllers and other managers fill in is no difference. Without `live` the object is new.
 */
export function compare(live: LiveObject | undefined, dryRun: LiveObject, manager: string): Comparison {
  if (live === undefined) return { kind: "new" };
  const before = withNumbers(live);
  const changes = ownDifferences(live, dryRun, manager);
  const adopt = adoptedFields(live.object, manager);
  if (changes.length === 0 && adopt === undefined) return { kind: "unchanged" };
  const others = managersOf(live.object).filter((one) => !isOwn(one, manager));
  const secret = live.object.kind === "Secret" && textAt(live.object, "apiVersion") === "v1";
  const fields = changes.map((change) => fieldChange(change, before, others, secret));
  return { kind: "changed", fields, ...(adopt && { adopt }) };
}

/** An object as the cluster has it, and as it would be with nothing else than what counts as a difference changed. */
export function sidesOf(
  live: LiveObject,
  dryRun: LiveObject,
  manager: string,
): { readonly cluster: ValueObject; readonly git: ValueObject } {
  const cluster = withNumbers(live);
  const git = withDifferences(cluster, ownDifferences(live, dryRun, manager));
  return { cluster, git: isObject(git) ? git : cluster };
}

function ownDifferences(live: LiveObject, dryRun: LiveObject, manager: string): readonly Difference[] {
  const [before, after] = [withNumbers(live), withNumbers(dryRun)];
  const [earlier, later] = [ownFields(live, manager), ownFields(dryRun, manager)];
  return differences(before, after).filter(
    (one) => has(earlier, before, one.before.path) || has(later, after, one.after.path),
  );
}

function withNumbers({ object, numbers }: LiveObject): ValueObject {
  return numbers === undefined ? object : withNumberTexts({ object, numbers });
}

function isOwn({ name, operation, subresource }: Manager, manager: string): boolean {
  return name === manager && operation === "Apply" && subresource === "";
}

function ownFields({ object }: LiveObject, manager: string): Manager | undefined {
  return managersOf(object).find((one) => isOwn(one, manager));
}

function has(manager: Manager | undefined, root: Value, path: readonly Step[]): boolean {
  return manager !== undefined && hasField(manager.fields, root, path);
}

function fieldChange(
  { before, after }: Difference,
  root: Value,
  others: readonly Manager[],
  secret: boolean,
): FieldChange {
  const owner = others.findLast(({ fields }) => hasField(fields, root, before.path));
  const hidden = secret || before.path.some((step) => holdsManifest(step));
  return {
    path: pathText(after.value === undefined ? before.path : after.path),
    ...(before.value !== undefined && { before: hidden ? withheld : shown(before.value) }),
    ...(after.value !== undefined && { after: hidden ? withheld : shown(after.value) }),
    ...(owner && { by: { manager: visible(owner.name), at: owner.at } }),
  };
}

const withheld = "‹withheld›";
const maxValue = 200;

/** Annotations in which tools keep the manifest as it was applied, the values of a Secret included. */
function holdsManifest(step: Step): boolean {
  return typeof step === "string" && /last-applied|kapp\.k14s\.io\/original|objectset\.rio\.cattle\.io/.test(step);
}

function shown(value: Value): string {
  const json = value instanceof NumberText ? value.text : JSON.stringify(value, (_, inner: unknown) => textOf(inner));
  return clip(visible(redactMessage(json)), maxValue);
}

function textOf(value: unknown): unknown {
  return value instanceof NumberText ? value.text : value;
}
