import { type RepositoryContext, targetOf } from "../../change/repository-context.ts";
import { shortVersion, type Versions } from "../../change/text/version.ts";
import { compareVersions, versionsAt as targetVersion, type VersionComparison } from "../../change/versions.ts";
import type { Target } from "../../model/target.ts";
import type { PromotionPorts } from "./ports.ts";

/** What a target has at a commit; `undefined` when it does not render there. */
export async function versionsAt(
  ports: PromotionPorts,
  context: RepositoryContext,
  target: Target,
  commit: string,
): Promise<Versions | undefined> {
  const { repository, signal } = context;
  const found = await targetVersion({ repository, renderer: ports.renderer, signal }, target, commit);
  if (!found.ok) return undefined;
  return found.images.map(({ image, versions }) => ({ image, version: versions.join(", ") }));
}

/**
 * Whether an app has other versions in an environment than in the one that it comes from, of the images that both run.
 */
export async function behindIn(
  ports: PromotionPorts,
  context: RepositoryContext,
  { app, environment, from }: Step,
): Promise<{ readonly app: string; readonly behind: boolean; readonly detail: string }> {
  const [target, source] = [targetOf(context, app, environment), targetOf(context, app, from)];
  if (target === undefined || source === undefined) {
    return { app, behind: true, detail: `${app} has no target in ${target === undefined ? environment : from}` };
  }
  const { state, differing } = await compared(ports, context, target, source);
  if (state === "unknown") return { app, behind: true, detail: `${app} does not render` };
  // What is ahead of the source is not behind it.
  const [gap] = state === "ahead" ? [] : differing;
  if (gap === undefined) return { app, behind: false, detail: `${app} has the versions of ${from}` };
  return {
    app,
    behind: true,
    detail: `${app} has ${shortVersion(gap.here)} and ${from} has ${shortVersion(gap.there)}`,
  };
}

/** Whether an app has newer versions in an environment than in the one that it comes from. */
export async function isAheadIn(
  ports: PromotionPorts,
  context: RepositoryContext,
  { app, environment, from }: Step,
): Promise<boolean> {
  const [target, source] = [targetOf(context, app, environment), targetOf(context, app, from)];
  if (target === undefined || source === undefined) return false;
  return (await compared(ports, context, target, source)).state === "ahead";
}

/** An app with an environment and the one that it comes from. */
interface Step {
  readonly app: string;
  readonly environment: string;
  readonly from: string;
}

async function compared(
  ports: PromotionPorts,
  { repository, head, signal }: RepositoryContext,
  target: Target,
  source: Target,
): Promise<VersionComparison> {
  const parts = { repository, renderer: ports.renderer, signal };
  const [here, there] = await Promise.all([targetVersion(parts, target, head), targetVersion(parts, source, head)]);
  return compareVersions(here, there);
}
