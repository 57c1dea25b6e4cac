import { z } from "zod";
import { Fault } from "../model/errors.ts";
import type { PreviewJob } from "../model/jobs.ts";
import type { RepositoryName } from "../model/tree.ts";

/** What every event that Sluice acts on carries. `installation` is absent when the webhook is not the App's. */
export const common = z.object({
  action: z.string(),
  installation: z.object({ id: z.number() }).optional(),
  repository: z.object({ id: z.number(), name: z.string(), owner: z.object({ login: z.string() }) }),
});

/** The pull requests that GitHub names with a check: those whose head is in this repository, of any base. */
export const checkedPulls = z.array(
  z.object({ number: z.number(), base: z.object({ repo: z.object({ id: z.number() }) }) }),
);

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
  payload: z.infer<typeof common>,
): { readonly installationId: number; readonly repository: RepositoryName } | undefined {
  if (payload.installation === undefined) return undefined;
  const { name, owner } = payload.repository;
  return { installationId: payload.installation.id, repository: { owner: owner.login, name } };
}

/** Previews of the pull requests that a check of ours belongs to, without those of forks that have the same head. */
export function previewsOf(
  payload: z.infer<typeof common>,
  pulls: z.infer<typeof checkedPulls>,
): readonly PreviewJob[] {
  const address = addressOf(payload);
  if (address === undefined) return [];
  return pulls
    .filter((pull) => pull.base.repo.id === payload.repository.id)
    .map((pull) => ({ type: "preview", ...address, pullRequest: pull.number }));
}
