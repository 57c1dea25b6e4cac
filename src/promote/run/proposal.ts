import type { Introduction, Proposal } from "../../change/pull-request/proposal.ts";
import type { RepositoryContext } from "../../change/repository-context.ts";
import { settingsFor } from "../../config/index.ts";
import type { ComputedPromotion } from "../compute.ts";
import type { LeftApp, PromotionPair } from "../resolve.ts";
import { type BodyParts, promotionBody, versionsLine } from "../text/body.ts";
import { type PromotionKind, promotionBranch } from "../text/branch.ts";
import { gatesSection } from "../text/gates.ts";
import { type PromotionMetadata, printPromotion, sameVersions, shortDigest } from "../text/metadata.ts";
import type { RollbackProposal } from "../text/proposal-metadata.ts";
import { plannedAgain, promotionPullRequest } from "../text/pull-request.ts";
import { promotionTitle } from "../text/title.ts";
import { verdictSection } from "../text/verdict.ts";
import { includedChanges, takenBackChanges } from "./included-changes.ts";
import type { PromotionPorts } from "./ports.ts";
import { settlePromotion } from "./settle.ts";
import { sourceCommits } from "./source-commits.ts";

/** What is to be promoted. */
export interface PromotionRequest {
  readonly kind: PromotionKind;
  readonly environment: string;
  readonly from: string;
  /** What was asked for, in the order of the configuration; it names the branch. */
  readonly pairs: readonly PromotionPair[];
  /** Apps that were asked for and have no pair of targets. */
  readonly left?: readonly LeftApp[];
  /** Where the versions are read. */
  readonly commit: string;
  /**
   * What happens when somebody else is faster: `follow` plans again from the base's head as it is then, so that of two
   * commands at once the newer one wins; `stop` leaves it to them; without it the same is planned again.
   */
  readonly whenMoved?: "follow" | "stop";
  /** What changed on the base, where that is why it is planned again, as a sentence. */
  readonly because?: string;
  /** The login of who asked; absent when it opens by itself. */
  readonly actor?: string;
  /** The pull request on which it was asked for. */
  readonly origin?: number;
  /** Of a rollback that nobody asked for: what failed. */
  readonly proposal?: RollbackProposal;
}

/** The pull request of a planned promotion: what its branch, title, description and metadata say. */
export function proposalOf(
  ports: PromotionPorts,
  context: RepositoryContext,
  request: PromotionRequest,
  computed: ComputedPromotion,
): Proposal<PromotionMetadata> {
  const branch = promotionBranch(
    request.kind,
    request.environment,
    request.pairs.map(({ app }) => app),
  );
  // Both are read while GitHub is written to; when the writing fails, their own failure says nothing more.
  const sources = request.pairs.map(({ source }) => source);
  const included =
    request.kind === "rollback"
      ? takenBackChanges(ports, context, sources, request.commit)
      : includedChanges(ports, context, { ...request, sources });
  included.catch(() => undefined);
  const commits = sourceCommits(ports, context, computed.plan.targets);
  commits.catch(() => undefined);
  const targets = targetsOf(computed);
  return {
    kind: request.because === undefined ? promotionPullRequest : plannedAgain(request.because),
    branch,
    title: promotionTitle({ ...request, targets }),
    change: computed,
    standsOn: (fork) => rendersSame(ports, context, request.pairs, computed, fork),
    metadata: async (head, before) =>
      metadataOf(context, { request, targets, changes: (await included).changes, head, before }),
    body: async (metadata) =>
      promotionBody({
        ...remarksOf(computed, request.left ?? []),
        metadata,
        comment: printPromotion(metadata, branch, context.signer),
        verdict: verdictSection({
          ...{ metadata, verdict: undefined, stops: [], now: ports.clock() },
          automatic: false,
        }),
        gates: gatesSection(undefined),
        included: await included,
        sourceCommits: await commits,
        repositoryUrl: context.url,
        docsUrl: ports.docsUrl,
      }),
    settle: (ended) => settlePromotion(ports, context.where, ended, context.signal),
    introduction: ({ actor }) => introductionOf(context, request, actor),
  };
}

/** Whether every target rendered at a commit as the plan found it. */
async function rendersSame(
  { renderer }: PromotionPorts,
  { repository, signal }: RepositoryContext,
  pairs: readonly PromotionPair[],
  { renders }: ComputedPromotion,
  commit: string,
): Promise<boolean> {
  const at = { tree: await repository.tree(commit), objects: repository.objects };
  const same = pairs.map(async ({ app, target }) => {
    const planned = renders.get(app);
    return planned === undefined || (await renderer.render(target.render, at, signal)).digest === planned.before.digest;
  });
  return (await Promise.all(same)).every((one) => one);
}

function targetsOf({ plan, renders }: ComputedPromotion): PromotionMetadata["targets"] {
  return plan.targets.flatMap(({ app, outcome, images }) => {
    if (outcome !== "planned") return [];
    const { before, after } = renders.get(app) ?? {};
    const digest = shortDigest(after?.digest ?? "");
    return [{ app, images, digest, ...(before === undefined ? {} : { before: shortDigest(before.digest) }) }];
  });
}

function metadataOf(
  { base }: RepositoryContext,
  parts: {
    readonly request: PromotionRequest;
    readonly targets: PromotionMetadata["targets"];
    readonly changes: readonly { readonly pullRequest: number | undefined }[];
    readonly head: string;
    readonly before: PromotionMetadata | undefined;
  },
): PromotionMetadata {
  const { request, targets, changes, head, before } = parts;
  const { kind, environment, from, commit } = request;
  const actor = request.actor ?? before?.actor;
  const origin = request.origin ?? before?.origin;
  const numbers = changes.flatMap(({ pullRequest }) => pullRequest ?? []);
  const differs = before !== undefined && !sameVersions(before, targets);
  return {
    kind,
    environment,
    from,
    commit,
    head,
    base,
    apps: request.pairs.map(({ app }) => app),
    ...(actor === undefined ? {} : { actor }),
    ...(origin === undefined ? {} : { origin }),
    ...(request.proposal === undefined ? {} : { proposal: request.proposal }),
    targets,
    carried: [...new Set([...numbers, ...(before?.carried ?? [])])].slice(0, 200),
    replaced: differs ? [...before.replaced, replacedBy(before)].slice(-20) : (before?.replaced ?? []),
  };
}

function replacedBy({ commit, targets, actor }: PromotionMetadata): PromotionMetadata["replaced"][number] {
  return { commit, versions: versionsLine(targets), ...(actor === undefined ? {} : { by: actor }) };
}

/** What the body says about the targets. */
function remarksOf(
  { plan, unchanged }: ComputedPromotion,
  missing: readonly LeftApp[],
): Pick<BodyParts, "notes" | "left" | "unchanged"> {
  return {
    notes: plan.targets.flatMap(({ app, outcome, notes }) =>
      outcome === "planned" ? notes.map((note) => ({ app, note })) : [],
    ),
    left: [
      ...plan.targets.flatMap((target) => {
        if (target.outcome === "refused") return [{ app: target.app, why: target.reason }];
        return target.outcome === "already" ? [{ app: target.app, why: `${plan.to} has the same version` }] : [];
      }),
      ...missing.map(({ app, why, fix }) => ({ app, why: fix === undefined ? why : `${why}. ${fix}` })),
    ],
    unchanged,
  };
}

/** Labels, reviewers and assignees as the settings of the apps say; nobody is asked to review what they asked for. */
function introductionOf(
  context: RepositoryContext,
  { pairs, environment }: PromotionRequest,
  actor: string | undefined,
): Introduction {
  const settings = pairs.map(({ app }) => settingsFor(context.config, app, environment));
  const users = new Set(settings.flatMap(({ reviewers }) => reviewers?.users ?? []));
  return {
    labels: labelsOf(
      context,
      environment,
      pairs.map(({ app }) => app),
    ),
    assignees: actor !== undefined && settings.some(({ promote }) => promote.assign) ? [actor] : [],
    reviewers: {
      users: [...users].filter((user) => user !== actor),
      teams: [...new Set(settings.flatMap(({ reviewers }) => reviewers?.teams ?? []))],
    },
  };
}

/** The labels of a promotion of these apps. They come last: one that lacks some was opened by a run that died. */
export function labelsOf(
  { config }: RepositoryContext,
  environment: string,
  apps: readonly string[],
): readonly string[] {
  return [...new Set(apps.flatMap((app) => settingsFor(config, app, environment).promote.labels))];
}
