import { sourceAt } from "../../change/compute.ts";
import { already, refused } from "../../change/results.ts";
import { computeBump, pinned, type TargetBump } from "../../images/bump.ts";
import { currentVersions, keptNotes, type TargetNow, versionKey } from "../../images/entry-decision.ts";
import type { Version } from "../../images/policy/index.ts";
import type { ImageEntry } from "../../images/units.ts";
import { wantedOf } from "../../images/wanted.ts";
import { UserError } from "../../model/errors.ts";
import type { TargetPromotion } from "../../model/promotion.ts";
import type { Renderer } from "../../model/render.ts";
import type { Target } from "../../model/target.ts";
import type { Repository, TreeChange } from "../../model/tree.ts";
import type { KnownVersion } from "./facts.ts";
import { type Judgement, judge, judgeByName } from "./judge-tag.ts";
import type { NamedImage } from "./reference.ts";
import type { Scope } from "./scope.ts";

/** What a bump is planned with. */
export interface BumpRequest {
  readonly named: NamedImage;
  readonly known: KnownVersion;
  readonly scopes: readonly Scope[];
  readonly repository: Repository;
  readonly renderer: Renderer;
  /** The commit with the files. */
  readonly base: string;
  readonly allTargets: readonly Target[];
  /** The entries of the configuration. */
  readonly all: readonly ImageEntry[];
  readonly offline: boolean;
  /** Whether policies are ignored. */
  readonly force: boolean;
  /** Milliseconds since the epoch. */
  readonly clock: number;
  readonly signal: AbortSignal;
}

/** What becomes of the targets, in the order of the plan, and the edits of those that get the image. */
export interface PlannedBump {
  readonly targets: readonly TargetPromotion[];
  readonly changes: readonly TreeChange[];
}

/** What is to be done to one target, or what is known already of it. */
type Step = { readonly bump: TargetBump } | { readonly result: TargetPromotion; readonly target: Target };

/**
 * Plans a version for the targets that have the image and proves the edits. UserErrors: `not-found` when no target
 * has the image, `usage` when its digest is needed and not known.
 */
export async function planBump(request: BumpRequest): Promise<PlannedBump> {
  const { repository, base, allTargets, renderer, signal } = request;
  const found = await Promise.all(request.scopes.map((scope) => stepsOf(scope, request)));
  const steps = found.flatMap((one) => one.steps);
  if (steps.length === 0)
    throw nobodyHas(
      request,
      found.flatMap(({ mentions }) => mentions),
    );
  const bumps = steps.flatMap((step) => ("bump" in step ? [step.bump] : []));
  const computed = await computeBump({ repository, base, bumps, allTargets, renderer, signal });
  const results = new Map(steps.flatMap((step) => ("result" in step ? [[step.target.id, step.result]] : [])));
  for (const [index, { target }] of bumps.entries()) {
    const result = computed.targets[index];
    if (result !== undefined) results.set(target.id, result);
  }
  return { targets: allTargets.flatMap(({ id }) => results.get(id) ?? []), changes: computed.changes };
}

interface Steps {
  readonly steps: readonly Step[];
  /** See `EntryNow`. */
  readonly mentions: readonly string[];
}

async function stepsOf(scope: Scope, request: BumpRequest): Promise<Steps> {
  const { repository, base, renderer, signal, all } = request;
  const at = await sourceAt(repository, base);
  const { targets, left, mentions } = await currentVersions(scope.entry, scope.targets, { at, renderer, signal, all });
  const steps = await Promise.all(targets.map((now) => stepOf(now, scope, request)));
  const refusals = left.map(({ target, why }) => ({ target, result: refused(target, { reason: why }) }));
  return { steps: [...steps, ...refusals], mentions };
}

/** The versions that give way get the new one; those that stay are named. */
async function stepOf(now: TargetNow, scope: Scope, request: BumpRequest): Promise<Step> {
  const { named, known } = request;
  const { target } = now;
  const fresh = now.versions.filter((version) => !has(version, scope, request));
  if (fresh.length === 0) return { target, result: already(target, []) };
  const judgement = await judgementOf(now, scope, request);
  const judged = fresh.map((version) => ({ version, decision: judgement.get(versionKey(version)) }));
  const going = judged.filter(({ decision }) => decision?.moves === true).map(({ version }) => version);
  const notes = keptNotes(judged.flatMap(({ version, decision }) => (decision ? [{ version, ...decision }] : [])));
  if (going.length > 0) {
    const version = { tag: named.tag, digest: known.facts.digest };
    return { bump: { target, wanted: [wantedOf(scope.entry, version, new Set(going.map(versionKey)))], notes } };
  }
  const reason = [...new Set(judged.flatMap(({ decision }) => decision?.reason ?? []))].join("; ");
  if (fresh.length < now.versions.length) return { target, result: already(target, notes) };
  return { target, result: refused(target, { reason, fix: "Give --force to write it anyway." }) };
}

/** Whether nothing would be written in place of a version. */
function has(now: Version, { entry: { pin } }: Scope, { named, known }: BumpRequest): boolean {
  const { digest } = known.facts;
  if (digest === "" && (pin !== "tag" || now.digest !== "")) throw noDigest(named);
  const next = pinned({ name: named.image, ...now }, { tag: named.tag, digest, pin });
  return next.tag === now.tag && next.digest === now.digest;
}

function judgementOf(
  now: TargetNow,
  { entry, hasPolicy }: Scope,
  request: BumpRequest,
): Promise<Judgement> | Judgement {
  const { named, known, offline, clock, force } = request;
  const { objection } = known;
  if (force) return judgeByName(named.tag, now);
  if (objection !== undefined) {
    return new Map(now.versions.map((version) => [versionKey(version), { moves: false, reason: objection }]));
  }
  return hasPolicy ? judge({ entry, tag: named.tag, known, now, offline, clock }) : judgeByName(named.tag, now);
}

function noDigest({ image, tag }: NamedImage): UserError {
  return new UserError("usage", `the digest of ${image}:${tag} is written too, and --offline does not ask for it`, {
    fix: `Give it: ${image}:${tag}@sha256:…, or leave --offline out.`,
  });
}

function nobodyHas({ named, scopes }: BumpRequest, mentions: readonly string[]): UserError {
  const environments = [...new Set(scopes.flatMap(({ entry }) => entry.environments))];
  const what = `no target in ${environments.join(", ")} has the image ${named.image}`;
  if (mentions.length > 0) {
    return new UserError("not-found", `${what} in a value that Sluice can read: ${mentions.join(", ")} names it`, {
      fix: "Give the version a value of its own, and mark it where Sluice does not find it (`marker` of the entry).",
    });
  }
  return new UserError("not-found", what, {
    fix: "sluice status lists the images of each app in each environment.",
  });
}
