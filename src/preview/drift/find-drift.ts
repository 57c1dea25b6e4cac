import type { Config, IgnoreRule } from "../../config/index.ts";
import { compareEnvironments, type EnvironmentRenders } from "../../diff/index.ts";
import type { Drift, EnvironmentDrift, TargetPreview } from "../../model/preview.ts";
import type { Render } from "../../model/render.ts";
import type { Target } from "../../model/target.ts";
import type { TargetPlan } from "../../model/target-plan.ts";
import type { Repository } from "../../model/tree.ts";
import type { ComparedTarget } from "../affected.ts";
import { type MomentSources, momentReader, type TargetMoments } from "./moments.ts";
import { type TracedDrift, withOrigins } from "./origins.ts";
import { type EnvironmentPair, environmentPairs, touchedApps } from "./pairs.ts";

/** What is compared, and with what. */
export interface DriftRequest extends MomentSources {
  readonly repository: Repository;
  /** The commit at the tip of the base branch. */
  readonly base: string;
  readonly config: Config | undefined;
  /** At the head. */
  readonly plan: TargetPlan;
  readonly compared: readonly ComparedTarget[];
  readonly targets: readonly TargetPreview[];
  readonly ignore: readonly IgnoreRule[];
  readonly fingerprintKey: Uint8Array;
}

/** Pairs of environments that are compared for one preview. */
const maxPairs = 50;
/** What is listed of one pair. */
const maxVersions = 10;
const maxFields = 5;

/**
 * Compares each environment of the apps that a pull request touches with the one that it is promoted from. `undefined`
 * where no environment is promoted from another. Rejects with the ports' errors and when the signal aborts.
 */
export async function findDrift(request: DriftRequest): Promise<Drift | undefined> {
  const pairs = environmentPairs(request.config, request.plan, touchedApps(request.targets));
  if (pairs === undefined) return undefined;
  const momentsOf = momentReader(request.compared, request);
  const checked = await Promise.all(
    pairs.slice(0, maxPairs).map(async (pair) => {
      const [here, there] = await Promise.all([momentsOf(pair.here), momentsOf(pair.there)]);
      return here === undefined || there === undefined ? "unchecked" : compare(pair, here, there, request);
    }),
  );
  const apart = checked.filter((one) => one !== undefined && one !== "unchecked");
  return {
    apart: await withOrigins(apart, request.repository, request.base),
    unchecked: pairs.length - checked.filter((one) => one !== "unchecked").length,
  };
}

/** `undefined` when the two are not apart. */
function compare(
  pair: EnvironmentPair,
  here: TargetMoments,
  there: TargetMoments,
  { ignore, fingerprintKey, targets }: DriftRequest,
): TracedDrift | undefined {
  const { app, environment } = pair.here;
  const found = compareEnvironments({
    here: rendersOf(environment, here),
    there: rendersOf(pair.there.environment, there),
    wholeFolder: pair.wholeFolder,
    ignore,
    fingerprintKey,
  });
  if (found.versions.length === 0 && found.fields.length === 0) return undefined;
  const [versions, fields] = [found.versions.slice(0, maxVersions), found.fields.slice(0, maxFields)];
  const more = found.versions.length - versions.length + found.fields.length - fields.length;
  const { byPullRequest } = found;
  const drift = {
    ...{ app, environment, from: pair.there.environment, versions, fields, more, byPullRequest, commits: [] },
    ...(pair.wholeFolder ? changedFile(pair.here, targets) : {}),
  };
  return { drift, here: (here.tip ?? here.head).trace, there: (there.tip ?? there.head).trace };
}

/** The only changed file of the folder, where it is one. */
function changedFile(
  { app, environment }: Target,
  targets: readonly TargetPreview[],
): Pick<EnvironmentDrift, "copiedFile"> {
  const target = targets.find((one) => one.app === app && one.environment === environment);
  const folder = `${target?.path}/`;
  const files = new Set(target?.because.map(([file = ""]) => file).filter((file) => file.startsWith(folder)));
  const [file, ...others] = files;
  return file === undefined || others.length > 0 ? {} : { copiedFile: file.slice(folder.length) };
}

function rendersOf(environment: string, { mergeBase, head, tip }: TargetMoments): EnvironmentRenders {
  const before = mergeBase?.ok === false ? undefined : resourcesOf(mergeBase);
  return { environment, mergeBase: before, head: head.resources(), tip: resourcesOf(tip) };
}

function resourcesOf(render: Extract<Render, { readonly ok: true }> | undefined) {
  return render?.resources() ?? [];
}
