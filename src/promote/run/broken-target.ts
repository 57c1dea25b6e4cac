import { type RepositoryContext, targetOf } from "../../change/repository-context.ts";
import type { PullRequest } from "../../model/github.ts";
import { toolOf } from "../../model/target.ts";
import type { BrokenTarget } from "../text/broken.ts";
import type { PromotionMetadata } from "../text/metadata.ts";
import { changeOnBase } from "./base-change.ts";
import type { TargetChange } from "./target-changes.ts";

/** The first target that cannot be rendered with what a promotion gives it, where the base is what changed. */
export async function brokenTarget(
  context: RepositoryContext,
  pull: Pick<PullRequest, "head">,
  { environment }: Pick<PromotionMetadata, "environment">,
  changes: readonly TargetChange[],
): Promise<BrokenTarget | undefined> {
  const broken = changes.find(({ after }) => after?.ok === false);
  const target = broken && targetOf(context, broken.app, environment);
  if (broken?.after?.ok !== false || target === undefined) return undefined;
  const { message, file, line } = broken.after.failure;
  const change = await changeOnBase(context, pull, [target]);
  return {
    ...{ app: broken.app, only: broken.before.ok, tool: toolOf[target.render.kind], message, file, line },
    ...{ because: change?.text, base: context.base, repositoryUrl: context.url },
  };
}
