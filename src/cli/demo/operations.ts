import type { IssueSummary, PullSummary } from "../../../sandbox/index.ts";
import { assertHolds, merge, openPull, show } from "./acts.ts";
import { BROKEN, type DemoCluster, replicasOf, scaleByHand } from "./cluster.ts";
import { releaseEdit } from "./promotion.ts";
import { type DemoStage, PEOPLE, REPOSITORY } from "./repository.ts";
import { happens } from "./wait-for.ts";

/** What happens in the cluster after merges: somebody changes it by hand, and a release fails. */
export async function playOperations(cluster: DemoCluster, stage: DemoStage): Promise<void> {
  await playDrift(cluster, stage);
  await playFailure(stage);
}

/** Healed where the environment says so, and only reported where it does not. */
async function playDrift(cluster: DemoCluster, stage: DemoStage): Promise<void> {
  const { github, steps, context } = stage;
  steps.say("", context.paint.bold("Somebody changes the cluster by hand"));
  const before = { staging: await replicasOf(cluster, "staging"), prod: await replicasOf(cluster, "prod") };
  await steps.step("kubectl scales orders to 7 in staging and in prod", async () => {
    for (const environment of ["staging", "prod"]) await scaleByHand(cluster, environment, 7);
  });
  await steps.step("Sluice puts staging back, as selfHeal says", async () => {
    const healed = async () => (await replicasOf(cluster, "staging")) === before.staging || undefined;
    await happens("staging has what Git has", healed, context.signal);
    await happens("the issue of staging says so", () => issueOf("staging", "closed", stage), context.signal);
  });
  const issue = await steps.step(
    "Sluice reports prod in one issue, and leaves it as it is",
    () => happens("there is an issue about prod", () => issueOf("prod", "open", stage), context.signal),
    ({ url }) => context.paint.link(url, url),
  );
  show(stage, issue.body);
  assertHolds(issue.body, ["orders", "7"]);
  await steps.step(`${PEOPLE.author} comments /reconcile prod on it, and it is closed`, async () => {
    await github.comment({ ...REPOSITORY, number: issue.number, body: "/reconcile prod", by: PEOPLE.author });
    await happens("the issue is closed", () => issueOf("prod", "closed", stage), context.signal);
    const back = async () => (await replicasOf(cluster, "prod")) === before.prod || undefined;
    await happens("prod has what Git has", back, context.signal);
  });
}

function issueOf(environment: string, state: IssueSummary["state"], { github }: DemoStage): IssueSummary | undefined {
  return github.issues(REPOSITORY).find((one) => one.title.startsWith(environment) && one.state === state);
}

/** An image that no node can pull: reported with what the Pods say, and the way back is one approval away. */
async function playFailure(stage: DemoStage): Promise<void> {
  const { github, clone, steps, context } = stage;
  steps.say("", context.paint.bold("A release that does not start"));
  const pull = await steps.step(`${PEOPLE.author} releases webapp ${BROKEN} to staging and merges it`, async () => {
    const branch = `webapp-${BROKEN}`;
    await clone.pushBranch(branch, `Release webapp ${BROKEN} to staging`, releaseEdit("1.7.0", BROKEN));
    const title = `Release webapp ${BROKEN} to staging`;
    const opened = await github.openPull({ ...REPOSITORY, head: branch, title, by: PEOPLE.author });
    return github.mergePull({ ...opened, method: "squash", by: PEOPLE.author });
  });
  const failure = await steps.step("Sluice says on the pull request what failed, and what still serves", () =>
    happens("the comment about the failure", () => failureOf(pull, stage), context.signal),
  );
  show(stage, failure);
  assertHolds(failure, [`cannot pull ghcr.io/acme/webapp:${BROKEN}`, "1.7.0"]);
  const rollback = await steps.step(
    "Sluice proposes the rollback",
    () => happens("the rollback is proposed", () => proposalOf(stage), context.signal),
    ({ url }) => context.paint.link(url, url),
  );
  show(stage, rollback.body.slice(rollback.body.indexOf("<!-- sluice:verdict -->")));
  await merge(`${PEOPLE.author} merges it, and Sluice deploys 1.7.0 again`, rollback, stage);
}

function failureOf(pull: PullSummary, { github }: DemoStage): string | undefined {
  return github.comments(pull).find(({ body, byApp }) => byApp && body.includes("failed"))?.body;
}

function proposalOf(stage: DemoStage): PullSummary | undefined {
  return openPull(stage, "sluice/rollback/staging/webapp");
}
