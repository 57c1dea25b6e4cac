import { join } from "node:path";
import { createGitHub } from "../github/index.ts";
import type { EventHub } from "../model/events.ts";
import type { Clock, Logger } from "../model/observe.ts";
import type { Queue } from "../model/queue.ts";
import type { Mirrors } from "../model/tree.ts";
import {
  type AuditDestination,
  audit,
  createEvents,
  createLogger,
  createMetrics,
  eventLogLine,
  type PrometheusMetrics,
} from "../observe/index.ts";
import type { LockTiming } from "../queue/consumer.ts";
import { fullDisk } from "../queue/disk-room.ts";
import { createQueue, type QueueBackend } from "../queue/index.ts";
import { makePrivateFolder } from "../render/private-folder.ts";
import { type ServerSettings, secretsOf } from "../settings.ts";
import type { DeployTimes } from "./clusters.ts";
import { type CredentialsWatch, watchCredentials } from "./credentials.ts";
import type { ServerParts } from "./edges.ts";
import { NEEDED_EVENTS } from "./needed-events.ts";
import { tellOpenRepositories } from "./rulesets.ts";
import { openMetrics, openWeb, watchMissed } from "./web.ts";
import { appOf, openWorker } from "./worker.ts";

/** Jobs under way get this long to end when the process is told to stop, in milliseconds. */
const graceMs = 20_000;

/** A running server. */
export interface RunningSluice {
  /** Where the web door listens. */
  readonly url: string;
  /** Takes no more work, gives what is under way its grace, then ends everything. */
  close(): Promise<void>;
}

/** What only tests and the demo change. */
export interface StartOptions {
  readonly log?: Logger;
  /** Where audit lines go in place of standard output; with a `log` and without this, nowhere. */
  readonly audit?: AuditDestination;
  readonly graceMs?: number;
  /** How soon a killed worker's job is taken up again. */
  readonly locks?: LockTiming;
  /** The clock of the rooms: gates, holds and histories. */
  readonly clock?: Clock;
  /** How long GitHub and the registries may take to answer a request, in milliseconds. */
  readonly answerMs?: number;
  /** How long the store may take to answer the doors, in milliseconds. */
  readonly storeMs?: number;
  /** How long leases of environments last, and how often it is looked at deploys. */
  readonly deploys?: DeployTimes;
  /** From one look for missed deliveries to the next, in milliseconds. */
  readonly missedEveryMs?: number;
  /** Take the place of the store's queue and of the mirrors on disk. */
  readonly edges?: { readonly queue: Queue; readonly mirrors: Mirrors };
}

/** Ends one part of the server. */
type Closer = () => Promise<unknown>;

/**
 * Builds every edge from the settings, hands them to the rooms and starts the roles. Rejects when a part cannot start;
 * what was started is ended again.
 */
export async function startSluice(settings: ServerSettings, options: StartOptions = {}): Promise<RunningSluice> {
  const closers: Closer[] = [];
  const stop = { begun: false };
  const close = (): Promise<void> => {
    stop.begun = true;
    return closeAll(closers.toReversed());
  };
  try {
    return { url: await openServer(settings, options, closers, () => stop.begun), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Opens what the role needs and notes how each part is ended, the first to end last. Resolves to the web door's
 * address.
 */
async function openServer(
  settings: ServerSettings,
  options: StartOptions,
  closers: Closer[],
  stopping: () => boolean,
): Promise<string> {
  makeFolders(settings.dataDir);
  const parts = await openParts(settings, options);
  const { github, queue, log } = parts;
  closers.push(() => queue.close(options.graceMs ?? graceMs));
  if (settings.role !== "web") {
    const worker = await openWorker(settings, parts, options.edges?.mirrors);
    // Jobs use the worker's edges until the queue has ended.
    closers.unshift(worker.close);
    await queue.start(worker.handlers);
  }
  const credentials = watchApp(settings, parts);
  closers.push(() => credentials.stop());
  const webParts = { ...parts, stopping, problems: credentials.problems };
  const web = await openWeb(settings, webParts);
  closers.push(() => web.close());
  const metrics = await openMetrics(settings, webParts);
  if (metrics !== undefined) closers.push(() => metrics.close());
  if (settings.role !== "worker") {
    const missed = watchMissed(github.deliveries, parts, options.missedEveryMs);
    closers.push(() => missed.stop());
  }
  log.info({ role: settings.role, url: web.url, metrics: metrics?.url, store: settings.store.kind }, "sluice is up");
  return web.url;
}

function makeFolders(dataDir: string): void {
  try {
    makePrivateFolder(dataDir);
    for (const name of ["mirrors", "renders", "queue"]) makePrivateFolder(join(dataDir, name));
  } catch (error) {
    throw fullDisk(dataDir, error) ?? error;
  }
}

/** Looks at what GitHub says of the App; where webhooks arrive also at who may write to Sluice's branches. */
function watchApp({ role, githubUrl: webUrl }: ServerSettings, { github, log }: ServerParts): CredentialsWatch {
  return watchCredentials({
    check: () => github.checkApp(NEEDED_EVENTS),
    log,
    ...(role !== "worker" && { accepted: tellOpenRepositories({ ...github, webUrl }, log) }),
  });
}

async function openParts(settings: ServerSettings, options: StartOptions): Promise<ServerParts> {
  const log = options.log ?? serverLogger(settings);
  const metrics = createMetrics();
  const github = createGitHub({
    app: appOf(settings),
    apiUrl: settings.githubApiUrl,
    log,
    metrics,
    clock: Date.now,
    ...(options.answerMs !== undefined && { deadlineMs: options.answerMs }),
  });
  const events = openEvents(settings, options, log, metrics);
  const queue = options.edges?.queue ?? (await openQueue(settings, options, events, log, metrics));
  metrics.watchQueue(() => queue.counts());
  const { clock = Date.now, answerMs, storeMs, deploys } = options;
  return { github, queue, events, log, metrics, clock, answerMs, storeMs, deploys };
}

function serverLogger(settings: ServerSettings): Logger {
  return createLogger({
    level: settings.logLevel,
    pretty: process.stdout.isTTY,
    destination: process.stdout,
    redact: secretsOf(settings),
  });
}

function openEvents(
  settings: ServerSettings,
  options: StartOptions,
  log: Logger,
  metrics: PrometheusMetrics,
): EventHub {
  const destination = options.audit ?? (options.log === undefined ? process.stdout : undefined);
  const listeners = [eventLogLine(log), metrics.events, ...(destination === undefined ? [] : [audit(destination)])];
  return createEvents({ listeners, log, failed: metrics.listenerFailed, redact: secretsOf(settings) });
}

async function openQueue(
  { store, dataDir, dataDirWaitMs, concurrency }: ServerSettings,
  { locks }: StartOptions,
  events: EventHub,
  log: Logger,
  metrics: PrometheusMetrics,
): Promise<Queue> {
  const backend: QueueBackend =
    store.kind === "embedded" ? { kind: "embedded", dataDir: join(dataDir, "queue"), waitMs: dataDirWaitMs } : store;
  return createQueue({ backend, concurrency, events, log, metrics, ...(locks && { locks }) });
}

/** Calls all, also when one fails; rejects with what failed. */
async function closeAll(closers: readonly Closer[]): Promise<void> {
  const failures: unknown[] = [];
  for (const closer of closers) await closer().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, "not everything ended well");
}
