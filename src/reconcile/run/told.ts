import { type RepositoryContext, targetOf } from "../../change/repository-context.ts";
import { versionsText } from "../../change/text/version.ts";
import { type TargetVersion, versionsAt } from "../../change/versions.ts";
import { settingsFor } from "../../config/index.ts";
import { fillTemplate } from "../../config/values/templates.ts";
import type { OperationReport } from "../../model/deploy.ts";
import type { Renderer } from "../../model/render.ts";
import type { ToldDeploy } from "../text/told-deploy.ts";

/** A report with what it is about. */
export interface Told extends ToldDeploy {
  /** Of the render at the head: what is to be deployed, whoever reports it. */
  readonly digest: string;
}

interface Parts {
  readonly renderer: Renderer;
}

/** A report with what people are told beside it. */
export async function toldOf(parts: Parts, context: RepositoryContext, report: OperationReport): Promise<Told> {
  const { app, environment, head, digest } = report.operation;
  const at = await versionAt(parts, context, { app, environment }, head);
  const { deploy } = settingsFor(context.config, app, environment);
  const branch = deploy?.engine === "hydrate" ? fillTemplate(deploy.branch, { app, environment }) : undefined;
  return { ...report, version: versionTextOf(at), digest: at?.digest ?? digest, branch };
}

/** An app in an environment. */
export interface AppPlace {
  readonly app: string;
  readonly environment: string;
}

/** What a target is at a commit; `undefined` where it, or the commit, is not there. */
export async function versionAt(
  { renderer }: Parts,
  context: RepositoryContext,
  { app, environment }: AppPlace,
  commit: string,
): Promise<TargetVersion | undefined> {
  const { repository, signal } = context;
  const target = targetOf(context, app, environment);
  if (target === undefined || (await repository.objects.read(commit))?.kind !== "commit") return undefined;
  return versionsAt({ repository, renderer, signal }, target, commit);
}

/** A version for people; empty where it is not known. */
export function versionTextOf(version: TargetVersion | undefined): string {
  if (version?.ok !== true) return "";
  return versionsText(version.images.map(({ image, versions }) => ({ image, version: versions.join(", ") })));
}
