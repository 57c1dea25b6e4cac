import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openLauncher } from "../git/launcher.ts";
import { createMirrors } from "../git/mirrors.ts";
import type { GitHubEdge } from "../github/index.ts";
import type { Clusters } from "../model/deploy.ts";
import type { EventHub } from "../model/events.ts";
import type { Clock, Logger } from "../model/observe.ts";
import type { Prometheus } from "../model/prometheus.ts";
import type { Queue } from "../model/queue.ts";
import type { RegistrySettings } from "../model/registry.ts";
import type { Sources } from "../model/sources.ts";
import type { StateStore } from "../model/state.ts";
import type { Mirrors, ObjectReader } from "../model/tree.ts";
import type { PrometheusMetrics } from "../observe/index.ts";
import { createPrometheus } from "../prometheus/index.ts";
import {
  createRegistry,
  type RegistryClient,
  type RegistryOptions,
  readDockerConfig,
  withDockerCredentials,
} from "../registry/index.ts";
import { engineBinary } from "../render/binary.ts";
import { createRenderer, type EngineRenderer } from "../render/renderer.ts";
import type { ServerSettings } from "../settings.ts";
import { remoteRenderer } from "../sources/index.ts";
import { createStateStore } from "../state/index.ts";
import { type DeployTimes, openClusters } from "./clusters.ts";
import { type OpenSources, openSources } from "./sources.ts";

/** What both roles of a server have. */
export interface ServerParts {
  readonly github: GitHubEdge;
  readonly queue: Queue;
  readonly events: EventHub;
  readonly log: Logger;
  readonly metrics: PrometheusMetrics;
  /** The clock of the rooms: gates, holds and histories. */
  readonly clock: Clock;
  /** How long a registry may take to answer, in milliseconds, where that is not the usual time. */
  readonly answerMs: number | undefined;
  /** The same of the store. */
  readonly storeMs: number | undefined;
  /** The times of deploys, where they are not the usual ones. */
  readonly deploys: DeployTimes | undefined;
}

/** The edges that a worker's rooms act through. */
export interface WorkerEdges {
  readonly mirrors: Mirrors;
  readonly renderer: EngineRenderer;
  /** Closed with the renderer. */
  readonly sources: Sources;
  readonly registry: RegistryClient;
  readonly state: StateStore;
  readonly clusters: Clusters;
  readonly prometheus: Prometheus;
  close(): Promise<void>;
}

/** Opens a worker's edges. `mirrors` are those on disk when absent. */
export function openEdges(
  settings: ServerSettings,
  { github, log, metrics, clock, answerMs, deploys: times }: ServerParts,
  mirrors: Mirrors = openMirrors(settings, github, log),
): WorkerEdges {
  const launcher = openLauncher();
  const { sources, store } = openServerSources(settings, { log, clock, start: launcher.start });
  const renderer = remoteRenderer(openRenderer(settings, log, metrics, store.objects), sources);
  const registry = openRegistry(settings, {
    log,
    clock,
    random: Math.random,
    ...(answerMs !== undefined && { deadlineMs: answerMs }),
  });
  const state = createStateStore({ mirrors, github: github.for, random: Math.random });
  const clusters = openClusters(settings.clusters, { clock, random: Math.random, times });
  const close = async () => {
    await Promise.all([mirrors.close(), renderer.close(), registry.close(), clusters.close()]);
    launcher.close();
  };
  const prometheus = createPrometheus(settings.prometheus);
  return { mirrors, renderer, sources, registry, state, clusters, prometheus, close };
}

function openMirrors(settings: ServerSettings, github: GitHubEdge, log: Logger): Mirrors {
  const https = settings.githubUrl.startsWith("https:");
  const launcher = openLauncher();
  const mirrors = createMirrors({
    start: launcher.start,
    root: join(settings.dataDir, "mirrors"),
    remoteUrl: ({ owner, name }) => `${settings.githubUrl}/${owner}/${name}.git`,
    token: github.token,
    log,
    protocols: https ? ["https"] : ["http", "https"],
  });
  return { ...mirrors, close: () => mirrors.close().finally(launcher.close) };
}

function openServerSources(
  { sources: settings, dataDir, registries, dockerConfig }: ServerSettings,
  parts: Pick<OpenSources, "log" | "clock" | "start">,
): ReturnType<typeof openSources> {
  const all = withDocker(registries, dockerConfig, parts.log);
  return openSources({ ...parts, root: join(dataDir, "sources"), settings, registries: all });
}

function openRenderer(
  { dataDir, engines }: ServerSettings,
  log: Logger,
  metrics: PrometheusMetrics,
  sources: ObjectReader,
): EngineRenderer {
  return createRenderer({
    binary: engineBinary(process.env),
    cacheDir: join(dataDir, "renders"),
    sources,
    log,
    onRender: metrics.render,
    ...(engines === undefined ? {} : { workers: engines }),
  });
}

/** The registries' client. What the server's file says wins over the credentials of `docker login`. */
function openRegistry(
  { registries, dockerConfig }: ServerSettings,
  options: Omit<RegistryOptions, "settings">,
): RegistryClient {
  return createRegistry({ ...options, settings: withDocker(registries, dockerConfig, options.log) });
}

function withDocker(
  registries: readonly RegistrySettings[],
  dockerConfig: string | undefined,
  log: Logger,
): readonly RegistrySettings[] {
  if (dockerConfig === undefined || !existsSync(dockerConfig)) return registries;
  const docker = readDockerConfig(readFileSync(dockerConfig, "utf8"), dockerConfig);
  for (const problem of docker.problems) log.warn({ file: dockerConfig }, problem);
  return withDockerCredentials(registries, docker.settings);
}
