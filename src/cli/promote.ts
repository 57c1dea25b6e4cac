import { resolve } from "node:path";
import { computePromotion, type PromotionInput } from "../promote/compute.ts";
import { resolvePromotion } from "../promote/resolve.ts";
import { EXIT } from "./command.ts";
import type { PromoteContext } from "./definitions/promote.ts";
import { promotionJson, promotionText } from "./format/promote.ts";
import { type Local, withLocal } from "./local.ts";
import { usage } from "./parse.ts";
import { planReads } from "./plan-reads.ts";
import { writeChanges } from "./write-changes.ts";

/** Carries out `sluice promote`. */
export function runPromote(context: PromoteContext): Promise<number> {
  if (context.args.write && context.args["dry-run"]) {
    throw usage("--write and --dry-run exclude each other", "Leave one of them out.");
  }
  if (context.args.to === undefined) {
    throw usage("sluice promote needs an environment", "Name the environment: --to ENV.");
  }
  const { to } = context.args;
  return withLocal(context, resolve(context.cwd, context.args.repo), (local) => run(context, local, to));
}

async function run(context: PromoteContext, local: Local, to: string): Promise<number> {
  const input = await inputOf(context, local, to);
  const computed = await computePromotion(input);
  context.progress.clear();
  const { plan, changes } = computed;
  const request = { ...local, base: input.base, changes };
  const written = context.args.write ? await writeChanges(request) : undefined;
  context.stdout.write(
    context.args.format === "json"
      ? `${JSON.stringify(promotionJson(plan), null, 2)}\n`
      : promotionText(computed, { colours: context.colours, written }),
  );
  return plan.targets.some(({ outcome }) => outcome === "refused") ? EXIT.refused : EXIT.ok;
}

async function inputOf(context: PromoteContext, local: Local, to: string): Promise<PromotionInput> {
  const { repository, renderer } = local;
  const base = await repository.resolve(context.args.ref);
  const sourceCommit = await repository.resolve(context.args["from-commit"] ?? base);
  const reads = await planReads(local, context.signal, context.args.ref);
  const { from, plan, pairs } = await resolvePromotion({ repository, base, to, apps: context.positionals, reads });
  return {
    repository,
    base,
    sourceCommit,
    pairs,
    from,
    to,
    allTargets: plan.targets,
    renderer,
    signal: context.signal,
    onProgress: ({ phase, done, total }) => context.progress.update(PHASES[phase], done, total),
  };
}

const PHASES = { plan: "Planning", dependents: "Looking who reads what" } as const;
