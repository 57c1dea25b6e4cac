import type { GateSettings, PromotionFacts } from "../../model/gates.ts";
import type { GitHub } from "../../model/github.ts";
import type { Review } from "../../model/github-repository.ts";
import { mapLimit } from "../../model/map-limit.ts";
import { newestReviews } from "../../policy/gates/approvals.ts";
import { includes } from "../../policy/permission.ts";

/** How many people's permission is asked for; each is a REST call. */
const maxAsked = 100;
/** So many approvers are asked about at a time, until there are enough. */
const batch = 10;
const atOnce = 5;

/** What the reviews are about: how many approvals are needed, and whose count for nothing anyway. */
export interface Needed {
  readonly settings: readonly Pick<GateSettings, "approvals">[];
  /** Logins in lower case. */
  readonly uncounted: ReadonlySet<string>;
}

/**
 * Of those whose review would decide: who may write. On a public repository anybody can review, so those who object are
 * asked about first, and of those who approve as many as are needed. Beyond the bound, who objects counts, and who
 * approves does not.
 */
export async function reviewersOf(
  github: Pick<GitHub, "permission">,
  reviews: readonly Review[],
  { settings, uncounted }: Needed,
): Promise<Pick<PromotionFacts, "mayReview" | "unasked">> {
  const decisive = newestReviews(reviews).toReversed();
  const usersOf = (wanted: Review["state"]) => decisive.filter(({ state }) => state === wanted).map(({ user }) => user);
  const objectors = usersOf("changes-requested");
  const approvers = usersOf("approved");
  const asked = new Set<string>();
  const may = new Set(objectors.slice(maxAsked).map(lower));
  const ask = async (users: readonly string[]): Promise<void> => {
    const permissions = await mapLimit(users, atOnce, (user) => github.permission(user));
    for (const [index, user] of users.entries()) {
      asked.add(lower(user));
      if (includes(permissions[index] ?? "none", "write")) may.add(lower(user));
    }
  };
  await ask(objectors.slice(0, maxAsked));
  const needed = Math.max(0, ...settings.map(({ approvals }) => approvals));
  const counted = () => approvers.filter((user) => may.has(lower(user)) && !uncounted.has(lower(user))).length;
  const candidates = approvers.slice(0, maxAsked - asked.size);
  for (let at = 0; at < candidates.length && counted() < needed; at += batch)
    await ask(candidates.slice(at, at + batch));
  return { mayReview: may, unasked: new Set(approvers.map(lower).filter((user) => !asked.has(user))) };
}

function lower(login: string): string {
  return login.toLowerCase();
}
