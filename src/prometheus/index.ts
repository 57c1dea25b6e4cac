import { matchesGlob } from "node:path/posix";
import { type Dispatcher, request } from "undici";
import { z } from "zod";
import { Fault, messageOf, UserError } from "../model/errors.ts";
import type { Prometheus, PrometheusQuery, PrometheusSettings } from "../model/prometheus.ts";
import type { RepositoryName } from "../model/tree.ts";

/** How long an answer may take, in milliseconds, and how large it may be, in bytes. */
const deadlineMs = 10_000;
const maxBytes = 1024 * 1024;
/** Of what a Prometheus says about a query, in characters. */
const maxMessage = 200;

const sample = z.tuple([z.number(), z.string()]);

const answer = z.discriminatedUnion("status", [
  z.object({
    status: z.literal("success"),
    data: z.discriminatedUnion("resultType", [
      z.object({ resultType: z.literal("vector"), result: z.array(z.object({ value: sample })) }),
      z.object({ resultType: z.literal("scalar"), result: sample }),
    ]),
  }),
  z.object({ status: z.literal("error"), errorType: z.string(), error: z.string() }),
]);

/** What only tests change. */
interface Options {
  readonly deadlineMs?: number;
  readonly dispatcher?: Dispatcher;
}

/**
 * Asks the Prometheus servers of the settings. Where they are is the operator's to say, so a repository can name only
 * those; no redirect is followed, since the token would go with it.
 */
export function createPrometheus(settings: readonly PrometheusSettings[], options: Options = {}): Prometheus {
  return {
    async values(query, signal) {
      const server = settings.find(({ name }) => name === query.prometheus);
      if (server === undefined || !isGiven(server, query.repository)) throw notGiven(query);
      const { status, text } = await ask(server, query, options, signal);
      return valuesOf(server.name, status, text);
    },
  };
}

function isGiven({ repositories }: PrometheusSettings, { owner, name }: RepositoryName): boolean {
  const full = `${owner}/${name}`.toLowerCase();
  return repositories.some((pattern) => matchesGlob(full, pattern.toLowerCase()));
}

/** What the operator calls the others is not for everybody to know. */
function notGiven({ prometheus }: PrometheusQuery): UserError {
  return new UserError("permission", `there is no Prometheus ${prometheus} for this repository`, {
    fix: "Correct the name in `rollback.verify.queries`, or ask who runs Sluice to add the repository to `prometheus` in sluice.server.yaml.",
  });
}

async function ask(
  { name, url, token }: PrometheusSettings,
  { query, at }: PrometheusQuery,
  options: Options,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly text: string }> {
  const { dispatcher } = options;
  const deadline = AbortSignal.timeout(options.deadlineMs ?? deadlineMs);
  try {
    const { statusCode: status, body } = await request(`${url.replace(/\/+$/, "")}/api/v1/query`, {
      method: "POST",
      headers: {
        "user-agent": "sluice",
        "accept-encoding": "identity",
        "content-type": "application/x-www-form-urlencoded",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: new URLSearchParams({ query, time: String(at / 1000) }).toString(),
      signal: AbortSignal.any([signal, deadline]),
      ...(dispatcher === undefined ? {} : { dispatcher }),
    });
    return { status, text: await read(name, body) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof UserError) throw error;
    if (deadline.aborted) throw new Fault("timeout", `Prometheus ${name} did not answer in time`, { peer: name });
    throw new Fault("unavailable", `Prometheus ${name} could not be reached: ${messageOf(error)}`, { peer: name });
  }
}

async function read(name: string, body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    // Leaving the loop ends the connection.
    if (length > maxBytes)
      throw new UserError("limit", `Prometheus ${name} answers with more than 1 MiB`, {
        fix: "Let the query sum up, so that it gives few values.",
      });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function valuesOf(name: string, status: number, text: string): readonly number[] {
  const read = answer.safeParse(parsed(text)).data;
  if (read?.status === "success" && status === 200) {
    const samples = read.data.resultType === "scalar" ? [read.data.result] : read.data.result.map(({ value }) => value);
    return samples.map(([, value]) => numberOf(value)).filter((value) => !Number.isNaN(value));
  }
  if (read?.status === "error" && (status === 400 || status === 422))
    throw new UserError("refused", `Prometheus ${name} does not take the query: ${read.error.slice(0, maxMessage)}`, {
      fix: "Correct it in `rollback.verify.queries`.",
    });
  if (read?.status === "success" || (read === undefined && status === 200))
    throw new UserError("refused", `Prometheus ${name} gives no instant vector and no scalar`, {
      fix: "Write a query in `rollback.verify.queries` that gives one value for each series.",
    });
  throw new Fault("unavailable", `Prometheus ${name} answered with status ${status}`, { peer: name });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** As Prometheus writes them: `+Inf`, `-Inf`, `NaN`. */
function numberOf(text: string): number {
  return text === "+Inf" ? Number.POSITIVE_INFINITY : text === "-Inf" ? Number.NEGATIVE_INFINITY : Number(text);
}
