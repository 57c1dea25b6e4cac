import type { FieldGap, VersionGap } from "../../model/preview.ts";
import { clip, visible } from "../../model/text/lines.ts";
import { generatedStem } from "../generated-names.ts";
import { splitImage } from "../image-name.ts";
import type { Item } from "../item.ts";
import { equal, NumberText, type Value } from "../value.ts";
import type { Four } from "./identity.ts";
import { partsOf } from "./parts.ts";
import { type Same, sameAcross } from "./same.ts";

/** What is known when fields of two environments are compared. */
export interface FieldContext {
  readonly here: string;
  readonly there: string;
  /** A promotion carries the whole folder: what the pull request sets here alone, the next one takes back. */
  readonly wholeFolder: boolean;
  /** Shown as versions; texts that only follow from them are no gaps. */
  readonly versions: readonly VersionGap[];
  /** Names of images there by names here. */
  readonly images: ReadonlyMap<string, string>;
}

/**
 * The fields in which one resource differs between two environments by the pull request's doing: they were equal at the
 * merge base. A field that both environments get at once with a value each is their own from the start; one in which
 * they differed before is too, unless promotions carry the whole folder.
 */
export function fieldsApart(four: Four<Item>, context: FieldContext): readonly FieldGap[] {
  const [hereBefore, thereBefore, here, there] = four;
  const item = here ?? there;
  if (item === undefined) return [];
  const resource = `${item.id.kind}/${generatedStem(item) ?? item.id.name}`;
  if (here === undefined || there === undefined) {
    const aligned = (hereBefore === undefined) === (thereBefore === undefined);
    return aligned ? [{ resource, path: "", here: here && "", there: there && "" }] : [];
  }
  const same = sameAcross(
    { environment: context.here, namespace: here.id.namespace },
    { environment: context.there, namespace: there.id.namespace },
    context.versions,
  );
  const walk: Walk = { resource, same, context, found: [] };
  visit([hereBefore?.object, thereBefore?.object, here.object, there.object], "", "", walk);
  return walk.found;
}

interface Walk {
  readonly resource: string;
  readonly same: Same;
  readonly context: FieldContext;
  readonly found: FieldGap[];
}

/** Names and namespaces differ between environments by their nature. */
const ownFields = new Set([".metadata.name", ".metadata.namespace"]);

/** `path` begins with a dot; `field` is the name of the field that the values are. */
function visit(four: Four<Value>, path: string, field: string, walk: Walk): void {
  const [, , here, there] = four;
  if (walk.same(here, there) || ownFields.has(path)) return;
  const parts = partsOf(four, field);
  if (parts !== undefined) {
    for (const part of parts) visit(part.four, path + part.step, part.field, walk);
  } else if (!isToldOtherwise(here, there, path, field, walk.context) && isPulledApart(four, walk)) {
    walk.found.push({ resource: walk.resource, path: path.slice(1), here: textOf(here), there: textOf(there) });
  }
}

const digest = /^(?:sha(?:1|256|512):)?[0-9a-f]{32,128}$/;

/** An image's version is shown as a version, and the checksum of something differs because that differs. */
function isToldOtherwise(
  here: Value | undefined,
  there: Value | undefined,
  path: string,
  field: string,
  { images }: FieldContext,
): boolean {
  if (typeof here !== "string" || typeof there !== "string") return false;
  if (field === "image") return images.get(splitImage(here).name) === splitImage(there).name;
  return path.endsWith(`annotations.${field}`) && digest.test(here) && digest.test(there);
}

function isPulledApart([hereBefore, thereBefore, here, there]: Four<Value>, { same, context }: Walk): boolean {
  const setInBoth = hereBefore === undefined && here !== undefined && there !== undefined;
  const setHereAlone = !equal(hereBefore, here) && equal(thereBefore, there);
  return (same(hereBefore, thereBefore) && !setInBoth) || (context.wholeFolder && setHereAlone);
}

const maxText = 80;

function textOf(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined;
  return clip(visible(typeof value === "string" ? value : JSON.stringify(value, numberText)), maxText);
}

function numberText(_key: string, value: unknown): unknown {
  return value instanceof NumberText ? value.text : value;
}
