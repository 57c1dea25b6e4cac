import { describe, expect, it } from "vitest";
import type { Permission } from "../../src/model/github.ts";
import type { Review } from "../../src/model/github-repository.ts";
import { reviewersOf } from "../../src/promote/run/reviewers.ts";
import { appFiles, promotionWorld, versionIn, worldConfig } from "./support/memory-world.ts";

const many = (count: number, name = "stranger") => Array.from({ length: count }, (_, index) => `${name}${index}`);
let moment = 0;

function review(user: string, state: Review["state"] = "approved"): Review {
  moment += 1;
  return { id: moment, user, bot: false, state, commit: "abc", at: new Date(moment * 1_000).toISOString() };
}

/** People of whom those with these logins may write; counts the calls. */
function people(...writers: readonly string[]) {
  const asked: string[] = [];
  const permission = async (user: string): Promise<Permission> => {
    asked.push(user);
    return writers.includes(user) ? "write" : "read";
  };
  return { asked, permission };
}

const needing = (approvals: number, ...uncounted: readonly string[]) => ({
  settings: [{ approvals }],
  uncounted: new Set(uncounted),
});

describe("whose reviews count", () => {
  it("is asked of who objects first, however many approved since", async () => {
    const github = people("grace", "bob");
    const reviews = [review("grace", "changes-requested"), ...many(25).map((user) => review(user)), review("bob")];
    const { mayReview } = await reviewersOf(github, reviews, needing(1));
    expect(github.asked[0]).toBe("grace");
    expect(mayReview).toEqual(new Set(["grace", "bob"]));
  });

  it("is asked of as many who approved as are needed, newest first, and of no more than a hundred people", async () => {
    const enough = people("bob");
    await reviewersOf(enough, [...many(25).map((user) => review(user)), review("bob")], needing(1));
    expect(enough.asked).toHaveLength(10);
    const none = people("bob");
    const { mayReview, unasked } = await reviewersOf(
      none,
      [review("bob"), ...many(150).map((user) => review(user))],
      needing(1),
    );
    expect(none.asked).toHaveLength(100);
    expect(mayReview).toEqual(new Set());
    expect(unasked).toContain("bob");
  });

  it("is yes of everybody who objects beyond the bound, and no of everybody who approves", async () => {
    const github = people("bob");
    const reviews = [review("bob"), ...many(120).map((user) => review(user, "changes-requested"))];
    const { mayReview, unasked } = await reviewersOf(github, reviews, needing(1));
    expect(github.asked).toHaveLength(100);
    expect(mayReview?.size).toBe(20);
    expect(unasked).toEqual(new Set(["bob"]));
  });

  it("is asked on where those who may not count approved", async () => {
    const github = people(...many(12, "pusher"), "bob");
    const reviews = [review("bob"), ...many(12, "pusher").map((user) => review(user))];
    const { mayReview } = await reviewersOf(github, reviews, needing(1, ...many(12, "pusher")));
    expect(mayReview).toContain("bob");
  });

  it("costs nothing where no approval is needed and nobody objects", async () => {
    const github = people("bob");
    await reviewersOf(github, [review("bob")], needing(0));
    expect(github.asked).toEqual([]);
  });
});

it("requested changes stop a promotion however many strangers approved it since", async () => {
  const config = worldConfig("gates: { healthy: false, approvals: 1 }\npromote: { merge: automatic }");
  const files = { ...appFiles("web", "staging", "1.4.0"), ...appFiles("web", "prod", "1.4.0") };
  const world = promotionWorld({ files: { ".sluice.yaml": config, ...files } });
  await world.merge(appFiles("web", "staging", "1.5.0"));
  await world.say("/promote prod");
  const [pull] = world.promotions("open");
  if (pull === undefined) throw new Error("no promotion");
  const { head } = await world.again(pull);
  const at = new Date(world.now()).toISOString();
  const by = (id: number, user: string, state: Review["state"]): Review => ({
    id,
    user,
    bot: false,
    state,
    commit: head.sha,
    at,
  });
  const strangers = many(25).map((user, index) => by(index + 2, user, "approved"));
  world.github.reviewsOf.set(pull.number, [
    by(1, "grace", "changes-requested"),
    ...strangers,
    by(90, "bob", "approved"),
  ]);
  await world.settle();
  expect(await versionIn(world)).toBe("1.4.0");
  expect((await world.check(pull))?.summary).toContain("`grace` requested changes");
});
