import { hkdfSync, randomUUID } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { ChangePorts } from "../change/ports.ts";
import { createSigner } from "../change/signature.ts";
import type { Scan, ScanMemo } from "../discovery/index.ts";
import { createEventLog } from "../images/event-log.ts";
import { type ImagePorts, sweepWatches } from "../images/run/index.ts";
import { loadProbot } from "../index.ts";
import type { Handlers } from "../model/queue.ts";
import type { Mirrors } from "../model/tree.ts";
import { KeptPreviews } from "../preview/inputs/kept-previews.ts";
import type { PromotionPorts } from "../promote/run/index.ts";
import { type ReconcilePorts, sweepDeploys } from "../reconcile/run/index.ts";
import type { ServerSettings } from "../settings.ts";
import { replanningRenderer } from "../targets/replanning-renderer.ts";
import { openEdges, type ServerParts, type WorkerEdges } from "./edges.ts";
import { handlersOf, listenToEvents, type Rooms } from "./handlers.ts";
import { assertLockdown } from "./lockdown.ts";
import { type Sweep, sweepRegularly } from "./sweeps.ts";

/** Files whose discovery results are kept. */
const memoEntries = 100_000;

/** How often it is looked for repositories whose images are not known, in milliseconds. */
const watchesEveryMs = 30 * 60_000;

/** How often it is looked at what is deployed, in milliseconds. */
const deploysEveryMs = 4 * 60_000;

/** What carries out jobs. */
export interface Worker {
  readonly handlers: Handlers;
  close(): Promise<void>;
}

/** Opens a worker's edges and hands them to the rooms. `mirrors` take the place of those on disk. */
export async function openWorker(settings: ServerSettings, parts: ServerParts, mirrors?: Mirrors): Promise<Worker> {
  const edges = openEdges(settings, parts, mirrors);
  const show = parts.metrics.lockdown;
  const { renderer } = edges;
  await assertLockdown({ renderer, allowed: settings.allowUnlockedEngine, log: parts.log, show }).catch(
    async (error: unknown) => {
      await edges.close();
      throw error;
    },
  );
  const rooms = await openRooms(settings, parts, edges);
  listenToEvents(parts.events, rooms);
  const sweep = sweepRegularly(sweepsOf(rooms, parts), parts.log);
  const close = async () => {
    await sweep.stop();
    await edges.close();
  };
  return { handlers: handlersOf(rooms), close };
}

function sweepsOf({ images, reconcile }: Rooms, { github }: ServerParts): readonly Sweep[] {
  const { installedRepositories: installed } = github;
  return [
    {
      everyMs: watchesEveryMs,
      purpose: "learning which images are asked for",
      run: (signal) => sweepWatches(images, installed, signal),
    },
    {
      everyMs: deploysEveryMs,
      purpose: "looking at what is deployed",
      run: (signal) => sweepDeploys(reconcile, installed, signal),
    },
  ];
}

async function openRooms(settings: ServerSettings, parts: ServerParts, edges: WorkerEdges): Promise<Rooms> {
  const { github, queue, clock } = parts;
  const change = changePorts(settings, parts, edges);
  const fingerprints = fingerprintKey(settings.privateKey);
  const { registry, prometheus } = edges;
  const promotion: PromotionPorts = {
    ...change,
    registry,
    rights: settings.registries,
    fingerprintKey: fingerprints,
    records: queue.records,
    prometheus,
  };
  const images: ImagePorts = {
    ...change,
    registry,
    rights: settings.registries,
    records: queue.records,
    eventLog: createEventLog(queue.records, clock),
    source: github.sourceCommits,
  };
  const reconcile: ReconcilePorts = {
    ...change,
    records: queue.records,
    clusters: edges.clusters,
    health: edges.renderer,
    fingerprintKey: fingerprints,
    process: `sluice-${randomUUID()}`,
    newId: randomUUID,
    limits: parts.deploys?.limits,
  };
  const { previewForks: forks, githubUrl: webUrl, docsUrl } = settings;
  const preview = { fingerprintKey: fingerprints, forks, webUrl, ...(docsUrl === undefined ? {} : { docsUrl }) };
  return {
    probot: await loadProbot({ app: appOf(settings), apiUrl: settings.githubApiUrl, queue }),
    preview: { ...change, settings: preview },
    promotion,
    images,
    reconcile,
    queue,
    currentName: github.currentName,
  };
}

function changePorts(settings: ServerSettings, parts: ServerParts, edges: WorkerEdges): ChangePorts {
  const { github, queue, events, log, clock } = parts;
  const { mirrors, state, sources } = edges;
  const renderer = replanningRenderer(edges.renderer);
  const memo: ScanMemo = new LRUCache<string, Scan>({ max: memoEntries });
  const ports = {
    github: github.for,
    mirrors,
    renderer,
    sources,
    state,
    queue,
    events,
    log,
    clock,
    memo,
    kept: new KeptPreviews(),
  };
  const { githubUrl: webUrl, docsUrl } = settings;
  const addresses = { webUrl, ...(docsUrl === undefined ? {} : { docsUrl }) };
  return { ...ports, ...addresses, signer: createSigner(settings.privateKey) };
}

/** The App's registration. */
export function appOf({ appId: id, privateKey, webhookSecret }: ServerSettings) {
  return { id, privateKey, webhookSecret };
}

/** The key of secrets' fingerprints: the same on every worker of one App, and of no use for anything else. */
function fingerprintKey(privateKey: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", privateKey, "", "sluice secret fingerprints", 32));
}
