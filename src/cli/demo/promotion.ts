import type { PullSummary } from "../../../sandbox/index.ts";
import { Fault } from "../../model/errors.ts";
import { assertHolds, command, holding, merge, openPull, show, statusCommentOf } from "./acts.ts";
import { swap } from "./pulls.ts";
import { type DemoStage, PEOPLE, REPOSITORY } from "./repository.ts";
import type { Edits } from "./sample.ts";
import { checksOf, happens, previewOf, replyTo } from "./wait-for.ts";

const STAGING = "apps/webapp/overlays/staging/kustomization.yaml";
const GATES = "Sluice promotion";
const BRANCH = "sluice/promote/prod/webapp";

/** What a release of webapp to staging is in the sample: one line. */
export const releaseEdit = (from: string, to: string): Edits => ({
  [STAGING]: swap(`newTag: ${from}`, `newTag: ${to}`),
});

/**
 * From staging to prod: promoted, gated, approved, merged; superseded in place; rolled back, held, released.
 * `released` is the open pull request that brings 1.5.0 to staging.
 */
export async function playPromotion(released: PullSummary, stage: DemoStage): Promise<void> {
  const { steps, context } = stage;
  steps.say("", context.paint.bold("From staging to prod"));
  const promotion = await promoteFirst(released, stage);
  await mergePromotion(promotion, released, stage);
  await supersede(stage);
  await rollBack(stage);
}

async function promoteFirst(released: PullSummary, stage: DemoStage): Promise<PullSummary> {
  const { github, steps, context } = stage;
  await merge("The release to staging is merged, and Sluice deploys it", released, stage);
  const promotion = await command("/promote prod", released, stage, { branch: BRANCH, expects: "Opened #" });
  await steps.step("The promotion shows what it changes in prod", async () => {
    const { comment } = await previewOf(github, promotion, context.signal);
    assertHolds(comment.body, ["webapp in prod", "1.5.0"]);
  });
  await happens(
    "the gates wait for people and time",
    () => waitsFor(promotion, stage, ["approval", "soak"]),
    context.signal,
  );
  show(stage, gatesOf(github.pull(promotion).body));
  return promotion;
}

async function mergePromotion(promotion: PullSummary, released: PullSummary, stage: DemoStage): Promise<void> {
  const { github, steps, context } = stage;
  await approve(promotion, stage);
  await overrideSoak(promotion, stage);
  await steps.step(
    `${PEOPLE.author} merges the promotion, and the first pull request shows where its change is`,
    async () => {
      await github.mergePull({ ...promotion, method: "squash", by: PEOPLE.author });
      const arrived = () => statusCommentOf(released, stage)?.body.includes(`(#${promotion.number})`) || undefined;
      await happens("the status comment says that the change arrived in prod", arrived, context.signal);
    },
  );
  show(stage, statusCommentOf(released, stage)?.body ?? "");
}

/** A version that is overtaken before it is merged: the same pull request carries the newer one. */
async function supersede(stage: DemoStage): Promise<void> {
  const { github, steps, context } = stage;
  steps.say("", context.paint.bold("A newer version takes its place"));
  const second = await release("1.5.0", "1.6.0", stage);
  const promotion = await command("/promote prod", second, stage, { branch: BRANCH, expects: "Opened #" });
  await approve(promotion, stage);
  const third = await release("1.6.0", "1.6.1", stage);
  const same = await command("/promote prod", third, stage, {
    branch: BRANCH,
    expects: `Updated #${promotion.number}`,
  });
  await steps.step("It is the same pull request; the approval of the other version fell", async () => {
    if (same.number !== promotion.number)
      throw new Fault("bug", `#${same.number} is another pull request than #${promotion.number}`);
    assertHolds(github.pull(same).title, ["1.6.1"]);
    const { state } = github.reviews(same).at(-1) ?? {};
    if (state !== "DISMISSED") throw new Fault("bug", `the approval is ${state ?? "gone"}`);
  });
  await approve(same, stage);
  await overrideSoak(same, stage);
  await steps.step(`${PEOPLE.author} merges it`, () =>
    github.mergePull({ ...same, method: "squash", by: PEOPLE.author }),
  );
}

/** The hold that a rollback puts stops what would promote by itself, until a person releases it. */
async function rollBack(stage: DemoStage): Promise<void> {
  const { github, clone, steps, context } = stage;
  steps.say("", context.paint.bold("Back, and on hold"));
  const automatic = await steps.step("The configuration lets webapp promote to prod by itself", async () => {
    const edits = {
      ".sluice.yaml": (text: string) =>
        `${text}apps:\n  webapp: { environments: { prod: { promote: { auto: true } } } }\n`,
    };
    await clone.pushBranch("automatic", "Promote webapp by itself", edits);
    return github.openPull({ ...REPOSITORY, head: "automatic", title: "Promote webapp by itself", by: PEOPLE.author });
  });
  await steps.step(`${PEOPLE.author} merges that`, () => github.mergePull({ ...automatic, by: PEOPLE.author }));
  const rollback = await command("/rollback prod webapp", automatic, stage, {
    branch: "sluice/rollback/prod/webapp",
    expects: "Opened #",
  });
  await approve(rollback, stage);
  await steps.step(`${PEOPLE.author} merges the rollback`, async () => {
    await happens("the gates of the rollback pass", () => passes(rollback, stage), context.signal);
    await github.mergePull({ ...rollback, method: "squash", by: PEOPLE.author });
  });
  const next = await release("1.6.1", "1.7.0", stage);
  await steps.step("1.7.0 is healthy in staging, and the hold keeps it there", async () => {
    const held = () => statusCommentOf(next, stage)?.body.includes("on hold by") || undefined;
    await happens("the status comment says that prod is on hold", held, context.signal);
    if (openPull(stage, BRANCH) !== undefined) throw new Fault("bug", "a promotion opened in spite of the hold");
  });
  await reply("/release prod/webapp", next, stage, "is released");
  await steps.step(
    "Released: the promotion opens by itself",
    async () => {
      const opened = await happens("the automatic promotion opens", () => openPull(stage, BRANCH), context.signal);
      assertHolds(opened.title, ["1.7.0"]);
      return opened;
    },
    ({ url }) => context.paint.link(url, url),
  );
}

/** A new version for staging: pull request, merge, healthy. */
async function release(from: string, to: string, stage: DemoStage): Promise<PullSummary> {
  const { github, clone, steps } = stage;
  const branch = `webapp-${to}`;
  const pull = await steps.step(`${PEOPLE.author} releases webapp ${to} to staging`, async () => {
    await clone.pushBranch(branch, `Release webapp ${to} to staging`, releaseEdit(from, to));
    return github.openPull({
      ...REPOSITORY,
      head: branch,
      title: `Release webapp ${to} to staging`,
      by: PEOPLE.author,
    });
  });
  await merge("It is merged, and Sluice deploys it", pull, stage);
  return pull;
}

async function reply(
  text: string,
  on: PullSummary,
  { github, steps, context }: DemoStage,
  expects: string,
): Promise<void> {
  await steps.step(`${PEOPLE.author} comments ${text}`, async () => {
    const comment = await github.comment({ ...on, body: text, by: PEOPLE.author });
    holding(await replyTo(github, on, comment, context.signal), [expects]);
  });
}

async function approve(pull: PullSummary, { github, steps }: DemoStage): Promise<void> {
  await steps.step(`${PEOPLE.reviewer} approves #${pull.number}`, () =>
    github.review({ ...pull, by: PEOPLE.reviewer, event: "APPROVE", body: "" }),
  );
}

/** Nobody wants to wait half an hour for a demo; an override is for those who may, and it stays on record. */
async function overrideSoak(pull: PullSummary, stage: DemoStage): Promise<void> {
  const { github, steps, context } = stage;
  await steps.step(`${PEOPLE.admin} passes the soak with /override, and all gates pass`, async () => {
    const body = "/override soak a demo cannot wait for half an hour";
    const comment = await github.comment({ ...pull, body, by: PEOPLE.admin });
    holding(await replyTo(github, pull, comment, context.signal), ["overridden"]);
    await happens("all gates pass", () => passes(pull, stage), context.signal);
  });
}

function passes(pull: PullSummary, { github }: DemoStage): true | undefined {
  return checksOf(github, pull, GATES).some(({ conclusion }) => conclusion === "success") || undefined;
}

function waitsFor(pull: PullSummary, { github }: DemoStage, gates: readonly string[]): true | undefined {
  const title = checksOf(github, pull, GATES)[0]?.title ?? "";
  return gates.every((gate) => title.includes(gate)) || undefined;
}

/** The first lines of a promotion's description, and its gates. */
function gatesOf(body: string): string {
  return body.slice(body.indexOf("<!-- sluice:verdict -->"), body.indexOf("<!-- /sluice:gates -->"));
}
