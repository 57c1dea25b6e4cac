import { mergedWithBase } from "../../change/pull-request/branch.ts";
import { type RepositoryContext, targetOf } from "../../change/repository-context.ts";
import type { PullRequest } from "../../model/github.ts";
import type { Review } from "../../model/github-repository.ts";
import type { Render, RenderSource } from "../../model/render.ts";
import { isDigest, type PromotionMetadata } from "../text/metadata.ts";
import type { PromotionPorts } from "./ports.ts";

/** What a merge would change in one target; `after` is missing where both sides changed the same file. */
export interface TargetChange {
  readonly app: string;
  readonly before: Render;
  readonly after: Render | undefined;
}

/** What merging the pull request into the base as it is now would change in each of its targets that is still there. */
export async function targetChanges(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: Pick<PullRequest, "head">,
  metadata: PromotionMetadata,
): Promise<readonly TargetChange[]> {
  const { repository, tree } = context;
  const after = await mergedWithBase(context, pull.head.sha);
  return changesOf(ports, context, metadata, { tree, objects: repository.objects }, after);
}

async function changesOf(
  ports: PromotionPorts,
  context: RepositoryContext,
  { environment, targets }: PromotionMetadata,
  before: RenderSource,
  after: RenderSource | undefined,
): Promise<readonly TargetChange[]> {
  const changes = await Promise.all(
    targets.map(async ({ app }): Promise<TargetChange[]> => {
      const target = targetOf(context, app, environment);
      if (target === undefined) return [];
      const render = (at: RenderSource) => ports.renderer.render(target.render, at, context.signal);
      const [old, fresh] = await Promise.all([render(before), after && render(after)]);
      return [{ app, before: old, after: fresh }];
    }),
  );
  return changes.flat();
}

/** Whether nothing changes in any target. */
export function isEmptyChange(changes: readonly TargetChange[]): boolean {
  return changes.every(({ before, after }) => before.ok && after?.ok === true && before.digest === after.digest);
}

/** Whether a merge would change just what was planned: the base may have changed the same targets in other files. */
export function isAsPlanned({ targets }: PromotionMetadata, changes: readonly TargetChange[]): boolean {
  return targets.every(({ app, digest, before }) => {
    const change = changes.find((one) => one.app === app);
    return isDigest(before, change?.before.digest) && isDigest(digest, change?.after?.digest);
  });
}

/** The reviews that are about what the pull request changes now, and the approvals that are about something else. */
export interface BoundReviews {
  readonly reviews: readonly Review[];
  readonly outdated: readonly Pick<Review, "user" | "commit">[];
}

/**
 * An approval is for a change, from this to that: it counts at the head that was approved, or at a later one of
 * Sluice's own, as long as every target has the same before and the same after. `ours`: nothing but Sluice's commits is
 * on the branch. Requested changes count wherever they were asked for.
 */
export async function boundReviews(
  ports: PromotionPorts,
  context: RepositoryContext,
  of: {
    readonly pull: PullRequest;
    readonly metadata: PromotionMetadata;
    readonly ours: boolean;
    readonly changes: readonly TargetChange[];
    readonly reviews: readonly Review[];
  },
): Promise<BoundReviews> {
  const all = of.reviews;
  const commits = new Set(all.flatMap(({ state, commit }) => (state === "approved" && commit ? [commit] : [])));
  const same = new Set<string>();
  for (const commit of commits) if (await isSameChange(ports, context, of, commit)) same.add(commit);
  const counts = ({ state, commit = "" }: Review) => state !== "approved" || same.has(commit);
  return { reviews: all.filter(counts), outdated: all.filter((review) => !counts(review)) };
}

async function isSameChange(
  ports: PromotionPorts,
  context: RepositoryContext,
  { pull, metadata, ours, changes }: Parameters<typeof boundReviews>[2],
  commit: string,
): Promise<boolean> {
  const { repository } = context;
  const { sha } = pull.head;
  if (commit !== sha && !ours) return false;
  // What the branch was rewound behind, or a mirror that was made again does not have, is not what is there now.
  if ((await repository.objects.read(commit))?.kind !== "commit") return false;
  if (!(await repository.isAncestor(commit, sha))) return false;
  const fork = await repository.mergeBase(commit, context.head);
  if (fork === undefined) return false;
  const at = async (of: string) => ({ tree: await repository.tree(of), objects: repository.objects });
  const then = await changesOf(ports, context, metadata, await at(fork), await at(commit));
  return then.length > 0 && JSON.stringify(then.map(digests)) === JSON.stringify(changes.map(digests));
}

/** What cannot be rendered is like nothing else. */
function digests({ app, before, after }: TargetChange): readonly (string | undefined)[] {
  return [app, before.digest, after?.digest];
}
