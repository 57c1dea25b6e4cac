import type { UserError } from "../model/errors.ts";
import { type EventKind, type EventOf, eventId } from "../model/events.ts";
import type { PullRequest } from "../model/github.ts";
import type { PreviewJob } from "../model/jobs.ts";
import type { Severity } from "../model/preview.ts";
import type { PreviewOutcome } from "./outcome.ts";

/** What became of one run, as it is announced once it was posted. */
export type PreviewEvent = EventOf<"preview.posted" | "preview.refused" | "preview.failed" | "preview.superseded">;

/** One run of a preview: of which head, and when (milliseconds since the epoch). */
export interface PreviewRun {
  readonly job: PreviewJob;
  readonly pull: PullRequest;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** The comparison was posted, or the errors of the base's configuration. */
export function outcomeEvent(run: PreviewRun, outcome: PreviewOutcome): PreviewEvent {
  if (outcome.kind === "config") {
    const count = outcome.problems.length;
    return refusedEvent(run, "configuration", `.sluice.yaml has ${count} ${count === 1 ? "problem" : "problems"}`);
  }
  const { completeness, findings } = outcome.preview;
  const { targets, affected, rendered, failed } = completeness;
  const count = (severity: Severity) => findings.filter((one) => one.severity === severity).length;
  return {
    kind: "preview.posted",
    ...about(run, "preview.posted", outcome.commits.base),
    targets,
    affected,
    rendered,
    failed,
    findings: { danger: count("danger"), warning: count("warning"), notice: count("notice") },
  };
}

/** The repository makes a preview impossible. */
export function impossibleEvent(run: PreviewRun, { message }: UserError): PreviewEvent {
  return refusedEvent(run, "repository", message);
}

/** The pull request comes from a fork. */
export function forkEvent(run: PreviewRun): PreviewEvent {
  return refusedEvent(run, "fork", "it comes from a fork");
}

/** Sluice failed and does not try again. */
export function failedEvent(run: PreviewRun, incident: string): PreviewEvent {
  return { kind: "preview.failed", ...about(run, "preview.failed", run.pull.base.sha), incident };
}

/** The pull request moved meanwhile. */
export function supersededEvent(run: PreviewRun, now: PullRequest): PreviewEvent {
  const moved = `${now.head.sha}/${now.base.ref}`;
  return { kind: "preview.superseded", ...about(run, "preview.superseded", moved), newer: now.head.sha };
}

function refusedEvent(run: PreviewRun, cause: EventOf<"preview.refused">["cause"], reason: string): PreviewEvent {
  const base = `${run.pull.base.sha}/${cause}`;
  return { kind: "preview.refused", ...about(run, "preview.refused", base), cause, reason };
}

function about({ job, pull, startedAt, endedAt }: PreviewRun, kind: EventKind, compared: string) {
  const { installationId, repository } = job;
  return {
    id: eventId(kind, repository, pull.number, pull.head.sha, compared),
    at: endedAt,
    installationId,
    repository,
    pullRequest: pull.number,
    head: pull.head.sha,
    durationMs: endedAt - startedAt,
  };
}
