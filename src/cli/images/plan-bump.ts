import { sourceAt } from "../../change/compute.ts";
import { already, refused } from "../../change/results.ts";
import { computeBump, pinned, type TargetBump } from "../../images/bump.ts";
import { currentVersions, type TargetNow, versionKey } from "../../images/entry-decision.ts";
import type { Version } from "../../images/policy/index.ts";
import { wantedOf } from "../../images/wanted.ts";
import { UserError } from "../../model/errors.ts";
import type { TargetPromotion } from "../../model/promotion.ts";
import type { Renderer } from "../../model/render.ts";
import type { Target } from "../../model/target.ts";
import type { Repository, TreeChange } from "../../model/tree.ts";
import type { KnownVersion } from "./facts.ts";
import { judge } from "./judge-tag.ts";
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
  const steps = (await Promise.all(request.scopes.map((scope) => stepsOf(scope, request)))).flat();
  if (steps.length === 0) throw nobodyHas(request);
  const bumps = steps.flatMap((step) => ("bump" in step ? [step.bump] : []));
  const computed = await computeBump({ repository, base, bumps, allTargets, renderer, signal });
  const results = new Map(steps.flatMap((step) => ("result" in step ? [[step.target.id, step.result]] : [])));
  for (const [index, { target }] of bumps.entries()) {
    const result = computed.targets[index];
    if (result !== undefined) results.set(target.id, result);
  }
  return { targets: allTargets.flatMap(({ id }) => results.get(id) ?? []), changes: computed.changes };
}

async function stepsOf(scope: Scope, request: BumpRequest): Promise<readonly Step[]> {
  const { repository, base, renderer, signal } = request;
  const at = await sourceAt(repository, base);
  const { targets, left } = await currentVersions(scope.entry, scope.targets, { at, renderer, signal });
  const steps = targets.map((now) => stepOf(now, scope, request));
  return [
    ...(await Promise.all(steps)),
    ...left.map(({ target, why }) => ({ target, result: refused(target, { reason: why }) })),
  ];
}

async function stepOf({ target, versions }: TargetNow, scope: Scope, request: BumpRequest): Promise<Step> {
  const { named, known } = request;
  const fresh = versions.filter((version) => !has(version, scope, request));
  if (fresh.length === 0) return { target, result: already(target, []) };
  const reason = request.force ? undefined : await reasonAgainst(target, fresh, scope, request);
  if (reason !== undefined) {
    const fix = "Give --force to write it anyway.";
    return { target, result: refused(target, { reason, fix }) };
  }
  const version = { tag: named.tag, digest: known.facts.digest };
  const from = new Set(fresh.map(versionKey));
  return { bump: { target, wanted: [wantedOf(scope.entry, version, from)] } };
}

/** Whether nothing would be written in place of a version. */
function has(now: Version, { entry: { pin } }: Scope, { named, known }: BumpRequest): boolean {
  const { digest } = known.facts;
  if (digest === "" && (pin !== "tag" || now.digest !== "")) throw noDigest(named);
  const next = pinned({ name: named.image, ...now }, { tag: named.tag, digest, pin });
  return next.tag === now.tag && next.digest === now.digest;
}

async function reasonAgainst(
  target: Target,
  versions: readonly Version[],
  { entry, hasPolicy }: Scope,
  { named, known, offline, clock }: BumpRequest,
): Promise<string | undefined> {
  if (known.objection !== undefined) return known.objection;
  if (!hasPolicy) return undefined;
  const input = { entry, tag: named.tag, known, target: target.id, versions, offline, clock };
  const reasons = [...new Set((await judge(input)).values())];
  return reasons.length === 0 ? undefined : reasons.join("; ");
}

function noDigest({ image, tag }: NamedImage): UserError {
  return new UserError("usage", `the digest of ${image}:${tag} is written too, and --offline does not ask for it`, {
    fix: `Give it: ${image}:${tag}@sha256:…, or leave --offline out.`,
  });
}

function nobodyHas({ named, scopes }: BumpRequest): UserError {
  const environments = [...new Set(scopes.flatMap(({ entry }) => entry.environments))];
  return new UserError("not-found", `no target in ${environments.join(", ")} has the image ${named.image}`, {
    fix: "sluice status lists the images of each app in each environment.",
  });
}
