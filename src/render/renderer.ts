import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Fault, UserError } from "../model/errors.ts";
import type { HealthJudge } from "../model/health.ts";
import type { MissingInput } from "../model/mount.ts";
import type { Logger, Metrics } from "../model/observe.ts";
import type { Render, Renderer, RenderFailure, RenderSource, Resource, Trace } from "../model/render.ts";
import { leastSecret, secretInputs } from "../model/secret-inputs.ts";
import type { RenderSpec } from "../model/target.ts";
import type { ObjectReader } from "../model/tree.ts";
import { RenderCache } from "./cache.ts";
import { type CachedRender, cachedRender, type Remarks, sha256 } from "./cached-render.ts";
import type { Outcome } from "./engine.ts";
import { health } from "./health.ts";
import { defaultLimits, passingLimits, type RenderLimits } from "./limits.ts";
import type { EngineHello } from "./messages.ts";
import { mountTrees, traceOfRepository } from "./mounts.ts";
import { ParsedRenders } from "./parsed-renders.ts";
import { EnginePool } from "./pool.ts";
import { withhold, withoutSecretValues } from "./secret-values.ts";
import { Flights } from "./single-flight.ts";
import { specKey } from "./spec-key.ts";
import { RenderStore } from "./store.ts";

/** What a renderer is made with. */
export interface RendererOptions {
  /** The path of the engine; see `engineBinary`. */
  readonly binary: string;
  /** How many engine processes there are at most; by default one per core. */
  readonly workers?: number;
  /** The folder of traces and results; without it they are kept in memory only. */
  readonly cacheDir?: string;
  /** How much that folder may hold; by default 512 MiB. */
  readonly cacheBytes?: number;
  readonly limits?: Partial<RenderLimits>;
  readonly log?: Logger;
  readonly now?: () => number;
  /** Reads what is in the mounts of specs. */
  readonly sources?: ObjectReader;
  /** Called for each render: whether an engine ran or a cached result was found, and the seconds it took. */
  readonly onRender?: Metrics["render"];
}

/** A renderer whose engines also judge live objects, and tell what they are, for `doctor`. */
export interface EngineRenderer extends Renderer, HealthJudge {
  /** Starts an engine if none runs. An `unavailable` Fault when that fails. */
  hello(): Promise<EngineHello>;
  /** Starts one only where this very engine was never asked what it is made of: without that no result is found. */
  prepare(): Promise<void>;
}

interface Finished {
  readonly cached: CachedRender;
  readonly body: Uint8Array | undefined;
  readonly source: "engine" | "cache";
}

/**
 * A renderer with a pool of engines and a cache of what they gave. Sharing across repositories is safe: a trace matches
 * only a tree that already contains the same objects.
 */
export function createRenderer(options: RendererOptions): EngineRenderer {
  const { log, now = Date.now, cacheBytes: capacityBytes = 512 * 1024 * 1024, cacheDir: directory } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const pool = new EnginePool({ binary: options.binary, limits, log }, options.workers ?? availableParallelism());
  const store = directory === undefined ? undefined : new RenderStore({ directory, capacityBytes, log, now });
  const cache = new RenderCache(store, now);
  const flights = new Flights<Finished>();
  const parsed = new ParsedRenders();
  let build: Promise<string> | undefined;

  const buildOfEngine = async (): Promise<string> => {
    build ??= knownBuild(options.binary, store, () => pool.hello());
    try {
      return await build;
    } catch (error) {
      build = undefined;
      throw error;
    }
  };

  const keyOf = async (spec: RenderSpec): Promise<string> => specKey(await buildOfEngine(), limits, spec);

  /** Asks an engine about the tree with the mounts in it. The trace is one of the repository. */
  const ask = async (
    spec: RenderSpec,
    source: RenderSource,
    output: "json" | "yaml",
    signal: AbortSignal,
  ): Promise<Outcome> => {
    const { mounts = [] } = spec;
    const mounted = await mountTrees(source, mounts, options.sources);
    if ("failure" in mounted) return failed(mounted.failure, mounted.trace);
    const outcome = await withoutSecrets(
      await pool.run({ type: "render", spec, ...mounted, output }, signal),
      mounted.objects,
      spec,
    );
    if (mounts.length === 0 || (outcome.type !== "result" && outcome.type !== "error")) return outcome;
    return { ...outcome, trace: traceOfRepository(outcome.trace, source.tree.oid) };
  };

  const run = async (key: string, spec: RenderSpec, source: RenderSource, signal: AbortSignal): Promise<Finished> => {
    const cached = await cache.find(key, source.tree);
    if (cached !== undefined && !hasBody(cached)) return { cached, body: undefined, source: "cache" };
    const body = cached === undefined ? undefined : cache.body(cached);
    if (cached !== undefined && body !== undefined) return { cached, body, source: "cache" };
    const outcome = await ask(spec, source, "json", signal);
    const finished = finish(outcome);
    if (isLasting(outcome)) cache.add(key, finished.cached, finished.body);
    return finished;
  };

  return {
    hello: () => pool.hello(),
    prepare: async () => void (await buildOfEngine()),
    async known(spec, source) {
      if (lacking(spec) !== undefined) return undefined;
      const cached = await cache.find(await keyOf(spec), source.tree);
      return cached === undefined || !hasBody(cached) ? undefined : cached.trace;
    },
    async render(spec, source, signal) {
      const refused = lacking(spec);
      if (refused !== undefined) return renderOf(finish(refused), parsed);
      const key = await keyOf(spec);
      const flight = `${key}/${source.tree.oid}`;
      const started = now();
      const finished = await flights.join(flight, signal, (shared) => run(key, spec, source, shared));
      const render = renderOf(finished, parsed);
      options.onRender?.(spec.kind, finished.source, render.ok, (now() - started) / 1000);
      return render;
    },
    async fresh(spec, source, signal) {
      const started = now();
      const outcome = lacking(spec) ?? (await ask(spec, source, "json", signal));
      const render = renderOf(finish(outcome), parsed);
      options.onRender?.(spec.kind, "engine", render.ok, (now() - started) / 1000);
      return render;
    },
    async yaml(spec, source, signal) {
      const outcome = lacking(spec) ?? (await ask(spec, source, "yaml", signal));
      if (outcome.type === "result") return outcome.body.toString("utf8");
      throw failureError(failureOf(outcome));
    },
    health: (objects, rules, signal) => health(pool, objects, rules, signal),
    async close() {
      await pool.close();
      cache.close();
    },
  };
}

/** The build of an engine; it is started only where the store does not know. */
async function knownBuild(
  binary: string,
  store: RenderStore | undefined,
  hello: () => Promise<EngineHello>,
): Promise<string> {
  const { size, mtimeMs } = statSync(binary, { throwIfNoEntry: false }) ?? {};
  const file = JSON.stringify([binary, size ?? null, mtimeMs ?? null]);
  const known = size === undefined ? undefined : store?.engine(file);
  if (known !== undefined) return known;
  const found = buildOf(await hello(), binary);
  store?.addEngine(file, found);
  return found;
}

/** What decides the output besides the input. A build without a hash of its source is told apart by its file. */
function buildOf({ version }: EngineHello, binary: string): string {
  if (version !== "dev") return version;
  const { size, mtimeMs } = statSync(binary);
  return `${version}/${size}/${mtimeMs}`;
}

/** The failure of a render without what nobody has; no engine can do more. */
function lacking({ missing = [] }: RenderSpec): Outcome | undefined {
  const [first] = missing;
  if (first === undefined) return undefined;
  const { reference, reason, file, line } = first;
  const place = { ...(file !== undefined && { file }), ...(line !== undefined && { line }) };
  const failure: RenderFailure = { kind: "refused", message: `it needs ${reference}: ${reason}`, ...place };
  return failed(failure, [], missing);
}

/** A failure as an engine would tell it. */
function failed(failure: RenderFailure, trace: Trace, missing: readonly MissingInput[] = []): Outcome {
  const body = Buffer.alloc(0);
  return { ...failure, type: "error", id: 0, fatal: false, partial: false, trace, unpinned: [...missing], body };
}

function finish(outcome: Outcome): Finished {
  if (outcome.type === "result") {
    const { trace, warnings, unpinned, body } = outcome;
    return { cached: cachedRender(trace, { warnings, unpinned }, sha256(body)), body, source: "engine" };
  }
  const failure = failureOf(outcome);
  if (outcome.type === "error" && outcome.partial) {
    const { trace, unpinned, body } = outcome;
    const remarks: Remarks = { warnings: [], unpinned, failure, partial: true };
    return { cached: cachedRender(trace, remarks, sha256(body)), body, source: "engine" };
  }
  const [trace, unpinned] = outcome.type === "error" ? [outcome.trace, outcome.unpinned] : [[], []];
  const remarks: Remarks = { warnings: [], unpinned, failure };
  return { cached: cachedRender(trace, remarks, sha256(JSON.stringify(failure))), body: undefined, source: "engine" };
}

/** Values of Secrets go before anybody sees the message: the log, the cache, a job. */
async function withoutSecrets(outcome: Outcome, objects: ObjectReader, spec: RenderSpec): Promise<Outcome> {
  if (outcome.type !== "error") return outcome;
  const message = await withoutSecretValues(outcome.message, outcome.trace, objects);
  return {
    ...outcome,
    message: withhold(message, new Set(secretInputs([spec]).filter(({ length }) => length >= leastSecret))),
  };
}

function failureOf(outcome: Exclude<Outcome, { type: "result" }>): RenderFailure {
  switch (outcome.type) {
    case "error": {
      const { kind, message, file, line } = outcome;
      return { kind, message, ...(file !== undefined && { file }), ...(line !== undefined && { line }) };
    }
    case "killed":
      return { kind: "limit", message: `${outcome.message} (limit ${outcome.limit})` };
    case "crashed":
      return { kind: "internal", message: outcome.message };
    default:
      return outcome satisfies never;
  }
}

/** Whether the same input gives the same outcome again. */
function isLasting(outcome: Outcome): boolean {
  if (outcome.type === "result") return true;
  if (outcome.type !== "error" || outcome.fatal || outcome.kind === "internal") return false;
  return outcome.kind !== "limit" || (outcome.limit !== undefined && !passingLimits.has(outcome.limit));
}

function renderOf({ cached, body }: Finished, parsed: ParsedRenders): Render {
  const { trace, digest, remarks } = cached;
  const { warnings, unpinned, failure, partial } = remarks;
  const content = body === undefined ? { resources: (): readonly Resource[] => [] } : parsed.hold(digest, body);
  if (failure === undefined) return { ok: true, digest, trace, warnings, unpinned, ...content };
  const rest = partial === undefined ? {} : { partial: { digest, ...content } };
  return { ok: false, digest, trace, failure, unpinned, ...rest };
}

/** Whether the render gave resources: a failed one did only when it is partial. */
function hasBody({ remarks }: CachedRender): boolean {
  return remarks.failure === undefined || remarks.partial === true;
}

function failureError({ kind, message, file, line }: RenderFailure): Error {
  if (kind === "internal") return new Fault("bug", message);
  const place = file === undefined ? undefined : { file, ...(line !== undefined && { line }) };
  return new UserError(kind, message, place === undefined ? {} : { place });
}
