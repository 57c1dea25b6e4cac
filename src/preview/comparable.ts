import { z } from "zod";
import type { Render, Resource } from "../model/render.ts";

interface Sides {
  readonly base: Render | undefined;
  readonly head: Render | undefined;
}

/**
 * The resources of two renders of which it can be said whether they came or went. Where the head does without something
 * that the base has (a folder became a remote base, say), a resource that only the base has may stand there; and the
 * other way round.
 */
export function comparableSides(
  { base, head }: Sides,
  before: readonly Resource[] | undefined,
  after: readonly Resource[] | undefined,
): { readonly base: readonly Resource[] | undefined; readonly head: readonly Resource[] | undefined } {
  if (before === undefined || after === undefined) return { base: before, head: after };
  const [lacksBefore, lacksAfter] = [referencesOf(base), referencesOf(head)];
  return {
    base: lacksAfter.isSubsetOf(lacksBefore) ? before : common(before, after),
    head: lacksBefore.isSubsetOf(lacksAfter) ? after : common(after, before),
  };
}

function referencesOf(render: Render | undefined): ReadonlySet<string> {
  // A value has its placeholder: nothing of the resources is missing.
  return new Set(render?.unpinned.flatMap(({ reference, kind }) => (kind === "value" ? [] : [reference])));
}

function common(resources: readonly Resource[], others: readonly Resource[]): readonly Resource[] {
  const there = new Set(others.map(keyOf));
  return resources.filter((resource) => there.has(keyOf(resource)));
}

const identity = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({ name: z.string().optional(), namespace: z.string().optional() }),
});

function keyOf({ object }: Resource): string {
  const { data } = identity.safeParse(object);
  if (data === undefined) return JSON.stringify(object);
  const { name, namespace } = data.metadata;
  return JSON.stringify([data.apiVersion.replace(/\/?[^/]*$/, ""), data.kind, namespace, name]);
}
