import { hkdfSync, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LRUCache } from "lru-cache";
import { createSigner } from "../change/signature.ts";
import type { Scan, ScanMemo } from "../discovery/index.ts";
import { createMirrors } from "../git/mirrors.ts";
import { createGitHub, type GitHubEdge } from "../github/index.ts";
import { createEventLog } from "../images/event-log.ts";
import {
  type ImagePorts,
  runImage,
  runImagePull,
  runRegistry,
  runWatch,
  sweepRegularly,
  withImages,
} from "../images/run/index.ts";
import { loadProbot } from "../index.ts";
import type { EventHub } from "../model/events.ts";
import type { Clock, Logger } from "../model/observe.ts";
import type { Handlers, Queue } from "../model/queue.ts";
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
import { runPreview } from "../preview/run.ts";
import {
  createPromotions,
  type PromotionPorts,
  runGates,
  runPromotions,
  runStatusComment,
} from "../promote/run/index.ts";
import type { LockTiming } from "../queue/consumer.ts";
import { createQueue, type QueueBackend } from "../queue/index.ts";
import { createRegistry, type RegistryClient, readDockerConfig, withDockerCredentials } from "../registry/index.ts";
import { engineBinary } from "../render/binary.ts";
import { createRenderer } from "../render/renderer.ts";
import { type ServerSettings, secretsOf } from "../settings.ts";
import { createStateStore } from "../state/index.ts";
import { eventRoutes } from "../web/events/index.ts";
import { createWeb, type ServedWeb, serveWeb } from "../web/index.ts";
import { runCommands } from "../webhooks/commands/run.ts";
import { type MissedWatch, watchMissedDeliveries } from "../webhooks/missed.ts";
import { receiveDelivery } from "../webhooks/receive.ts";
import { HANDLED } from "../webhooks/register.ts";

/** Jobs under way get this long to end when the process is told to stop, in milliseconds. */
const graceMs = 20_000;

/** For the store to say that it takes deliveries, in milliseconds. */
const readyMs = 1_000;

/** Files of which discovery's findings are kept. */
const memoEntries = 100_000;

/** How often it is looked for repositories of which it is not known what images they ask for, in milliseconds. */
const sweepEveryMs = 30 * 60_000;

/** Milliseconds that one run of each kind may take. */
const deadlines = {
  delivery: 30_000,
  preview: 10 * 60_000,
  // A command may plan a promotion of many apps.
  command: 5 * 60_000,
  promotions: 10 * 60_000,
  gates: 5 * 60_000,
  chain: 5 * 60_000,
  registry: 60_000,
  watch: 2 * 60_000,
  image: 5 * 60_000,
  "image-pull": 2 * 60_000,
  wake: 30_000,
};

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
  /** From one look for missed deliveries to the next, in milliseconds. */
  readonly missedEveryMs?: number;
  /** Take the place of the store's queue and of the mirrors on disk. */
  readonly edges?: { readonly queue: Queue; readonly mirrors: Mirrors };
}

/** Builds every edge from the settings, hands them to the rooms and starts the roles. Rejects when a part cannot start; what was started is ended again. */
export async function startSluice(settings: ServerSettings, options: StartOptions = {}): Promise<RunningSluice> {
  const log = options.log ?? serverLogger(settings);
  const metrics = createMetrics();
  const closers: (() => Promise<unknown>)[] = [];
  const state = { stopping: false };
  const close = async (): Promise<void> => {
    state.stopping = true;
    const failures: unknown[] = [];
    for (const closer of closers.toReversed()) {
      await closer().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, "not everything ended well");
  };
  try {
    mkdirSync(settings.dataDir, { recursive: true });
    const events = openEvents(settings, options, log, metrics);
    const queue = options.edges?.queue ?? (await openQueue(settings, options, events, log, metrics));
    metrics.watchQueue(() => queue.counts());
    closers.push(() => queue.close(options.graceMs ?? graceMs));
    const github = createGitHub({ app: appOf(settings), apiUrl: settings.githubApiUrl, log, metrics, clock: Date.now });
    if (settings.role !== "web") {
      const mirrors = options.edges?.mirrors ?? openMirrors(settings, github);
      const clock = options.clock ?? Date.now;
      const worker = await openWorker(settings, { github, mirrors, queue, events, log, metrics, clock });
      closers.splice(0, 0, worker.close);
      await queue.start(worker.handlers);
    }
    const web = await openWeb(settings, queue, log, metrics, () => state.stopping);
    closers.push(() => web.close());
    if (settings.role !== "worker") {
      const missed = watchMissed(github, queue, log, options);
      closers.push(() => missed.stop());
    }
    log.info({ role: settings.role, url: web.url, store: settings.store.kind }, "sluice is up");
    return { url: web.url, close };
  } catch (error) {
    await close();
    throw error;
  }
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

function appOf({ appId: id, privateKey, webhookSecret }: ServerSettings) {
  return { id, privateKey, webhookSecret };
}

async function openQueue(
  settings: ServerSettings,
  { locks }: StartOptions,
  events: EventHub,
  log: Logger,
  metrics: PrometheusMetrics,
): Promise<Queue> {
  const backend: QueueBackend =
    settings.store.kind === "embedded"
      ? { kind: "embedded", dataDir: join(settings.dataDir, "queue") }
      : settings.store;
  const { concurrency: jobs } = settings;
  const concurrency = {
    delivery: 8,
    preview: jobs,
    command: jobs,
    promotions: jobs,
    gates: jobs,
    chain: 2,
    registry: 8,
    watch: 2,
    image: jobs,
    "image-pull": jobs,
    wake: 4,
  };
  return createQueue({ backend, concurrency, deadlines, events, log, metrics, ...(locks && { locks }) });
}

interface Worker {
  readonly handlers: Handlers;
  close(): Promise<void>;
}

interface WorkerParts {
  readonly github: GitHubEdge;
  readonly mirrors: Mirrors;
  readonly queue: Queue;
  readonly events: EventHub;
  readonly log: Logger;
  readonly metrics: PrometheusMetrics;
  readonly clock: Clock;
}

async function openWorker(settings: ServerSettings, parts: WorkerParts): Promise<Worker> {
  const { github, mirrors, queue, events, log, metrics, clock } = parts;
  const renderer = createRenderer({
    binary: engineBinary(process.env),
    cacheDir: join(settings.dataDir, "renders"),
    log,
    onRender: metrics.render,
    ...(settings.engines === undefined ? {} : { workers: settings.engines }),
  });
  const probot = await loadProbot({ app: appOf(settings), apiUrl: settings.githubApiUrl, queue });
  const memo: ScanMemo = new LRUCache<string, Scan>({ max: memoEntries });
  const ports = { github: github.for, mirrors, renderer, memo, queue, events, log, clock };
  const preview = {
    fingerprintKey: fingerprintKey(settings.privateKey),
    forks: settings.previewForks,
    webUrl: settings.githubUrl,
  };
  const registry = openRegistry(settings, log, clock);
  const change = {
    ...ports,
    state: createStateStore({ mirrors, github: github.for, random: Math.random }),
    signer: createSigner(settings.privateKey),
    webUrl: settings.githubUrl,
    registry,
    rights: settings.registries,
  };
  const promotion: PromotionPorts = { ...change, fingerprintKey: preview.fingerprintKey };
  const images: ImagePorts = {
    ...change,
    records: queue.records,
    eventLog: createEventLog(queue.records, clock),
    source: github.sourceCommits,
  };
  const promotions = withImages(createPromotions(promotion), images);
  const sweep = sweepRegularly(images, github.installedRepositories, sweepEveryMs);
  return {
    handlers: {
      delivery: (job, context) => receiveDelivery(probot, job, context.signal),
      preview: (job, context) => runPreview(job, ports, preview, context),
      command: (job, context) => runCommands(job, { github: github.for, queue, promotions, events, log }, context),
      promotions: (job, context) => runPromotions(job, promotion, context),
      gates: (job, context) => runGates(job, promotion, context),
      chain: (job, context) => runStatusComment(job, promotion, context),
      registry: (job, context) => runRegistry(job, images, context),
      watch: (job, context) => runWatch(job, images, context),
      image: (job, context) => runImage(job, images, context),
      "image-pull": (job, context) => runImagePull(job, images, context),
      wake: (job) => queue.add(job.wakes),
    },
    close: async () => {
      await sweep.stop();
      await Promise.all([mirrors.close(), renderer.close(), registry.close()]);
    },
  };
}

/** Registries, with what the server's file says of them over what `docker login` keeps. */
function openRegistry({ registries, dockerConfig }: ServerSettings, log: Logger, clock: Clock): RegistryClient {
  const kept =
    dockerConfig === undefined || !existsSync(dockerConfig)
      ? undefined
      : readDockerConfig(readFileSync(dockerConfig, "utf8"), dockerConfig);
  for (const problem of kept?.problems ?? []) log.warn({ file: dockerConfig }, problem);
  const settings = kept === undefined ? registries : withDockerCredentials(registries, kept.settings);
  return createRegistry({ settings, clock, log, random: Math.random });
}

function openMirrors(settings: ServerSettings, github: GitHubEdge): Mirrors {
  const https = settings.githubUrl.startsWith("https:");
  return createMirrors({
    root: join(settings.dataDir, "mirrors"),
    remoteUrl: ({ owner, name }) => `${settings.githubUrl}/${owner}/${name}.git`,
    token: github.token,
    protocols: https ? ["https"] : ["http", "https"],
  });
}

function openWeb(
  settings: ServerSettings,
  queue: Queue,
  log: Logger,
  metrics: PrometheusMetrics,
  stopping: () => boolean,
): Promise<ServedWeb> {
  const events = settings.role === "worker" ? undefined : new Set(Object.keys(HANDLED));
  const hooks = settings.role === "worker" ? [] : settings.hooks;
  const web = createWeb({ queue, webhookSecret: settings.webhookSecret, events, hooks, metrics, log, stopping });
  if (settings.role !== "worker") {
    const eventLog = createEventLog(queue.records, Date.now);
    const { adminToken, githubUrl: webUrl } = settings;
    const access = { adminToken, webUrl, clock: Date.now, newId: () => randomUUID() };
    web.route("/", eventRoutes({ eventLog, queue, log, ...access }));
  }
  return serveWeb(web, { host: settings.host, port: settings.port });
}

function watchMissed({ deliveries }: GitHubEdge, queue: Queue, log: Logger, options: StartOptions): MissedWatch {
  const { missedEveryMs: everyMs } = options;
  const ready = () => queue.healthy(readyMs);
  return watchMissedDeliveries({ deliveries, ready, log, clock: Date.now, ...(everyMs && { everyMs }) });
}

/** The key of secrets' fingerprints: the same on every worker of one App, and of no use for anything else. */
function fingerprintKey(privateKey: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", privateKey, "", "sluice secret fingerprints", 32));
}
