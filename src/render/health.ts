import { z } from "zod";
import { Fault } from "../model/errors.ts";
import type { Health, HealthRule } from "../model/health.ts";
import { isJsonObject, type JsonObject } from "../model/json.ts";
import type { LiveObject } from "../model/kube.ts";
import type { Outcome } from "./engine.ts";
import type { EnginePool } from "./pool.ts";

const maxBatch = 1_000;
const maxBatchLength = 8 * 1024 * 1024;
/** Processes that one call may cost. Whoever breaks more of them learns nothing of the rest of the objects. */
const maxStrikes = 20;

const verdicts = z.array(
  z.object({
    status: z.enum(["healthy", "progressing", "degraded", "suspended", "missing", "terminating", "unknown"]),
    message: z.string(),
    rule: z.enum(["kstatus", "core", "argocd", "repository"]),
    name: z.string().exactOptional(),
  }),
);

/** Judges objects on the pool's engines, many per request. See `HealthJudge`. */
export async function health(
  pool: EnginePool,
  objects: readonly LiveObject[],
  rules: readonly HealthRule[],
  signal: AbortSignal,
): Promise<readonly Health[]> {
  const judging = new Judging(pool, rules, signal);
  const batches = batchesOf(objects.map((object) => JSON.stringify(lean(object))));
  return (await Promise.all(batches.map((batch) => judging.all(batch)))).flat();
}

/** One call: its objects, as JSON texts, go through engines until each has its answer. */
class Judging {
  readonly #pool: EnginePool;
  readonly #rules: readonly HealthRule[];
  readonly #signal: AbortSignal;
  #strikes = 0;

  constructor(pool: EnginePool, rules: readonly HealthRule[], signal: AbortSignal) {
    this.#pool = pool;
    this.#rules = rules;
    this.#signal = signal;
  }

  async all(objects: readonly string[]): Promise<readonly Health[]> {
    const answers: Health[] = [];
    while (answers.length < objects.length) answers.push(...(await this.#some(objects.slice(answers.length))));
    return answers;
  }

  /** The answers of at least the first of the objects. */
  async #some(objects: readonly string[]): Promise<readonly Health[]> {
    if (this.#strikes >= maxStrikes) return objects.map(() => failed("not judged: objects before it broke the engine"));
    const body = Buffer.from(`[${objects.join(",")}]`);
    const outcome = await this.#pool.run({ type: "health", rules: this.#rules, body }, this.#signal);
    if (outcome.type !== "result") this.#strikes += 1;
    return this.#answers(outcome, objects);
  }

  async #answers(outcome: Outcome, objects: readonly string[]): Promise<readonly Health[]> {
    switch (outcome.type) {
      case "result":
        return parse(outcome.body, objects.length);
      case "error": {
        if (!outcome.partial) throw new Fault("bug", `the engine does not judge: ${outcome.message}`);
        const answers = parse(outcome.body);
        // What all of them take is not to be laid on the one that came last.
        if (outcome.limit === "wallMs" && answers.length > 0) return answers;
        return [...answers, failed(outcome.message)];
      }
      case "killed":
      case "crashed":
        // The process did not say whose doing it was: halves tell.
        if (objects.length === 1) return [failed(outcome.message)];
        return this.all(objects.slice(0, Math.ceil(objects.length / 2)));
      default:
        return outcome satisfies never;
    }
  }
}

function failed(message: string): Health {
  return { status: "unknown", message, rule: "kstatus" };
}

function parse(body: Buffer, count?: number): readonly Health[] {
  const answers = verdicts.parse(JSON.parse(body.toString("utf8")));
  if (count !== undefined && answers.length !== count) throw new Fault("bug", "the engine did not judge each object");
  return answers;
}

function batchesOf(objects: readonly string[]): string[][] {
  const batches: string[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const object of objects) {
    length += object.length;
    if (length > maxBatchLength || (batches.at(-1)?.length ?? 0) >= maxBatch) {
      batches.push([]);
      length = object.length;
    }
    batches.at(-1)?.push(object);
  }
  return batches;
}

const applied = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * The object without what no rule needs: who manages its fields, and what a Secret holds, which a rule of the
 * repository's own could tell in its message.
 */
function lean({ object }: LiveObject): JsonObject {
  const { metadata, ...rest } = object;
  const { data: _data, stringData: _stringData, ...bare } = rest;
  const isSecret = object.kind === "Secret" && object.apiVersion === "v1";
  return { ...(isSecret ? bare : rest), ...(isJsonObject(metadata) && { metadata: leanMetadata(metadata) }) };
}

function leanMetadata({ managedFields: _managedFields, annotations, ...rest }: JsonObject): JsonObject {
  if (!isJsonObject(annotations)) return rest;
  const { [applied]: _applied, ...others } = annotations;
  return { ...rest, annotations: others };
}
