import { createHash } from "node:crypto";
import { fieldManager } from "../apply/ports.ts";
import { operationKey, printMark, readMark } from "../controller/operation.ts";
import type { Desired } from "../engine.ts";
import { commitOfRevision } from "./decide-kustomization.ts";
import { commitIn, type Wanted } from "./decide-source.ts";
import type { FluxState, Reading } from "./read-state.ts";
import type { Verdict } from "./verdict.ts";

/** When an operation began, and since when it was live, in milliseconds since the epoch. */
export interface LiveMark {
  readonly startedAt: number;
  readonly liveSince: number;
}

/**
 * What a step left on the object of the target when it was live; `undefined`: it never was, or something else is
 * deployed by now. What Sluice renders counts and not the commit, so that later commits which change nothing write
 * nothing.
 */
export async function readLive(
  state: FluxState,
  desired: Desired,
  wanted: Wanted,
  verdict: Verdict,
): Promise<LiveMark | undefined> {
  if (verdict.kind !== "applied" && verdict.kind !== "failing") return undefined;
  if (wanted.relation(deployedCommit(state)) !== "included") return undefined;
  const { annotations = {} } = state.release ?? state.kustomization ?? {};
  const mark = readMark(annotations[keyOf(desired)] ?? "");
  if (mark?.live === undefined || mark.id !== (await idOf(desired))) return undefined;
  return { startedAt: mark.startedAt, liveSince: mark.live.since };
}

/** Leaves it there. Whoever changed the object since was faster; the next step sees it live again. */
export async function writeLive(
  { work, desired, signal }: Reading,
  state: FluxState,
  { startedAt, liveSince }: LiveMark,
): Promise<void> {
  const object = state.release ?? state.kustomization;
  if (object === undefined) return;
  const live = { since: liveSince, head: desired.head };
  const annotations = { [keyOf(desired)]: printMark({ id: await idOf(desired), startedAt, live }) };
  const metadata = { resourceVersion: object.resourceVersion, annotations };
  await work.cluster.patch(object.reference, { metadata }, { fieldManager, dryRun: false }, signal);
}

function deployedCommit({ source, kustomization }: FluxState): string | undefined {
  if (kustomization === undefined) return commitIn(source);
  return commitOfRevision(kustomization.applied, { source, kustomization });
}

/** Several apps may share an object. */
function keyOf({ app, environment }: Desired): string {
  return `${operationKey}-${hash([environment, app]).slice(0, 8)}`;
}

/** What Sluice cannot render is another one at each commit. */
async function idOf({ app, environment, head, digest, request, sameAt }: Desired): Promise<string> {
  const version = (await sameAt(head)) ? digest : head;
  return hash([app, environment, version, request?.id ?? ""]).slice(0, 20);
}

function hash(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("hex");
}
