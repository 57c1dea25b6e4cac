import { authorOf } from "../../change/merged-pull.ts";
import type { RepositoryContext } from "../../change/repository-context.ts";
import { shortVersion } from "../../change/text/version.ts";
import type { Currency } from "../../model/gates.ts";
import type { VersionChange } from "../../model/promotion.ts";
import { type Carried, carriedAt, carriedOf, compareCarried, wholeRender } from "../carried.ts";
import type { PromotionPair } from "../resolve.ts";
import { type VersionRun, versionRuns } from "../version-runs.ts";
import type { PromotionPorts } from "./ports.ts";
import { carriedRequest, hadBefore } from "./source-moves.ts";

/**
 * Whether the source still has what was read at a commit, or has gone forward from it. Back is: a lower version, one
 * that it had before, or none; that it has moved on since does not make good that it was taken back.
 */
export async function currencyOf(
  ports: PromotionPorts,
  context: RepositoryContext,
  pair: PromotionPair,
  commit: string,
  changes: readonly VersionChange[],
): Promise<Currency> {
  const request = carriedRequest(ports, context, pair, "source");
  const [then, now] = await Promise.all([carriedAt(request, commit), carriedAt(request, context.head)]);
  if (then === undefined) return { state: "unknown", reason: `the promoted commit of ${pair.source.id} is gone` };
  if (now === undefined) return { state: "unknown", reason: `${pair.source.id} cannot be rendered on the base branch` };
  const wanted = carriedOf(then, changes);
  const isSame = (carried: Carried) => compareCarried(carriedOf(carried, changes), wanted) === "same";
  const version = versionText(carriedOf(now, changes));
  if (isSame(now)) return { state: "has", version };
  const since: VersionRun[] = [];
  for await (const run of versionRuns(request, context.head)) {
    if (isSame(run.carried)) break;
    since.unshift(run);
  }
  for (const { carried, first } of since) {
    const order = compareCarried(carriedOf(carried, changes), wanted);
    const gone = [...wanted.keys()].some((name) => name !== wholeRender && !carried.has(name));
    const again = order === "unknown" && (await hadBefore(request, commit, carried, changes));
    if (order !== "older" && !gone && !again) continue;
    const went = versionText(carriedOf(carried, changes));
    return { state: "back", version, went, had: versionText(wanted), ...(await authorOf(context, first)) };
  }
  return { state: "forward", version, ...(since[0] && { by: since[0].first }) };
}

/** Versions for people: the only one, or how many there are. */
export function versionText(carried: Carried): string {
  const versions = [...new Set([...carried].filter(([name]) => name !== wholeRender).map(([, version]) => version))];
  const [only, ...more] = versions;
  if (only === undefined) return "other files";
  return more.length === 0 ? shortVersion(only) : versions.slice(0, 3).map(shortVersion).join(", ");
}
