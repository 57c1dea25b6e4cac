import type { CommentSummary, PullSummary } from "../../../sandbox/index.ts";
import { Fault } from "../../model/errors.ts";
import { statusMarker } from "../../promote/text/status-comment.ts";
import { markdownForTerminal } from "./markdown-terminal.ts";
import { type DemoStage, framed, PEOPLE, REPOSITORY } from "./repository.ts";
import { happens, replyTo } from "./wait-for.ts";

/** Merges a pull request, and waits until Sluice says that what it brought to staging is deployed. */
export async function merge(what: string, pull: PullSummary, { github, steps, context }: DemoStage): Promise<void> {
  await steps.step(what, async () => {
    const { mergeCommitSha } = await github.mergePull({ ...pull, method: "squash", by: PEOPLE.author });
    const deployed = () =>
      github
        .deployments({ ...REPOSITORY, environment: "staging" })
        .some(({ sha, statuses }) => sha === mergeCommitSha && statuses.at(-1)?.state === "success") || undefined;
    await happens("the GitHub deployment to staging succeeds", deployed, context.signal);
  });
}

/** A command that opens or updates the pull request of a branch: how long that took, and which one. */
export async function command(
  text: string,
  on: PullSummary,
  stage: DemoStage,
  { branch, expects }: { readonly branch: string; readonly expects: string },
): Promise<PullSummary> {
  const { github, steps, context } = stage;
  const before = { at: performance.now(), title: openPull(stage, branch)?.title };
  let took = 0;
  const said = await steps.step(`${PEOPLE.author} comments ${text}`, async () => {
    const comment = await github.comment({ ...on, body: text, by: PEOPLE.author });
    const changed = () => (openPull(stage, branch)?.title === before.title ? undefined : true);
    await happens("the pull request carries it", changed, context.signal);
    took = performance.now() - before.at;
    return holding(await replyTo(github, on, comment, context.signal), [expects]);
  });
  const number = Number(/#(\d+)/.exec(said.body)?.[1]);
  const pull = github.pull({ ...REPOSITORY, number });
  const time = context.paint.dim(`(${(took / 1_000).toFixed(2)} s from the comment to the pull request)`);
  steps.say(`  ${context.paint.link(pull.url, pull.url)}  ${pull.title} ${time}`);
  return pull;
}

/** The open pull request of a branch. */
export function openPull({ github }: DemoStage, branch: string): PullSummary | undefined {
  return github.pulls(REPOSITORY).find(({ headRef, state }) => headRef === branch && state === "open");
}

/** The comment that shows where the change of a pull request is. */
export function statusCommentOf(pull: PullSummary, { github }: DemoStage): CommentSummary | undefined {
  return github.comments(pull).find(({ body }) => body.startsWith(`<!-- sluice:${statusMarker} -->`));
}

/** Shows markdown in a frame. */
export function show({ steps, context }: DemoStage, markdown: string): void {
  steps.say("", ...framed(markdownForTerminal(markdown, context.paint), context.paint), "");
}

/** Passes on a comment that holds all of these texts. */
export function holding(said: CommentSummary, expected: readonly string[]): CommentSummary {
  assertHolds(said.body, expected);
  return said;
}

/** Throws unless the text holds all of these. */
export function assertHolds(text: string, expected: readonly string[]): void {
  const missing = expected.filter((part) => !text.includes(part));
  if (missing.length > 0) throw new Fault("bug", `"${text.slice(0, 300)}" does not mention ${missing.join(", ")}`);
}
