import { z } from "zod";
import type { Review } from "../model/github-repository.ts";
import type { Client } from "./client.ts";
import { refusedBy } from "./errors.ts";

const PULL = "/repos/{owner}/{repo}/pulls/{pull_number}";

const STATES = {
  APPROVED: "approved",
  CHANGES_REQUESTED: "changes-requested",
  COMMENTED: "commented",
  DISMISSED: "dismissed",
  PENDING: "pending",
} as const satisfies Readonly<Record<string, Review["state"]>>;

const review = z.object({
  id: z.number(),
  user: z.object({ login: z.string(), type: z.string().optional() }).nullable(),
  state: z.enum(["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED", "PENDING"]),
  commit_id: z.string().nullish(),
  submitted_at: z.string().optional(),
});

/** See `GitHubRepository.reviews`. */
export async function readReviews(client: Client, number: number): Promise<readonly Review[]> {
  const all: Review[] = [];
  for await (const page of client.pages(`GET ${PULL}/reviews`, { pull_number: number }, review)) {
    all.push(...page.map(reviewOf));
  }
  return all;
}

function reviewOf(one: z.infer<typeof review>): Review {
  return {
    id: one.id,
    user: one.user?.login ?? "ghost",
    bot: one.user?.type === "Bot",
    state: STATES[one.state],
    commit: one.commit_id ?? undefined,
    at: one.submitted_at ?? "",
  };
}

/** See `GitHubRepository.dismissReview`. One that counts no more, or is gone, is fine. */
export async function dismissReview(client: Client, number: number, id: number, message: string): Promise<void> {
  const route = `PUT ${PULL}/reviews/{review_id}/dismissals`;
  const body = { pull_number: number, review_id: id, message, event: "DISMISS" } as const;
  const { refused } = await client.attempt(route, body, z.unknown(), [404, 422]);
  if (refused === undefined || refused.status === 404 || /can ?not dismiss/i.test(refused.text)) return;
  throw refusedBy(refused, `dismiss a review of #${number}`);
}

/** Who is asked for a review: logins, and slugs of teams of the repository's organization. */
export interface Reviewers {
  readonly users: readonly string[];
  readonly teams: readonly string[];
}

/**
 * See `GitHubRepository.requestReviewers`. GitHub asks nobody when it refuses one of them; the teams are then asked
 * once without the persons, of whom one is the author or has no access as a rule.
 */
export async function requestReviewers(
  client: Client,
  number: number,
  { users, teams }: Reviewers,
): Promise<{ readonly refused: string | undefined }> {
  if (users.length === 0 && teams.length === 0) return { refused: undefined };
  const request = async (who: {
    readonly reviewers?: readonly string[];
    readonly team_reviewers: readonly string[];
  }) => {
    const route = `POST ${PULL}/requested_reviewers`;
    return (await client.attempt(route, { pull_number: number, ...who }, z.unknown(), [422])).refused;
  };
  const refused = await request({ reviewers: users, team_reviewers: teams });
  if (refused === undefined) return { refused: undefined };
  const again = users.length > 0 && teams.length > 0 ? await request({ team_reviewers: teams }) : undefined;
  return { refused: (again ?? refused).text };
}
