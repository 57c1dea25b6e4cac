import type { FaultKind, UserErrorKind } from "./errors.ts";
import type { GateName, GateState } from "./gates.ts";
import type { PushedImage } from "./images.ts";
import type { JobType } from "./jobs.ts";
import type { Severity } from "./preview.ts";
import type { VersionChange } from "./promotion.ts";
import type { RepositoryName } from "./tree.ts";

/*
 * What happened and what people or machines may want to know. Rooms announce events right after what they tell of was
 * written, and announce the same event again when a job runs twice: at least once, with the same `id` each time, so that
 * listeners can leave out what they had. No field holds a secret; `createEvents` masks what looks like one. Times are in
 * milliseconds since the epoch. `reason` and other texts come from people: escape them where they are shown.
 */

/** Who is behind an event: an account on GitHub, Sluice by itself, or a name in a commit that nobody proved. */
export type Actor =
  | { readonly kind: "person"; readonly login: string }
  | { readonly kind: "automation"; readonly login: "sluice" }
  | { readonly kind: "author"; readonly name: string };

/**
 * One target with what changes in it. `versions` is empty where nobody knows, e.g. after a person pushed to the branch.
 */
export interface ChangedTarget {
  readonly app: string;
  readonly environment: string;
  readonly versions: readonly VersionChange[];
}

/** What every event has. */
interface Happened {
  /** The same in every run of the job that announces it, and of no other event. */
  readonly id: string;
  readonly at: number;
}

interface InRepository extends Happened {
  readonly installationId: number;
  readonly repository: RepositoryName;
}

interface OnPullRequest extends InRepository {
  readonly pullRequest: number;
}

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

interface OfPromotion<Step extends string> extends OnPullRequest {
  /** A rollback is a promotion whose source is its own target at an older commit. */
  readonly kind: `promotion.${Step}` | `rollback.${Step}`;
  readonly environment: string;
  /** The environment that the versions come from; the same as `environment` for a rollback. */
  readonly from: string;
  readonly targets: readonly ChangedTarget[];
  /** Who asked last, or automation. */
  readonly actor: Actor;
}

/** Its pull request was opened. Announced again when a run before died while it asked reviewers. */
export interface PromotionOpened extends OfPromotion<"opened"> {}

/**
 * Its open pull request has a new head or another description with the same versions: the base moved, or somebody asked
 * again.
 */
export interface PromotionAdvanced extends OfPromotion<"advanced"> {
  readonly head: string;
}

/** Its open pull request carries other versions now, in place of those in `replaced`. */
export interface PromotionSuperseded extends OfPromotion<"superseded"> {
  readonly head: string;
  readonly replaced: readonly ChangedTarget[];
}

/**
 * Its pull request was merged and the merge is in the history. Announced once more by each later look at the closed
 * pull request.
 */
export interface PromotionMerged extends OfPromotion<"merged"> {
  readonly openedAt: number;
  readonly mergedAt: number;
  /** When the carried versions were merged in `from`, the last of them; `undefined` when the history does not know. */
  readonly sourceMergedAt: number | undefined;
}

/**
 * Its pull request was closed and not merged: by Sluice because nothing is left of it (`reason` says why), or by a
 * person.
 */
export interface PromotionClosed extends OfPromotion<"closed"> {
  readonly openedAt: number;
  /** Who closed it; `actor` is who asked for it. */
  readonly by: "sluice" | "person";
  readonly reason: string;
}

/**
 * `/promote` was recorded: right after its pull request was opened or brought up to date, or, `deferred`, to be opened
 * after merge and health.
 */
export interface PromotionRequested extends OnPullRequest {
  readonly kind: "promotion.requested";
  readonly environment: string;
  /** Empty: those that the pull request touches. */
  readonly apps: readonly string[];
  readonly deferred: boolean;
  readonly actor: Actor;
}

/**
 * A merged promotion was found to be taken back on the base branch without Sluice, and is in the history as reverted:
 * automation is held there.
 */
export interface PromotionReverted extends InRepository {
  readonly kind: "promotion.reverted";
  readonly environment: string;
  readonly targets: readonly ChangedTarget[];
  /** The promotion's pull request, where it is known. */
  readonly pullRequest?: number;
  readonly commit: string;
  readonly actor: Actor;
  readonly reason: string;
}

/** One gate that is another state than the pull request's description showed before; `undefined`: it was not shown. */
export interface GateChange {
  readonly gate: GateName;
  readonly was: GateState | undefined;
  readonly now: GateState;
  readonly reason: string;
}

/**
 * The gates of a promotion came to another result than its description shows. Announced before check and description
 * say so, so that a run that dies in between is not silent.
 */
export interface GatesChanged extends OnPullRequest {
  readonly kind: "gates.changed";
  readonly environment: string;
  readonly head: string;
  readonly state: "passed" | "waiting" | "blocked";
  readonly changes: readonly GateChange[];
  readonly openedAt: number;
  /** When time alone changes the result. */
  readonly nextAt?: number;
}

/** `/override` was recorded: one gate counts as passed for this head. */
export interface GateOverridden extends OnPullRequest {
  readonly kind: "gate.overridden";
  readonly environment: string;
  readonly apps: readonly string[];
  readonly head: string;
  readonly gate: GateName;
  readonly actor: Actor;
  readonly reason: string;
}

/** `/ack` was recorded: the finding counts as acknowledged for this head. */
export interface FindingAcknowledged extends OnPullRequest {
  readonly kind: "finding.acknowledged";
  readonly environment: string;
  readonly apps: readonly string[];
  readonly head: string;
  readonly finding: string;
  readonly actor: Actor;
}

/** An image with the tag that is brought. */
export interface BroughtImage {
  /** As the configuration writes it. */
  readonly image: string;
  readonly tag: string;
  readonly digest: string;
  /** When an event first named the tag; absent when none did, e.g. because the registry was polled. */
  readonly heardAt?: number;
}

interface OfImages extends OnPullRequest {
  /** An image, or a group of images that share a pull request. */
  readonly unit: string;
  readonly images: readonly BroughtImage[];
  readonly targets: readonly ChangedTarget[];
}

/** The pull request of a unit was opened. */
export interface ImageOpened extends OfImages {
  readonly kind: "image.opened";
  readonly head: string;
}

/** The open pull request of a unit was brought up to date: other tags, other targets, or a base that moved. */
export interface ImageAdvanced extends OfImages {
  readonly kind: "image.advanced";
  readonly head: string;
}

/**
 * The pull request of a unit was merged and is in the histories of its targets. Announced once more by each later look
 * at the closed pull request.
 */
export interface ImageMerged extends OfImages {
  readonly kind: "image.merged";
  readonly openedAt: number;
  readonly mergedAt: number;
  /** Automation, which brought it: who merged it is GitHub's to tell. */
  readonly actor: Actor;
}

/**
 * A person closed the pull request of a unit: its versions do not come again by themselves. Announced once more by each
 * later look at it.
 */
export interface ImageDeclined extends OfImages {
  readonly kind: "image.declined";
}

/** Sluice closed the pull request of a unit, because nothing is left to do. */
export interface ImageClosed extends OnPullRequest {
  readonly kind: "image.closed";
  readonly branch: string;
  readonly reason: string;
}

interface OfHold extends InRepository {
  readonly environment: string;
  /** Absent: the whole environment. */
  readonly app?: string;
  /** The branch that the environments live on. */
  readonly defaultBranch: string;
  /** Where the command was given. */
  readonly pullRequest: number;
  readonly actor: Actor;
}

/**
 * `/hold` was recorded. Dispatched: handlers ran before the command is answered, and run again when it is run again.
 */
export interface HoldSet extends OfHold {
  readonly kind: "hold.set";
  readonly reason: string;
  /** When it ends by itself, which is no event. */
  readonly until?: number;
}

/**
 * `/release` was recorded. Dispatched, as `hold.set`. A hold that ends by its time, or by a promotion that lifts a
 * rollback's, is not announced.
 */
export interface HoldEnded extends OfHold {
  readonly kind: "hold.ended";
  /** Who or what had put it there and why, as far as the run that announces it found it still. */
  readonly held?: { readonly by: string; readonly reason: string; readonly cause: "person" | "rollback" | "revert" };
}

/**
 * An authentic event of a registry is in the event log; nothing was looked at yet. `ignored` says why an event about no
 * image is not needed.
 */
export interface RegistryHeard extends Happened {
  readonly kind: "registry.heard";
  readonly hook: string;
  readonly source: string;
  /** When it was received. */
  readonly receivedAt: number;
  readonly pushes: readonly PushedImage[];
  readonly ignored?: string;
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
  | HoldSet
  | HoldEnded
  | RegistryHeard
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
   * Tells all listeners. Never throws and never waits: a listener that fails is logged and counted, and loses the
   * event.
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
 * Hears of every event: the log, the audit, metrics. Gets each id once per process, as far as a bounded memory tells.
 */
export interface EventListener {
  /** For the log, when it fails. */
  readonly name: string;
  hear(event: SluiceEvent): void | Promise<void>;
}

/** An account on GitHub; nobody in particular is automation. */
export function actorOf(login: string | undefined): Actor {
  return login === undefined || login === "sluice"
    ? { kind: "automation", login: "sluice" }
    : { kind: "person", login };
}

/** The id of an event: its kind and what tells it from others of the kind in this repository. */
export function eventId(kind: EventKind, repository: RepositoryName, ...parts: readonly (string | number)[]): string {
  return [kind, repository.owner, repository.name, ...parts].join("/");
}
