import type { RepositoryContext } from "../../change/repository-context.ts";
import { shortVersion } from "../../change/text/version.ts";
import { clip } from "../../model/command.ts";
import { UserError } from "../../model/errors.ts";
import type { Carried } from "../carried.ts";
import type { PromotionPair } from "../resolve.ts";
import { versionRuns } from "../version-runs.ts";
import { versionText } from "./currency.ts";
import type { PromotionPorts } from "./ports.ts";
import { commitNamed } from "./rollback-point.ts";
import { carriedRequest } from "./source-moves.ts";

/** What a message lists. */
const maxListed = 8;

/**
 * The newest commit at which the source had what was named: a version of each app that has one in `versions`, or of
 * every app (`version`), or the commit itself. `undefined` where nothing was named. A `not-found` UserError names what
 * the source had; a `usage` one where no commit had them all.
 */
export async function namedCommit(
  ports: PromotionPorts,
  context: RepositoryContext,
  pairs: readonly PromotionPair[],
  { versions = {}, version }: { readonly versions?: Readonly<Record<string, string>>; readonly version?: string },
): Promise<string | undefined> {
  const wanted = pairs.flatMap((pair) => {
    const one = versions[pair.app] ?? version;
    return one === undefined ? [] : [{ pair, wanted: one }];
  });
  const [first, ...more] = wanted;
  if (first === undefined) return undefined;
  const commit = await commitOf(ports, context, first.pair, first.wanted);
  for (const other of more) {
    if ((await commitOf(ports, context, other.pair, other.wanted)) === commit) continue;
    throw new UserError("usage", "the source had these versions at different commits", {
      fix: "write one command for each app",
    });
  }
  return commit;
}

async function commitOf(
  ports: PromotionPorts,
  context: RepositoryContext,
  pair: PromotionPair,
  wanted: string,
): Promise<string> {
  const named = /^[0-9a-f]{7,64}$/.test(wanted) ? await commitNamed(context, wanted) : undefined;
  if (named !== undefined) return named;
  const had: string[] = [];
  for await (const { carried, last } of versionRuns(carriedRequest(ports, context, pair, "source"), context.head)) {
    if (hasVersion(carried, wanted)) return last.sha;
    had.push(versionText(carried));
  }
  const list = [...new Set(had)].slice(0, maxListed).map((one) => `\`${one}\``);
  const { environment } = pair.source;
  throw new UserError("not-found", `\`${environment}\` never had \`${pair.app}\` \`${clip(wanted)}\``, {
    fix: `it had ${list.join(", ")}`,
  });
}

/** `1.4.0` names `1.4.0@sha256:…` too. */
export function hasVersion(carried: Carried, wanted: string): boolean {
  return [...carried.values()].some(
    (one) => one === wanted || one.split("@")[0] === wanted || shortVersion(one) === wanted,
  );
}
