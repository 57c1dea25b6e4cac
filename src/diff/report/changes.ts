import type { FieldChange, ResourceChange, TargetPreview } from "../../model/preview.ts";
import { commaList, count, thousands } from "../../model/text/lists.ts";
import { inTicks } from "../../model/text/markdown.ts";
import { orderOf, tagOf } from "../../model/versions.ts";
import { plural } from "../finding-words.ts";
import { byContent, isNewContent } from "../generated-names.ts";
import { shortImage, splitImage } from "../image-name.ts";

/** How one text is set off from words. */
export type Mark = (text: string) => string;

/**
 * How names and values are set off from words: in backticks, of which `inert` makes code, or not at all in titles and
 * on terminals. A text with names in it is Markdown only after `inert`.
 */
export interface Marks {
  readonly name: Mark;
  readonly value: Mark;
}

/** No mark at all. */
export const plain: Mark = (text) => text;
/** For titles and terminals. */
export const plainMarks: Marks = { name: plain, value: plain };
/** For headings: values stand as they are. */
export const headingMarks: Marks = { name: inTicks, value: plain };
/** For tables and sentences. */
export const codeMarks: Marks = { name: inTicks, value: inTicks };

/** What changes in one target, in a few words: `1.4.0 → 1.5.0`, `replicas 3 → 5`, `2 resources removed`. */
export function targetPhrase(target: TargetPreview, marks: Marks): string {
  const moved = target.movedFrom === undefined ? [] : [`moved from ${marks.name(target.movedFrom)}`];
  if (target.chart !== undefined) {
    const { from, to } = target.chart;
    return [...moved, `chart ${marks.value(from)} → ${marks.value(to)}`, count(target.changes.length, "resource")].join(
      ", ",
    );
  }
  const fields = fieldPhrases(target.changes, marks);
  if (fields !== undefined) return [...moved, ...fields].join(", ");
  const changes = target.changes.map(byContent);
  const [only, ...others] = changes;
  if (only !== undefined && others.length === 0) return [...moved, changePhrase(only, marks)].join(", ");
  return [...moved, ...imagePhrases(target, marks), ...actionCounts(changes)].join(", ");
}

/** All that changes as values, where these are at most two; `undefined` where there is more. */
export function fieldPhrases(changes: readonly ResourceChange[], marks: Marks): readonly string[] | undefined {
  const phrases = new Set<string>();
  for (const { action, fields, labelsOnly } of changes) {
    if (labelsOnly === true) continue;
    if (action !== "changed" || fields === undefined) return undefined;
    for (const field of fields) phrases.add(fieldPhrase(field, marks));
    if (phrases.size > 2) return undefined;
  }
  return phrases.size === 0 ? undefined : [...phrases];
}

/** `replicas 3 → 5`; of an image its version alone. */
export function fieldPhrase({ name, from, to }: FieldChange, marks: Marks): string {
  if (name === "image") return imagePhrase(from, to, marks);
  const known = /^[A-Za-z]+(?: [a-z]+)?$/.test(name);
  return `${known ? name : marks.name(name)} ${marks.value(from)} → ${marks.value(to)}`;
}

/** `1.4.0 → 1.5.0`, and `⬇️ older` where that is known; whole names where they differ. */
export function imagePhrase(from: string, to: string, marks: Marks): string {
  if (from === "") return `new image ${marks.name(shortImage(to))}`;
  if (to === "") return `image ${marks.name(shortImage(from))} removed`;
  const [before, after] = [splitImage(from), splitImage(to)];
  if (before.name !== after.name) return `${marks.name(shortImage(from))} → ${marks.name(shortImage(to))}`;
  const [one, other] = [before.version || "no tag", after.version || "no tag"];
  const [tag, next] = [tagOf(one), tagOf(other)];
  const text = (version: string, short: string) => marks.value(digestText(tag === next ? version : short || version));
  const older = orderOf(one, other) === "newer" ? " ⬇️ older" : "";
  return `${text(one, tag)} → ${text(other, next)}${older}`;
}

/** Digests by their first twelve digits. */
function digestText(version: string): string {
  return version.replace(/sha256:([0-9a-f]{12})[0-9a-f]*/g, "$1");
}

function imagePhrases({ images }: TargetPreview, marks: Marks): readonly string[] {
  const changed = images.filter(({ from, to }) => from !== "" && to !== "");
  const phrases = new Set(changed.map(({ from, to }) => imagePhrase(from, to, marks)));
  return phrases.size > 2 ? [`${phrases.size} images`] : [...phrases];
}

const verbs: Readonly<Record<ResourceChange["action"], string>> = {
  added: "is new",
  removed: "is removed",
  renamed: "is renamed",
  changed: "changes",
};

function changePhrase(change: ResourceChange, marks: Marks): string {
  const { kind, name, action, labelsOnly, copies, orphaned } = change;
  if (isNewContent(change)) return `${kind} ${marks.name(name)}, new content`;
  if (copies === true) return `${kind} ${marks.name(name)} is defined twice`;
  if (orphaned === true) return `${kind} ${marks.name(name)} is orphaned`;
  return `${kind} ${marks.name(name)} ${labelsOnly === true ? "changes in version labels" : verbs[action]}`;
}

/** `2 resources removed, 1 new NetworkPolicy`. */
function actionCounts(changes: readonly ResourceChange[]): readonly string[] {
  return (["removed", "added", "renamed", "changed"] as const).flatMap((action) => {
    const of = changes.filter((change) => (isNewContent(change) ? "changed" : change.action) === action);
    const [kind, ...others] = new Set(of.map((change) => change.kind));
    if (kind === undefined) return [];
    if (action === "removed" && of.every(({ orphaned }) => orphaned === true))
      return [`${count(of.length, "resource")} orphaned`];
    if (action !== "added") return [`${count(of.length, "resource")} ${action}`];
    const noun = others.length > 0 ? "resource" : kind;
    return [`${thousands(of.length)} new ${of.length > 1 ? plural(noun) : noun}`];
  });
}

/** Kinds of resources, each once: `Deployment, Ingress and 2 more`. */
export function kindList(changes: readonly ResourceChange[], shown: number): string {
  return commaList([...new Set(changes.map(({ kind }) => kind))], shown);
}
