import { Moved, type PutBranch, putBranch } from "../../change/branch.ts";
import { reopen, type Scene } from "../../change/repository-context.ts";
import { Fault } from "../../model/errors.ts";
import type { PullRequest } from "../../model/github.ts";
import type { PromotionPlan } from "../../model/promotion.ts";
import { type ComputedPromotion, computePromotion } from "../compute.ts";
import type { PromotionPair } from "../resolve.ts";
import { promotionBody, versionsLine } from "../text/body.ts";
import { type PromotionKind, promotionBranch } from "../text/branch.ts";
import { gatesSection } from "../text/gates.ts";
import { type PromotionRecord, parseRecord, printRecord, sameVersions } from "../text/metadata.ts";
import { promotionTitle } from "../text/title.ts";
import { carriedBy } from "./included-changes.ts";
import type { PromotionPorts } from "./ports.ts";
import { afterwards, dismissOutdated, type Published } from "./publish.ts";
import { builtFrom } from "./source-commits.ts";

/** What is to be carried. */
export interface CarryRequest {
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
export interface Made {
  readonly plan: PromotionPlan;
  /** Absent when there is nothing to carry. */
  readonly pull?: PullRequest;
  readonly how?: "opened" | "updated" | "same";
  readonly record?: PromotionRecord;
}

const tries = 6;

/**
 * Plans, and opens or updates the pull request. Whoever is faster in between makes it plan again, or, where it shall stop then, throws `Moved`. May be repeated: what is there already is not made
 * again.
 */
export async function carry(ports: PromotionPorts, first: Scene, wished: CarryRequest): Promise<Made> {
  let scene = first;
  let request = wished;
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptCarry(ports, scene, request, attempt === 1);
    } catch (error) {
      if (!(error instanceof Moved) || request.whenMoved === "stop") throw error;
      if (attempt >= tries) throw new Fault("unavailable", `the branch ${error.message} kept moving`, { cause: error });
      scene = await reopen(ports, scene, [request.commit]);
      if (request.whenMoved === "follow") request = { ...request, commit: scene.head };
    }
  }
}

/** The plan for what is asked, at the scene's base. */
export function planFor(ports: PromotionPorts, scene: Scene, request: CarryRequest): Promise<ComputedPromotion> {
  return computePromotion({
    repository: scene.repository,
    base: scene.head,
    sourceCommit: request.commit,
    pairs: request.pairs,
    from: request.from,
    to: request.environment,
    allTargets: scene.targets.targets,
    renderer: ports.renderer,
    signal: scene.signal,
  });
}

async function attemptCarry(
  ports: PromotionPorts,
  scene: Scene,
  request: CarryRequest,
  firstTry: boolean,
): Promise<Made> {
  const computed = await planFor(ports, scene, request);
  if (!computed.plan.targets.some(({ outcome }) => outcome === "planned")) return { plan: computed.plan };
  const apps = request.pairs.map(({ app }) => app);
  const branch = promotionBranch(request.kind, request.environment, apps);
  const title = promotionTitle({ ...request, targets: targetsOf(computed) });
  const carried = carriedBy(ports, scene, { ...request, sources: request.pairs.map(({ source }) => source) });
  // The history is read while GitHub is written to; when the writing fails, the reading's own failure says nothing more.
  carried.catch(() => undefined);
  const built = builtFrom(ports, scene, computed.plan.targets);
  built.catch(() => undefined);
  const put = await putBranch(ports, scene, branch, computed, title, firstTry);
  const before = put.pull && parseRecord(put.pull.body, branch, ports.seal);
  const record = recordOf(scene, request, computed, before, (await carried).changes, put.head);
  const body = promotionBody({
    record,
    hidden: printRecord(record, branch, ports.seal),
    gates: gatesSection(undefined, ports.clock()),
    carried: await carried,
    built: await built,
    notes: computed.plan.targets.flatMap(({ app, outcome, notes }) =>
      outcome === "planned" ? notes.map((note) => ({ app, note })) : [],
    ),
    left: leftOut(computed.plan),
    unchanged: computed.unchanged,
    repositoryUrl: scene.url,
  });
  const done = await putPull(ports, scene, put, branch, { title, body }, before, record);
  const { pull, how } = done;
  await afterwards(ports, scene, { request, record, before, ...done });
  return { plan: computed.plan, pull, how, record };
}

function targetsOf(computed: ComputedPromotion): PromotionRecord["targets"] {
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
  scene: Scene,
  request: CarryRequest,
  computed: ComputedPromotion,
  before: PromotionRecord | undefined,
  carried: readonly { readonly pullRequest: number | undefined }[],
  head: string,
): PromotionRecord {
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
    base: scene.base,
    apps: request.pairs.map(({ app }) => app),
    ...(actor === undefined ? {} : { actor }),
    ...(origin === undefined ? {} : { origin }),
    targets,
    carried: [...new Set([...numbers, ...(before?.carried ?? [])])].slice(0, 200),
    replaced,
  };
}

function replacedBy({ commit, targets, actor }: PromotionRecord): PromotionRecord["replaced"][number] {
  return { commit, versions: versionsLine(targets), ...(actor === undefined ? {} : { by: actor }) };
}

type PutPull = Pick<Published, "pull" | "how" | "dismissed">;

/** Opens the pull request of the branch, takes the one that is open already, or brings it up to date. */
async function putPull(
  ports: PromotionPorts,
  scene: Scene,
  put: PutBranch,
  branch: string,
  text: { readonly title: string; readonly body: string },
  before: PromotionRecord | undefined,
  record: PromotionRecord,
): Promise<PutPull> {
  if (put.pull !== undefined) return renew(scene, put, put.pull, text, before, record);
  const opened = await scene.github.openPullRequest({ head: branch, base: scene.base, ...text });
  if (opened === undefined) throw new Moved(branch);
  if (!opened.adopted) return { pull: opened.pull, how: "opened", dismissed: [] };
  // Somebody was faster: who works on the same promotion, or a person who opened one of the branch by hand.
  return renew(scene, put, opened.pull, text, parseRecord(opened.pull.body, branch, ports.seal), record);
}

async function renew(
  scene: Scene,
  put: PutBranch,
  pull: PullRequest,
  text: { readonly title: string; readonly body: string },
  before: PromotionRecord | undefined,
  record: PromotionRecord,
): Promise<PutPull> {
  const alike =
    before !== undefined &&
    sameVersions(before, record.targets) &&
    before.commit === record.commit &&
    before.head === record.head &&
    before.actor === record.actor;
  if (!put.changed && alike) return { pull, how: "same", dismissed: [] };
  const dismissed = await dismissOutdated(scene, pull, before, record);
  return { pull: await scene.github.updatePullRequest(pull.number, text), how: "updated", dismissed };
}
