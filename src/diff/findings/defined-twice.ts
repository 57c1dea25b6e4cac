import { inTicks } from "../../model/text/markdown.ts";
import { copiesOf } from "../copies.ts";
import { plural } from "../finding-words.ts";
import { type Item, resourceLabel } from "../item.ts";
import { equal } from "../value.ts";
import { type TargetFinding, toTargetFinding } from "./target-finding.ts";

const maxFindings = 50;

/**
 * What the head defines more often than the base: the tools that deploy treat that differently. Where it was so before,
 * it is told only when a copy changes.
 */
export function definedTwice(
  base: readonly Item[],
  head: readonly Item[],
  target: { readonly app: string; readonly environment: string },
): readonly TargetFinding[] {
  const before = Map.groupBy(base, ({ key }) => key);
  return [...copiesOf(head)].slice(0, maxFindings).flatMap(([key, copies]) => {
    const old = before.get(key) ?? [];
    const fresh = old.length < copies.length;
    return fresh || !unchanged(old, copies) ? toFinding(copies, fresh, target) : [];
  });
}

function unchanged(old: readonly Item[], copies: readonly Item[]): boolean {
  return copies.every((copy) => old.some((one) => equal(one.object, copy.object)));
}

function toFinding(
  copies: readonly Item[],
  fresh: boolean,
  target: { readonly app: string; readonly environment: string },
): readonly TargetFinding[] {
  const [first, last] = [copies[0], copies.at(-1)];
  if (first === undefined || last === undefined) return [];
  const { kind, name } = first.id;
  const alike = copies.every(({ object }) => equal(object, first.object));
  const amount = copies.length === 2 ? "two" : String(copies.length);
  const differ = alike ? "and they are equal" : "and they differ";
  const also = last.file !== undefined && last.file !== first.file ? { also: { file: last.file } } : {};
  const finding = {
    ...toTargetFinding(
      {
        id: "defined-twice",
        severity: fresh && !alike ? ("warning" as const) : ("notice" as const),
        ...target,
        resource: resourceLabel(first.id),
        ...(first.file === undefined ? {} : { file: first.file, target: first.id }),
      },
      {
        short: `${kind} ${inTicks(name)} is defined ${copies.length === 2 ? "twice" : `${amount} times`}`,
        message: `{app}{where} {has|have} ${amount} ${plural(kind)} named ${inTicks(name)}, ${differ}. Argo CD and \`kubectl\` keep the last one; kustomize refuses.`,
        fix: copies.length === 2 ? "remove one" : "keep one",
      },
    ),
    ...also,
  };
  return [finding];
}
