import { dismissApprovals } from "../../change/approvals.ts";
import type { RepositoryContext } from "../../change/repository-context.ts";
import { settingsFor } from "../../config/index.ts";
import { code } from "../../diff/index.ts";
import type { PullRequest } from "../../model/github.ts";
import { versionsLine } from "../text/body.ts";
import { type PromotionMetadata, sameRenders, sameVersions } from "../text/metadata.ts";
import type { PromotionRequest } from "./open.ts";
import type { PromotionPorts } from "./ports.ts";

/** A pull request that carries what was asked for. */
export interface Published {
  readonly request: PromotionRequest;
  readonly metadata: PromotionMetadata;
  readonly before: PromotionMetadata | undefined;
  readonly pull: PullRequest;
  readonly how: "opened" | "updated" | "same";
  /** Whose approvals fell. */
  readonly dismissed: readonly string[];
}

/**
 * What is done once the pull request says what it carries: people are asked and told, gates and chains are evaluated. Also when nothing changed: whoever opened it may have died before
 * this. Labels come last of the introduction, so that they say that it was done.
 */
export async function afterwards(
  ports: PromotionPorts,
  context: RepositoryContext,
  published: Published,
): Promise<void> {
  const { how, pull, metadata } = published;
  if (how === "opened" || !(await introduced(context, published))) await introduce(ports, context, published);
  if (how === "updated") await tellUpdate(ports, context, published);
  await enqueue(ports, context, how === "same" ? { carried: [] } : metadata, pull.number);
}

async function introduced(context: RepositoryContext, { request, pull }: Published): Promise<boolean> {
  return labelsOf(context, request).every((label) => pull.labels.includes(label));
}

function labelsOf(context: RepositoryContext, request: PromotionRequest): readonly string[] {
  return [
    ...new Set(
      request.pairs.flatMap(({ app }) => settingsFor(context.config, app, request.environment).promote.labels),
    ),
  ];
}

/** The gates of the pull request, and the chain of every change that it carries. */
export async function enqueue(
  ports: PromotionPorts,
  { where }: Pick<RepositoryContext, "where">,
  metadata: Pick<PromotionMetadata, "carried" | "origin">,
  gatesOf: number | undefined,
): Promise<void> {
  if (gatesOf !== undefined) await ports.queue.add({ type: "gates", ...where, pullRequest: gatesOf });
  const told = new Set([...(metadata.origin === undefined ? [] : [metadata.origin]), ...metadata.carried.slice(0, 30)]);
  for (const pullRequest of told) await ports.queue.add({ type: "status-comment", ...where, pullRequest });
}

async function introduce(
  ports: PromotionPorts,
  context: RepositoryContext,
  { request, metadata, pull }: Published,
): Promise<void> {
  const settings = request.pairs.map(({ app }) => settingsFor(context.config, app, request.environment));
  const users = [...new Set(settings.flatMap(({ reviewers }) => reviewers?.users ?? []))].filter(
    (user) => user !== metadata.actor,
  );
  const teams = [...new Set(settings.flatMap(({ reviewers }) => reviewers?.teams ?? []))];
  if (users.length + teams.length > 0) {
    const { refused } = await context.github.requestReviewers(pull.number, { users, teams });
    if (refused !== undefined)
      ports.log.warn({ pullRequest: pull.number, refused }, "not every reviewer could be asked");
  }
  const labels = [...new Set([...pull.labels, ...labelsOf(context, request)])];
  const assignees =
    metadata.actor !== undefined && settings.some(({ promote }) => promote.assign) ? [metadata.actor] : [];
  if (labels.length + assignees.length > 0) await context.github.setLabelsAndAssignees(pull.number, labels, assignees);
}

async function tellUpdate(ports: PromotionPorts, context: RepositoryContext, published: Published): Promise<void> {
  const { metadata, before, pull, dismissed } = published;
  if (before !== undefined && sameVersions(before, metadata.targets) && dismissed.length === 0) return;
  const who = metadata.actor === undefined ? "" : `, asked for by ${code(metadata.actor)}`;
  const instead = before === undefined ? "" : ` in place of ${code(versionsLine(before.targets))}`;
  const fallen = ` The render changed, so the approvals of ${dismissed.map((user) => code(user)).join(", ")} no longer count.`;
  const stay =
    before !== undefined && sameRenders(before, metadata) ? " The render is the same, so approvals stay." : "";
  const text = `Now carries ${code(versionsLine(metadata.targets))}${instead}${who}.${dismissed.length > 0 ? fallen : stay}`;
  await context.github.upsertComment(pull.number, `update-${metadata.commit.slice(0, 12)}`, text);
  ports.log.info({ pullRequest: pull.number, dismissed: dismissed.length }, "promotion updated in place");
}

/**
 * Approvals of one render say nothing of another; of the same one they stay. Done before the body says what is carried now: a run that dies in between finds the old body, and begins
 * here again.
 */
export async function dismissOutdated(
  context: RepositoryContext,
  pull: PullRequest,
  before: PromotionMetadata | undefined,
  metadata: PromotionMetadata,
): Promise<readonly string[]> {
  if (before !== undefined && sameRenders(before, metadata)) return [];
  return dismissApprovals(context.github, pull, "The promotion carries something else now, and its render changed.");
}
