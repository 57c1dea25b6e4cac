import { normalPath } from "../../../config/values/templates.ts";
import { UserError } from "../../../model/errors.ts";
import { isAtOrBelow } from "../../../model/paths.ts";
import { visible } from "../../../model/text/lines.ts";
import { deploysFrom } from "../controller/deploys-from.ts";
import type { Application, ApplicationSource } from "./application.ts";

/** What of an Application comes from the repository. */
export interface OwnSources {
  /** Where they stand among its sources. */
  readonly at: readonly number[];
  /** Whether it has a list of sources, and revisions for each. */
  readonly several: boolean;
  /** Whether Argo CD renders them to another branch first. */
  readonly hydrated: boolean;
  /** Whether the target's folder alone says what is deployed: then the same render of it is the same deploy. */
  readonly plain: boolean;
}

/** Which target an Application is to deploy. */
export interface Wanted {
  /** `Application web-prod in argocd`. */
  readonly label: string;
  /** The repository's page, and its name. */
  readonly repositoryUrl: string;
  readonly base: string;
  /** The target's folder. */
  readonly path: string;
}

/**
 * Which sources of an Application deploy the target. Throws a `refused` UserError for an Application that deploys from
 * another repository, another folder or another branch, and names nothing of what that is: it may be another team's.
 */
export function ownSources(application: Application, wanted: Wanted): OwnSources {
  const { spec } = application;
  const hydrated = spec.sourceHydrator !== undefined;
  const several = !hydrated && spec.sources.length > 0;
  const sources = sourcesOf(application);
  const own = sources.map((source) => deploysFrom(source.repoURL, wanted.repositoryUrl) && source.chart === "");
  if (!own.includes(true)) throw ofAnother(wanted);
  const at = sources.flatMap((source, index) => (own[index] && holds(source, several, wanted.path) ? [index] : []));
  if (at.length === 0) throw elsewhere(wanted);
  for (const index of at) checkBranch(sources[index]?.targetRevision ?? "", wanted);
  const [only] = sources;
  const plain = sources.length === 1 && !hydrated && only !== undefined && isPlain(only, wanted.path);
  return { at, several, hydrated, plain };
}

function sourcesOf({ spec }: Application): readonly ApplicationSource[] {
  if (spec.sourceHydrator !== undefined) return [spec.sourceHydrator.drySource];
  if (spec.sources.length > 0) return spec.sources;
  return spec.source === undefined ? [] : [spec.source];
}

/**
 * Whether the last comparison was of other sources than the Application has now, such as of the folder that it deployed
 * before. Argo CD compares again by itself then, and until it has, its status tells nothing of what is wanted.
 */
export function isOutdated(application: Application): boolean {
  const { comparedTo } = application.status.sync;
  if (comparedTo === undefined || application.spec.sourceHydrator !== undefined) return false;
  const { source: compared, sources } = comparedTo;
  const then = sources.length > 0 ? sources : compared === undefined ? [] : [compared];
  return keyOf(then) !== keyOf(sourcesOf(application));
}

function keyOf(sources: readonly ApplicationSource[]): string {
  return JSON.stringify(
    sources.map(({ repoURL, path, chart, ref, targetRevision }) => [repoURL, path, chart, ref, targetRevision]),
  );
}

/** One of several without a path gives values to others; a single one without a path is the whole repository. */
function holds({ path }: ApplicationSource, several: boolean, folder: string): boolean {
  if (several && path === "") return true;
  return !path.split("/").includes("..") && isAtOrBelow(folder, normalPath(path));
}

/** Helm's values, components and libraries of Jsonnet may lie anywhere, and a plugin may read anything. */
function isPlain({ path, helm, plugin, kustomize, directory }: ApplicationSource, folder: string): boolean {
  const isSet = (value: unknown) => value !== undefined && value !== null;
  const others = [helm, plugin, kustomize.components, directory.jsonnet];
  return !others.some(isSet) && normalPath(path) === folder;
}

function checkBranch(revision: string, { label, base }: Wanted): void {
  if (["", "HEAD", base, `refs/heads/${base}`].includes(revision)) return;
  throw new UserError(
    "refused",
    `${label} follows \`${visible(revision.slice(0, 100))}\`, and Sluice deploys ${base}`,
    {
      fix: `Set its \`targetRevision\` to ${base}.`,
    },
  );
}

function ofAnother({ label, repositoryUrl }: Wanted): UserError {
  const repository = repositoryUrl.split("/").slice(-2).join("/");
  return new UserError("refused", `${label} does not deploy from ${repository}`, {
    fix: "Name the Application of this app in `deploy.application`, or correct its `repoURL`.",
  });
}

function elsewhere({ label, path }: Wanted): UserError {
  return new UserError("refused", `${label} does not deploy \`${path}\``, {
    fix: "Name the Application of this app in `deploy.application`, or correct its `path`.",
  });
}
