import { z } from "zod";
import type { ReconcileJob } from "../model/deploy.ts";
import { Fault } from "../model/errors.ts";
import type { GatesJob, ImagePullJob, PreviewJob, PromotionsJob, WatchJob } from "../model/jobs.ts";
import type { RepositoryName } from "../model/tree.ts";

/** What every event that Sluice acts on carries. `installation` is absent when the webhook is not the App's. */
export const place = z.object({
  installation: z.object({ id: z.number() }).optional(),
  repository: z.object({
    id: z.number(),
    name: z.string(),
    owner: z.object({ login: z.string() }),
    default_branch: z.string(),
  }),
});
type Place = z.infer<typeof place>;

/** What most of them carry: what happened. */
export const common = place.extend({ action: z.string() });

/** The pull requests that GitHub names with a check: those whose head is in this repository, of any base. */
export const checkedPulls = z.array(
  z.object({
    number: z.number(),
    head: z.object({ ref: z.string() }),
    base: z.object({ repo: z.object({ id: z.number() }) }),
  }),
);
type CheckedPulls = z.infer<typeof checkedPulls>;

/** The parsed payload; one that is not as GitHub describes it is our bug, for its signature was right. */
export function parsePayload<T>(event: string, schema: z.ZodType<T>, payload: unknown): T {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  throw new Fault("bug", `the payload of ${event} is not as expected: ${z.prettifyError(parsed.error)}`, {
    fields: { event },
  });
}

/** Who and where an event is about; `undefined` when no installation of the App stands behind it. */
export function addressOf(
  payload: Place,
): { readonly installationId: number; readonly repository: RepositoryName } | undefined {
  if (payload.installation === undefined) return undefined;
  const { name, owner } = payload.repository;
  return { installationId: payload.installation.id, repository: { owner: owner.login, name } };
}

/** Whether Sluice made this branch for a promotion or a rollback, by its name (`promote/text/branch.ts`). */
export function isPromotionBranch(branch: string): boolean {
  return branch.startsWith("sluice/promote/") || branch.startsWith("sluice/rollback/");
}

/** Whether Sluice made this branch for images, by its name (`images/units.ts`). */
export function isImageBranch(branch: string): boolean {
  return branch.startsWith("sluice/image/");
}

/** Whether Sluice made this branch for what is rendered, by its name (`reconcile/engines/hydrate`). */
export function isRenderBranch(branch: string): boolean {
  return branch.startsWith("sluice/render/");
}

/**
 * A job about one pull request of Sluice's own: the gates of a promotion, the check of an image pull request; none for
 * other branches.
 */
export function ownPullJob(
  where: { readonly installationId: number; readonly repository: RepositoryName },
  branch: string,
  pullRequest: number,
): readonly (GatesJob | ImagePullJob)[] {
  if (isPromotionBranch(branch)) return [{ type: "gates", ...where, pullRequest }];
  return isImageBranch(branch) ? [{ type: "image-pull", ...where, pullRequest }] : [];
}

/** Reads which images the repository asks for. */
export function watchOf(payload: Place): readonly WatchJob[] {
  const address = addressOf(payload);
  const defaultBranch = payload.repository.default_branch;
  return address === undefined ? [] : [{ type: "watch", ...address, defaultBranch }];
}

/** The sweep over the repository's promotions. */
export function promotionsOf(payload: Place): readonly PromotionsJob[] {
  const address = addressOf(payload);
  const defaultBranch = payload.repository.default_branch;
  return address === undefined ? [] : [{ type: "promotions", ...address, defaultBranch }];
}

/** Looks at what is deployed from the repository. */
export function reconcileOf(payload: Place): readonly ReconcileJob[] {
  const address = addressOf(payload);
  const defaultBranch = payload.repository.default_branch;
  return address === undefined ? [] : [{ type: "reconcile", ...address, defaultBranch }];
}

/**
 * Previews of the pull requests that a check of ours belongs to, without those of forks that have the same head;
 * Sluice's own among them are evaluated too.
 */
export function againOf(payload: Place, pulls: CheckedPulls): readonly (PreviewJob | GatesJob | ImagePullJob)[] {
  const address = addressOf(payload);
  if (address === undefined) return [];
  const previews = ownPulls(payload, pulls).map(
    (pull): PreviewJob => ({ type: "preview", ...address, pullRequest: pull.number }),
  );
  return [...previews, ...gatesOf(payload, pulls)];
}

/** Gates of the promotions, and checks of the image pull requests, among the pull requests that a check belongs to. */
export function gatesOf(payload: Place, pulls: CheckedPulls): readonly (GatesJob | ImagePullJob)[] {
  const address = addressOf(payload);
  if (address === undefined) return [];
  return ownPulls(payload, pulls).flatMap((pull) => ownPullJob(address, pull.head.ref, pull.number));
}

function ownPulls(payload: Place, pulls: CheckedPulls): CheckedPulls {
  return pulls.filter((pull) => pull.base.repo.id === payload.repository.id);
}
