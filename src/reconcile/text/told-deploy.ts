import type { DeployStatus, OperationReport, Readiness } from "../../model/deploy.ts";
import type { ObjectReference } from "../../model/kube.ts";
import { clip, oneLine, visible } from "../../model/text/lines.ts";
import { count, sentenceList } from "../../model/text/lists.ts";
import { code } from "../../model/text/markdown.ts";

/** A deploy with what people are told beside it. */
export interface ToldDeploy extends OperationReport {
  /** For people, such as `1.5.0`; empty where it is not known. */
  readonly version: string;
  /** What was live there before, where that is known. */
  readonly before?: string | undefined;
  /** The branch that it is rendered to: another tool brings it from there to the cluster. */
  readonly branch?: string | undefined;
}

/** A deploy that is in one state. */
export type DeployIn<S extends DeployStatus["state"]> = ToldDeploy & {
  readonly status: Extract<DeployStatus, { readonly state: S }>;
};

/** Those of the deploys that are in one state. */
export function deploysIn<S extends DeployStatus["state"]>(
  deploys: readonly ToldDeploy[],
  state: S,
): readonly DeployIn<S>[] {
  return deploys.filter((one): one is DeployIn<S> => one.status.state === state);
}

/** `webapp 1.5.0`, as plain text; with the commit where no version is known. */
export function appVersion({ operation: { app, head }, version }: ToldDeploy): string {
  const name = plain(app);
  if (version === "") return `${name} at ${head.slice(0, 7)}`;
  return version.includes(" ") ? `${name} (${plain(version)})` : `${name} ${plain(version)}`;
}

/** `1.5.0`, or the commit. */
export function versionOf({ version, operation }: ToldDeploy): string {
  return version === "" ? operation.head.slice(0, 7) : plain(version);
}

/** The names of a few, the number of more. */
export function appVersions(deploys: readonly ToldDeploy[]): string {
  return deploys.length > 3 ? `${deploys.length} apps` : sentenceList(deploys.map(appVersion));
}

/** `3 of 3 pods`. */
export function podsText({ ready, wanted }: Readiness): string {
  return `${ready} of ${count(wanted, "pod")}`;
}

/** Text of others on one line that shows what it is; plain text, not Markdown. */
export function plain(text: string): string {
  return visible(oneLine(text)).trim();
}

/** GitHub's limit for descriptions of Deployments and of statuses. */
export const maxDescription = 140;

/** A line of plain text within a limit. */
export function line(text: string, max: number): string {
  return clip(oneLine(text), max);
}

/** Deployment `webapp`, pod `webapp-6c9d7-x2x8p`. */
export function objectText({ kind, name }: Pick<ObjectReference, "kind" | "name">): string {
  return `${kind === "Pod" ? "pod" : plain(kind)} ${code(name)}`;
}
