import { z } from "zod";
import { resolvePath } from "../../model/paths.ts";
import type { RenderSource, Trace } from "../../model/render.ts";
import type { RenderSpec } from "../../model/target.ts";
import { declaredTraces } from "./declared-trace.ts";
import { joined, type NamedPathsMemo, type StaticSteps, staticSteps, wholeAt } from "./static-steps.ts";

/** Reads what specs can look up, from the files of one tree. */
export interface StaticTraces {
  /**
   * Lookups of everything that the render of a spec can read here: its own trace has no others, so where all of these
   * give the same answers in another tree, the render is the same. `undefined` where that cannot be told from files:
   * links, submodules, generators, rules about files that are left out.
   */
  of(spec: RenderSpec): Promise<Trace | undefined>;
}

/** For the specs of one tree: what several of them reach is looked at once. */
export function staticTraces(source: RenderSource, memo: NamedPathsMemo): StaticTraces {
  const steps = staticSteps(source.tree, memo);
  const declared = declaredTraces(steps);
  return {
    async of(spec) {
      if (spec.missing !== undefined && spec.missing.length > 0) return lackingTrace(spec, steps);
      switch (spec.kind) {
        case "kustomize":
          return steps.kustomizations([spec.path]);
        case "helm": {
          const values = await Promise.all((spec.options.valueFiles ?? []).map((path) => steps.answer(path)));
          return joined([await steps.charts([spec.path]), ...values]);
        }
        case "plain":
          return wholeAt(spec.path, await source.tree.at(spec.path));
        case "flux":
        case "helmrelease":
        case "argocd":
        case "applicationset":
        case "resourceset":
          return declared.of(spec);
        default:
          return spec satisfies never;
      }
    },
  };
}

const named = z.object({
  path: z.string().catch("").default(""),
  helm: z
    .object({ valueFiles: z.array(z.string()).catch([]).default([]) })
    .catch({ valueFiles: [] })
    .optional(),
});
const argoSources = z.object({ source: named.optional(), sources: z.array(named).catch([]).default([]) });

/**
 * Of a target that fails because nobody has one of its sources: nothing of the repository decides that, and what its
 * object says is in the spec. What the rest of its render would read here is known to people all the same: the folders
 * and values files that an Application names.
 */
async function lackingTrace(spec: RenderSpec, { answer }: StaticSteps): Promise<Trace | undefined> {
  if (spec.kind !== "argocd") return [];
  const { data } = argoSources.safeParse(spec.options.spec);
  const sources = data === undefined ? [] : [...data.sources, ...(data.source === undefined ? [] : [data.source])];
  const files = sources.flatMap(({ helm }) => helm?.valueFiles ?? []).map((file) => file.replace(/^\$[^/]*\//, ""));
  const paths = [...sources.flatMap(({ path }) => path || []), ...files];
  if (data === undefined || paths.some((path) => /[*?[]/.test(path))) return undefined;
  const inside = paths.flatMap((path) => resolvePath("", path.replace(/^\/+/, "")) ?? []);
  return joined(await Promise.all(inside.map(answer)));
}
