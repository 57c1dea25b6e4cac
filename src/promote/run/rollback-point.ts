import type { RepositoryContext } from "../../change/repository-context.ts";
import { shortVersion } from "../../change/text/version.ts";
import { earlierVersions, type TargetVersion, versionsAt } from "../../change/versions.ts";
import { settingsFor } from "../../config/index.ts";
import { clip } from "../../model/command.ts";
import { UserError } from "../../model/errors.ts";
import type { Deployment } from "../../model/github-repository.ts";
import type { Target } from "../../model/target.ts";
import { deployedHealthy, type Observed } from "./health.ts";
import type { PromotionPorts } from "./ports.ts";

/** How many commits back are searched, of those that touch what the target reads. */
const LIMIT = 100;

/** How far back a commit is found by the beginning of its id. */
const NAMED_LIMIT = 1_000;

/** A commit at which a target was something else than now, and why that one. */
export interface RollbackPoint {
  readonly commit: string;
  readonly why: string;
  /** Where it was live and healthy: since when. */
  readonly healthySince?: number;
}

/** What is asked for instead of the last version that was healthy. */
export interface PointRequest {
  /** A version or a commit. */
  readonly to?: string | undefined;
  /** Which deployments say that a version was healthy; all of them when absent. */
  readonly counts?: (deployment: Deployment) => Promise<boolean>;
}

/**
 * Where a target is rolled back to: the commit or version that was named, else the newest earlier version that was live
 * and healthy by the environment's Deployments; where no Deployment is known, the version before. `undefined` where it
 * has the named version now. A `not-found` UserError when there is none.
 */
export async function rollbackPoint(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
  target: Target,
  { to, counts }: PointRequest,
): Promise<RollbackPoint | undefined> {
  if (to !== undefined && /^[0-9a-f]{7,64}$/.test(to)) {
    const commit = await commitNamed(context, to);
    if (commit !== undefined) return { commit, why: "the commit that was named" };
  }
  const { promote, health } = settingsFor(context.config, target.app, target.environment);
  const { repository, signal } = context;
  const about = { repository, renderer: ports.renderer, target, commit: context.head, signal, limit: LIMIT };
  const now = await versionsAt({ repository, renderer: ports.renderer, signal }, target, context.head);
  if (to !== undefined && hasVersion(now, to)) return undefined;
  const had: string[] = [];
  for await (const earlier of earlierVersions({ ...about, exact: promote.strategy !== "images" })) {
    had.push(...namesOf(earlier.version));
    const commit = earlier.commit.sha;
    if (to !== undefined) {
      if (hasVersion(earlier.version, to)) {
        return { commit, why: `it had ${to} there` };
      }
      continue;
    }
    const pair = { app: target.app, source: target, target, settings: promote };
    const { state, since } = await deployedHealthy(
      ports,
      context,
      observed,
      { pair, commit, changes: [], health },
      counts,
    );
    if (state === "unknown") {
      return { commit, why: "the version before; no deployment is known that would tell whether it was healthy" };
    }
    const healthySince = since === undefined ? {} : { healthySince: since };
    if (state === "healthy") return { commit, why: "the last version that was healthy", ...healthySince };
  }
  throw notFound(target, to, [...namesOf(now), ...had]);
}

/** The commit of the base branch whose id begins so, if there is one alone. */
export async function commitNamed({ repository, head }: RepositoryContext, to: string): Promise<string | undefined> {
  const known = (await repository.objects.read(to))?.kind === "commit";
  if (known) return (await repository.isAncestor(to, head)) ? to : undefined;
  const [found, ...more] = (await repository.log({ to: head, limit: NAMED_LIMIT })).filter(({ sha }) =>
    sha.startsWith(to),
  );
  return more.length === 0 ? found?.sha : undefined;
}

/** `1.4.0` names `1.4.0@sha256:…` too. */
function isVersion(version: string, wanted: string): boolean {
  return version === wanted || version.split("@")[0] === wanted;
}

function hasVersion(target: TargetVersion, wanted: string): boolean {
  return target.ok && target.images.some(({ versions }) => versions.some((version) => isVersion(version, wanted)));
}

function namesOf(target: TargetVersion): readonly string[] {
  return target.ok ? target.images.flatMap(({ versions }) => versions.map(shortVersion)) : [];
}

/** What a message lists. */
const maxListed = 8;

function notFound(target: Target, to: string | undefined, had: readonly string[]): UserError {
  const versions = [...new Set(had)];
  if (to !== undefined) {
    const list = versions.slice(0, maxListed).map((one) => `\`${one}\``);
    return new UserError(
      "not-found",
      `\`${target.app}\` never had \`${clip(to)}\` in \`${target.environment}\`, as far as its last ${LIMIT} changes tell`,
      { fix: `the versions were ${list.join(", ")}; or name a commit of the base branch, or leave \`--to\` out` },
    );
  }
  const message =
    versions.length < 2 ? "has had no other version" : "has no earlier version that is known to have been healthy";
  return new UserError("not-found", `\`${target.app}\` ${message} in \`${target.environment}\``, {
    fix: "name one with `--to <version or commit>`",
  });
}
