import type { FaultKind, UserErrorKind } from "./errors.ts";
import type { Actor, Happened, InRepository, OnPullRequest } from "./events/common.ts";
import type { DeployFailed, DeployLive, DeployStarted, DriftClosed, DriftFound, DriftHealed } from "./events/deploy.ts";
import type {
  ImageAdvanced,
  ImageClosed,
  ImageDeclined,
  ImageMerged,
  ImageOpened,
  RegistryReceived,
} from "./events/images.ts";
import type {
  FindingAcknowledged,
  GateOverridden,
  GatesChanged,
  PromotionAdvanced,
  PromotionClosed,
  PromotionMerged,
  PromotionOpened,
  PromotionRequested,
  PromotionReverted,
  PromotionSuperseded,
} from "./events/promotion.ts";
import type { JobType } from "./job-kinds.ts";
import type { Severity } from "./preview.ts";
import type { RepositoryName } from "./tree.ts";

export type { Actor, ChangedTarget } from "./events/common.ts";
export type * from "./events/deploy.ts";
export type * from "./events/images.ts";
export type * from "./events/promotion.ts";

/*
 * What happened and what people or machines may want to know. Rooms announce an event right after they wrote what it
 * reports. A job that runs twice announces it twice, with the same `id`, so that listeners can leave out what they had;
 * a process that dies between the write and the announcement may leave it out, so Git and GitHub stay the record. No
 * field holds a secret; `createEvents` masks what looks like one. Times are in milliseconds since the epoch. `reason`
 * and other texts come from people: escape them where they are shown.
 */

interface OfPreview extends OnPullRequest {
  readonly head: string;
  /** From the start of the run to the comment. */
  readonly durationMs: number;
}

/** Comment and check of a head were written with the comparison. The same result written twice is one event. */
export interface PreviewPosted extends OfPreview {
  readonly kind: "preview.posted";
  readonly targets: number;
  readonly affected: number;
  readonly rendered: number;
  readonly failed: number;
  readonly findings: Readonly<Record<Severity, number>>;
}

/**
 * Comment and check of a head were written and say why it was not rendered: the repository makes it impossible, or it
 * is a fork's.
 */
export interface PreviewRefused extends OfPreview {
  readonly kind: "preview.refused";
  readonly cause: "fork" | "configuration" | "repository";
  readonly reason: string;
}

/** Sluice failed in the last attempt; comment and check say so. `incident` finds the cause in the log. */
export interface PreviewFailed extends OfPreview {
  readonly kind: "preview.failed";
  readonly incident: string;
}

/** The pull request moved while its preview ran: nothing was posted for `head`, and the job was queued again. */
export interface PreviewSuperseded extends OfPreview {
  readonly kind: "preview.superseded";
  /** The same as `head` when it was the base that changed. */
  readonly newer: string;
}

interface OfHold extends InRepository {
  readonly environment: string;
  /** Absent: the whole environment. */
  readonly app?: string;
  /** The branch that the environments live on. */
  readonly defaultBranch: string;
  /** Where the command was given, or the proposed rollback. */
  readonly pullRequest: number;
  readonly actor: Actor;
}

/**
 * `/hold` was recorded, or a rollback that Sluice proposes holds an app. Dispatched: handlers ran before the command is
 * answered, and run again when it is run again.
 */
export interface HoldSet extends OfHold {
  readonly kind: "hold.set";
  readonly reason: string;
  /** When it ends by itself, which is no event. */
  readonly until?: number;
}

/**
 * `/release` was recorded, or a proposed rollback ended without a merge. Dispatched, as `hold.set`. A hold that ends by
 * its time, or by a promotion that lifts a rollback's, is not announced.
 */
export interface HoldEnded extends OfHold {
  readonly kind: "hold.ended";
  /** Who or what had put it there and why, as far as the run that announces it found it still. */
  readonly held?: { readonly by: string; readonly reason: string; readonly cause: "person" | "rollback" | "revert" };
}

interface OfCommand extends OnPullRequest {
  /** Without the slash. */
  readonly command: string;
  /** What was written after the slash, short. */
  readonly text: string;
  readonly commentId: number;
  readonly actor: Actor;
}

/** A command was carried out; its answer follows. `at` is when the comment was written, as for all three. */
export interface CommandDone extends OfCommand {
  readonly kind: "command.done";
}

/** A command was not carried out, by the person's doing; the answer follows: no right to it, a mistake, a limit. */
export interface CommandRefused extends OfCommand {
  readonly kind: "command.refused";
  readonly reason: string;
  /** Absent for what is no command or was not looked at. */
  readonly error?: UserErrorKind;
}

/** A command was not carried out by Sluice's doing, in the last attempt; the answer follows. */
export interface CommandFailed extends OfCommand {
  readonly kind: "command.failed";
}

/**
 * The last attempt of a job failed; it stays in the store until it is added again. Announced by each job that fails for
 * good, also when it does so again.
 */
export interface JobFailed extends Happened {
  readonly kind: "job.failed";
  readonly job: JobType;
  /** What the job is about, e.g. `gates/acme/shop/12`. */
  readonly key: string;
  readonly attempts: number;
  readonly error: FaultKind;
  readonly reason: string;
}

/** Everything that is announced. */
export type SluiceEvent =
  | PreviewPosted
  | PreviewRefused
  | PreviewFailed
  | PreviewSuperseded
  | PromotionOpened
  | PromotionAdvanced
  | PromotionSuperseded
  | PromotionMerged
  | PromotionClosed
  | PromotionRequested
  | PromotionReverted
  | GatesChanged
  | GateOverridden
  | FindingAcknowledged
  | ImageOpened
  | ImageAdvanced
  | ImageMerged
  | ImageDeclined
  | ImageClosed
  | DeployStarted
  | DeployLive
  | DeployFailed
  | DriftFound
  | DriftHealed
  | DriftClosed
  | HoldSet
  | HoldEnded
  | RegistryReceived
  | CommandDone
  | CommandRefused
  | CommandFailed
  | JobFailed;

/** The names of events, with a dot. */
export type EventKind = SluiceEvent["kind"];

/** What one kind of event looks like. */
export type EventOf<K extends EventKind> = WithKind<SluiceEvent, K>;

/** Promotions and rollbacks share a shape, so a shape may have two kinds. */
type WithKind<E extends SluiceEvent, K> = E extends SluiceEvent
  ? K extends E["kind"]
    ? E & { readonly kind: K }
    : never
  : never;

/** Events that rooms act on, see `Events.dispatch`. */
export type HandledEvent = HoldSet | HoldEnded;

/** Where rooms say what happened. */
export interface Events {
  /**
   * Tells all listeners. Never throws and never waits: a listener that fails is logged and counted, and gets the event
   * only if it is announced again.
   */
  announce(event: Exclude<SluiceEvent, HandledEvent>): void;
  /**
   * Tells all listeners, then runs the handlers of the event one after the other and waits for them. Rejects with what
   * a handler threw, so that the job is run again: call it after the decision was written and before the job is done,
   * also when a run before had written it. Then a crash in between loses nothing: the job runs again and dispatches
   * again. So handlers must be idempotent; they add jobs, and do no work themselves.
   */
  dispatch(event: HandledEvent, signal: AbortSignal): Promise<void>;
}

/** Acts on an event. May be called more than once for the same one. */
export type EventHandler<K extends HandledEvent["kind"]> = (event: EventOf<K>, signal: AbortSignal) => Promise<void>;

/** Where the wiring registers handlers, before any job runs; rooms get it as `Events`. */
export interface EventHub extends Events {
  /** Several handlers of one kind run in the order in which they were registered. */
  on<K extends HandledEvent["kind"]>(kind: K, handler: EventHandler<K>): void;
}

/**
 * Hears of every event: the log, the audit, metrics. Gets each id once per process unless it failed, as far as a
 * bounded memory tells.
 */
export interface EventListener {
  /** For the log, when it fails. */
  readonly name: string;
  onEvent(event: SluiceEvent): void | Promise<void>;
}

/** An account on GitHub as pull requests of Sluice keep it: nobody, or `sluice`, is automation. */
export function actorOf(login: string | undefined): Actor {
  return login === undefined || login === "sluice"
    ? { kind: "automation", login: "sluice" }
    : { kind: "person", login };
}

/** The id of an event: its kind and what tells it from others of the kind in this repository. */
export function eventId(kind: EventKind, repository: RepositoryName, ...parts: readonly (string | number)[]): string {
  return [kind, repository.owner, repository.name, ...parts].join("/");
}
