import { Moved, type PutBranch, putBranch } from "../../change/branch.ts";
import { type RepositoryContext, reopenContext } from "../../change/repository-context.ts";
import { Fault } from "../../model/errors.ts";
import type { PullRequest } from "../../model/github.ts";
import type { PromotionPlan } from "../../model/promotion.ts";
import { type ComputedPromotion, computePromotion } from "../compute.ts";
import type { PromotionPair } from "../resolve.ts";
import { promotionBody, versionsLine } from "../text/body.ts";
import { type PromotionKind, promotionBranch } from "../text/branch.ts";
import { gatesSection } from "../text/gates.ts";
import { type PromotionMetadata, parsePromotion, printPromotion, sameVersions } from "../text/metadata.ts";
import { promotionTitle } from "../text/title.ts";
import { includedChanges } from "./included-changes.ts";
import type { PromotionPorts } from "./ports.ts";
import { afterwards, dismissOutdated, type Published } from "./publish.ts";
import { sourceCommits } from "./source-commits.ts";

/** What is to be carried. */
export interface PromotionRequest {
  readonly kind: PromotionKind;
  readonly environment: string;
  readonly from: string;
  /** What was asked for, in the order of the configuration; it names the branch. */
  readonly pairs: readonly PromotionPair[];
  /** Where the versions are read. */
  readonly commit: string;
  /**
   * What happens when somebody else is faster: `follow` plans again from the base's head as it is then, so that of two commands at once the newer one wins; `stop` leaves it to whoever was
   * faster; without it the same is planned again.
   */
  readonly whenMoved?: "follow" | "stop";
  /** The login of who asked; absent when it opens by itself. */
  readonly actor?: string;
  /** The pull request on which it was asked for. */
  readonly origin?: number;
}

/** What became of it. */
export interface PromotionResult {
  readonly plan: PromotionPlan;
  /** Absent when there is nothing to carry. */
  readonly pull?: PullRequest;
  readonly how?: "opened" | "updated" | "same";
  readonly metadata?: PromotionMetadata;
}

const tries = 6;

/**
 * Plans, and opens or updates the pull request. Whoever is faster in between makes it plan again, or, where it shall stop then, throws `Moved`. May be repeated: what is there already is not made
 * again.
 */
export async function openPromotion(
  ports: PromotionPorts,
  first: RepositoryContext,
  wished: PromotionRequest,
): Promise<PromotionResult> {
  let context = first;
  let request = wished;
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptCarry(ports, context, request, attempt === 1);
    } catch (error) {
      if (!(error instanceof Moved) || request.whenMoved === "stop") throw error;
      if (attempt >= tries) throw new Fault("unavailable", `the branch ${error.message} kept moving`, { cause: error });
      context = await reopenContext(ports, context, [request.commit]);
      if (request.whenMoved === "follow") request = { ...request, commit: context.head };
    }
  }
}

/** The plan for what is asked, at the context's base. */
export function planPromotion(
  ports: PromotionPorts,
  context: RepositoryContext,
  request: PromotionRequest,
): Promise<ComputedPromotion> {
  return computePromotion({
    repository: context.repository,
    base: context.head,
    sourceCommit: request.commit,
    pairs: request.pairs,
    from: request.from,
    to: request.environment,
    allTargets: context.targets.targets,
    renderer: ports.renderer,
    signal: context.signal,
  });
}

async function attemptCarry(
  ports: PromotionPorts,
  context: RepositoryContext,
  request: PromotionRequest,
  firstTry: boolean,
): Promise<PromotionResult> {
  const computed = await planPromotion(ports, context, request);
  if (!computed.plan.targets.some(({ outcome }) => outcome === "planned")) return { plan: computed.plan };
  const apps = request.pairs.map(({ app }) => app);
  const branch = promotionBranch(request.kind, request.environment, apps);
  const title = promotionTitle({ ...request, targets: targetsOf(computed) });
  const carried = includedChanges(ports, context, { ...request, sources: request.pairs.map(({ source }) => source) });
  // The history is read while GitHub is written to; when the writing fails, the reading's own failure says nothing more.
  carried.catch(() => undefined);
  const built = sourceCommits(ports, context, computed.plan.targets);
  built.catch(() => undefined);
  const put = await putBranch(ports, context, branch, computed, title, firstTry);
  const before = put.pull && parsePromotion(put.pull.body, branch, ports.signer);
  const metadata = recordOf(context, request, computed, before, (await carried).changes, put.head);
  const body = promotionBody({
    metadata,
    hidden: printPromotion(metadata, branch, ports.signer),
    gates: gatesSection(undefined, ports.clock()),
    carried: await carried,
    built: await built,
    notes: computed.plan.targets.flatMap(({ app, outcome, notes }) =>
      outcome === "planned" ? notes.map((note) => ({ app, note })) : [],
    ),
    left: leftOut(computed.plan),
    unchanged: computed.unchanged,
    repositoryUrl: context.url,
  });
  const done = await putPull(ports, context, put, branch, { title, body }, before, metadata);
  const { pull, how } = done;
  await afterwards(ports, context, { request, metadata, before, ...done });
  return { plan: computed.plan, pull, how, metadata };
}

function targetsOf(computed: ComputedPromotion): PromotionMetadata["targets"] {
  return computed.plan.targets.flatMap(({ app, outcome, images }) =>
    outcome === "planned" ? [{ app, images, digest: computed.renders.get(app)?.after.digest ?? "" }] : [],
  );
}

function leftOut(plan: PromotionPlan): readonly { readonly app: string; readonly why: string }[] {
  return plan.targets.flatMap((target) => {
    if (target.outcome === "refused") return [{ app: target.app, why: target.reason }];
    return target.outcome === "already" ? [{ app: target.app, why: "it has these versions already" }] : [];
  });
}

function recordOf(
  context: RepositoryContext,
  request: PromotionRequest,
  computed: ComputedPromotion,
  before: PromotionMetadata | undefined,
  carried: readonly { readonly pullRequest: number | undefined }[],
  head: string,
): PromotionMetadata {
  const { kind, environment, from, commit } = request;
  const targets = targetsOf(computed);
  const actor = request.actor ?? before?.actor;
  const origin = request.origin ?? before?.origin;
  const numbers = carried.flatMap(({ pullRequest }) => pullRequest ?? []);
  const differs = before !== undefined && !sameVersions(before, targets);
  const replaced = differs ? [...before.replaced, replacedBy(before)].slice(-20) : (before?.replaced ?? []);
  return {
    kind,
    environment,
    from,
    commit,
    head,
    base: context.base,
    apps: request.pairs.map(({ app }) => app),
    ...(actor === undefined ? {} : { actor }),
    ...(origin === undefined ? {} : { origin }),
    targets,
    carried: [...new Set([...numbers, ...(before?.carried ?? [])])].slice(0, 200),
    replaced,
  };
}

function replacedBy({ commit, targets, actor }: PromotionMetadata): PromotionMetadata["replaced"][number] {
  return { commit, versions: versionsLine(targets), ...(actor === undefined ? {} : { by: actor }) };
}

type PutPull = Pick<Published, "pull" | "how" | "dismissed">;

/** Opens the pull request of the branch, takes the one that is open already, or brings it up to date. */
async function putPull(
  ports: PromotionPorts,
  context: RepositoryContext,
  put: PutBranch,
  branch: string,
  text: { readonly title: string; readonly body: string },
  before: PromotionMetadata | undefined,
  metadata: PromotionMetadata,
): Promise<PutPull> {
  if (put.pull !== undefined) return renew(context, put, put.pull, text, before, metadata);
  const opened = await context.github.openPullRequest({ head: branch, base: context.base, ...text });
  if (opened === undefined) throw new Moved(branch);
  if (!opened.adopted) return { pull: opened.pull, how: "opened", dismissed: [] };
  // Somebody was faster: who works on the same promotion, or a person who opened one of the branch by hand.
  return renew(context, put, opened.pull, text, parsePromotion(opened.pull.body, branch, ports.signer), metadata);
}

async function renew(
  context: RepositoryContext,
  put: PutBranch,
  pull: PullRequest,
  text: { readonly title: string; readonly body: string },
  before: PromotionMetadata | undefined,
  metadata: PromotionMetadata,
): Promise<PutPull> {
  const alike =
    before !== undefined &&
    sameVersions(before, metadata.targets) &&
    before.commit === metadata.commit &&
    before.head === metadata.head &&
    before.actor === metadata.actor;
  if (!put.changed && alike) return { pull, how: "same", dismissed: [] };
  const dismissed = await dismissOutdated(context, pull, before, metadata);
  return { pull: await context.github.updatePullRequest(pull.number, text), how: "updated", dismissed };
}
