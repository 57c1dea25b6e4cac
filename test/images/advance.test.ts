import { expect, it } from "vitest";
import { imageWorld } from "./support/memory-world.ts";

it("an image pull request advances in place: title, body, branch and check are new, what was skipped is listed, approvals fall", async () => {
  const world = await imageWorld();
  await world.release("web:1.4.0");
  const pull = world.bump();
  expect((await world.check(pull))?.summary).toContain("as described");
  await world.approve(pull, "ada");
  await world.release("web:1.4.1");
  const digest = await world.release("web:1.5.0");
  const now = world.bump();
  expect(now.title).toContain("1.2.0 → 1.5.0");
  expect(now.number).toBe(pull.number);
  expect((await world.again(now)).head.sha).not.toBe(pull.head.sha);
  const { body } = await world.again(now);
  expect(body).toContain("**staging gets web 1.5.0** in place of 1.2.0.");
  expect(body).toContain("2 tags between 1.2.0 and 1.5.0 are passed over: `1.4.1`, `1.4.0`.");
  expect(body).toContain(digest);
  expect(await world.file("apps/web/staging/app.yaml", pull.head.ref)).toContain("web:1.5.0");
  expect((await world.check(now))?.summary).toContain(digest.slice(7, 19));
  expect(world.github.reviewsOf.get(pull.number)).toMatchObject([{ state: "dismissed" }]);
  const said = [...world.comments(pull).values()].flatMap((text) => /\*\*Now .*/.exec(text)?.[0] ?? []);
  expect(said).toEqual([
    "**Now 1.2.0 → 1.4.1**, no longer 1.2.0 → 1.4.0.",
    "**Now 1.2.0 → 1.5.0**, no longer 1.2.0 → 1.4.1.",
  ]);
  expect(world.bumps()).toHaveLength(1);
  const [conclusion] = await world.conclusions();
  expect(conclusion?.summary).toMatch(
    /1\.5\.0 takes the place of 1\.2\.0.*its pull request (?:was brought up to date|is open)$/,
  );
  expect(conclusion).toMatchObject({ pullRequest: pull.number });
  expect(conclusion?.tags.map(({ reason }) => reason)).toEqual([
    "1.5.0 is the highest version in `^1.0`",
    "1.2.0 is what web/staging has; it is not listed by the registry",
    "1.4.1 is lower than 1.5.0",
    "1.4.0 is lower than 1.5.0",
  ]);
});
