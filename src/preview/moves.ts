import { z } from "zod";
import { withoutCredentials } from "../diff/index.ts";
import type { Declaration } from "../model/declaration.ts";
import { isMounted } from "../model/mount.ts";
import type { Move } from "../model/preview.ts";
import type { RenderSpec, Target } from "../model/target.ts";
import type { TargetPair } from "./plan.ts";

/** A target that both sides have. */
type Kept = Extract<TargetPair, { base: Target; head: Target }>;

/** How people know the object: `Application argocd/webapp`. */
export function declarationName({ kind, namespace, name }: Declaration): string {
  return `${kind} ${namespace === "" ? name : `${namespace}/${name}`}`;
}

/** What declares a target, by name: an object, or the folder of an entry. */
export function declarerName({ declaration, render }: Target): string {
  return declaration === undefined ? render.path || "." : declarationName(declaration);
}

/**
 * Where targets stand that are the same and stand elsewhere: another folder, another object that declares them, another
 * chart, another parent. Those of which nothing moved have no entry.
 */
export function movesOf(pairs: readonly TargetPair[]): ReadonlyMap<TargetPair, readonly Move[]> {
  const kept = pairs.filter(isKept);
  const bases = byId(pairs.flatMap(({ base }) => base ?? []));
  const heads = byId(pairs.flatMap(({ head }) => head ?? []));
  const became = new Map(kept.map(({ base, head }) => [base.id, head.id]));
  const moved = kept.map((pair) => {
    const parents = parentMove(pair, became, bases, heads);
    return [pair, [...ownMoves(pair), ...parents]] as const;
  });
  return new Map(moved.filter(([, moves]) => moves.length > 0));
}

function isKept(pair: TargetPair): pair is Kept {
  return pair.base !== undefined && pair.head !== undefined;
}

function byId(targets: readonly Target[]): ReadonlyMap<string, Target> {
  return new Map(targets.map((target) => [target.id, target]));
}

function ownMoves({ base, head }: Kept): readonly Move[] {
  const folder = folderMove(base.render, head.render);
  const declared = changed("declaration", named(base), named(head));
  return [...folder, ...declared, ...changed("chart", chartSource(base.render), chartSource(head.render))];
}

/** A folder of the repository that is another one; the place of something fetched holds its version. */
function folderMove(base: RenderSpec, head: RenderSpec): readonly Move[] {
  if (isMounted(base.path) || isMounted(head.path) || base.path === head.path) return [];
  return [{ what: "path", from: base.path || ".", to: head.path || "." }];
}

function named({ declaration }: Target): string {
  return declaration === undefined ? "" : declarationName(declaration);
}

function changed(what: Move["what"], from: string, to: string): readonly Move[] {
  return from === to ? [] : [{ what, from, to }];
}

/** Another parent: not the same one under another name. */
function parentMove(
  { base, head }: Kept,
  became: ReadonlyMap<string, string>,
  bases: ReadonlyMap<string, Target>,
  heads: ReadonlyMap<string, Target>,
): readonly Move[] {
  const [before, after] = [base.declaration?.parent, head.declaration?.parent];
  if (before === undefined || after === undefined || became.get(before) === after) return [];
  const [from, to] = [bases.get(before), heads.get(after)];
  return [
    {
      what: "parent",
      from: from === undefined ? before : declarerName(from),
      to: to === undefined ? after : declarerName(to),
    },
  ];
}

const text = z.string().catch("");
const reference = z.object({ kind: text, name: text }).optional().catch(undefined);
const release = z
  .object({ chart: z.object({ spec: z.object({ chart: text, sourceRef: reference }) }), chartRef: reference })
  .partial()
  .catch({});
const source = z.object({ repoURL: text, chart: text }).catch({ repoURL: "", chart: "" });
const application = z
  .object({ source, sources: z.array(source).catch([]) })
  .partial()
  .catch({});

/** Where a chart comes from, without its version; `""` where the declaration does not say. */
function chartSource({ kind, options }: RenderSpec): string {
  if (kind === "helmrelease") {
    const { chart, chartRef } = release.parse(options.spec);
    if (chartRef !== undefined) return `${chartRef.kind} ${chartRef.name}`;
    const { chart: name = "", sourceRef } = chart?.spec ?? {};
    return sourceRef === undefined ? name : `${name} of ${sourceRef.kind} ${sourceRef.name}`;
  }
  if (kind !== "argocd") return "";
  const { source: one, sources = one === undefined ? [] : [one] } = application.parse(options.spec);
  const charts = sources.filter(({ chart }) => chart !== "");
  return charts.map(({ repoURL, chart }) => `${chart} of ${withoutCredentials(repoURL)}`).join(", ");
}
