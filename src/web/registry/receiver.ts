import type { Context } from "hono";
import { Fault, messageOf } from "../../model/errors.ts";
import type { HookSettings } from "../../model/hooks.ts";
import type { RegistryJob } from "../../model/jobs.ts";
import type { Clock, Logger, Metrics } from "../../model/observe.ts";
import type { Queue } from "../../model/queue.ts";
import type { RepeatedLine } from "../../model/repeated-lines.ts";
import { type BodyBudget, readBody } from "../body.ts";
import type { KeySource, RequestHead } from "./adapter.ts";
import { jobOf } from "./job.ts";
import { parseJson } from "./json.ts";
import { TokenBucket } from "./limits.ts";
import { type BoundHook, bindHook } from "./table.ts";

/** What the receiver needs. Sizes in bytes, times in milliseconds. */
export interface RegistryReceiverOptions {
  readonly hooks: readonly HookSettings[];
  readonly keys: KeySource;
  readonly queue: Pick<Queue, "add">;
  readonly metrics: Pick<Metrics, "webhook">;
  readonly log: Logger;
  readonly clock: Clock;
  readonly maxBodyBytes: number;
  readonly budget: BodyBudget;
  /** For senders whose proof is in the body: they must not use up the budget of verified senders. */
  readonly unverifiedBudget: BodyBudget;
  readonly storeTimeoutMs: number;
  /** Refusals per minute that get 401, at all doors together; more of them get 429. */
  readonly refusals: TokenBucket;
  readonly say: RepeatedLine;
}

/** The requests to `/registry/<hook>`. */
export interface RegistryReceiver {
  /** An event. */
  receive(context: Context): Promise<Response>;
  /** "May I send events here?", as CloudEvents senders ask with OPTIONS. */
  handshake(context: Context): Promise<Response>;
}

interface Answer {
  readonly status: 200 | 202 | 400 | 401 | 413 | 415 | 429 | 503;
  readonly body: Readonly<Record<string, string>>;
  readonly retryAfterMs?: number;
  /** The hook's name, once the sender is verified. */
  readonly hook?: string;
}

interface Place {
  readonly hook: BoundHook;
  readonly bucket: TokenBucket;
}

/** The same answer for an unknown hook and for a wrong secret, so that nobody can find out the names of hooks. */
const REFUSED = { error: "there is no such hook, or the credentials are wrong" };

/** Content types of HTML forms: no registry sends them. */
const FORMS = /^(?:application\/x-www-form-urlencoded|multipart\/)/i;

/**
 * Makes the receiver. Answers 202 for an authentic event once it is stored durably, needed or not, and 200 for noise;
 * 503 if the store does not accept the event or the sender cannot be verified now; 401 for a wrong sender; 429 above
 * the limits; 413, 415 and 400 for unreadable bodies. Parses nothing before the sender is verified, unless its secret
 * is in the body.
 */
export function createRegistryReceiver(options: RegistryReceiverOptions): RegistryReceiver {
  const { hooks, clock, metrics } = options;
  const places = new Map(
    hooks.map((settings): [string, Place] => [
      settings.name,
      { hook: bindHook(settings), bucket: new TokenBucket(settings.perMinute, clock) },
    ]),
  );
  const receiver = { ...options, places };
  return {
    async receive(context) {
      const started = performance.now();
      const answer = await decide(context, receiver);
      const event = answer.hook === undefined ? "refused" : `registry/${answer.hook}`;
      metrics.webhook(event, answer.status, (performance.now() - started) / 1000);
      return respond(context, answer);
    },
    handshake: (context) => shake(context, receiver),
  };
}

type Receiver = RegistryReceiverOptions & {
  readonly places: ReadonlyMap<string, Place>;
};

function respond(context: Context, { status, body, retryAfterMs }: Answer): Response {
  const wait = retryAfterMs === undefined ? {} : { "retry-after": String(Math.ceil(retryAfterMs / 1000)) };
  return context.json(body, status, wait);
}

async function decide(context: Context, receiver: Receiver): Promise<Answer> {
  const unreadable = refuseEarly(context, receiver);
  if (unreadable !== undefined) return unreadable;
  const name = context.req.param("hook") ?? "";
  const place = receiver.places.get(name);
  if (place === undefined) return refuse(receiver, name, "there is no hook with this name");
  const head = headOf(context);
  try {
    const verdict = await place.hook.checkHead(head, receiver.keys, new Date(receiver.clock()));
    if (!verdict.ok) return refuse(receiver, name, verdict.reason);
    const answer = await receiveFrom(context, place, head, receiver);
    return answer;
  } catch (error) {
    if (!(error instanceof Fault) || error.kind === "bug") throw error;
    receiver.say("error", { hook: name, error }, `cannot verify the sender of an event: ${messageOf(error)}`);
    // Nobody knows who it is: asking the issuer again and again is what an unverified sender could want.
    const waitMs = receiver.refusals.take();
    if (waitMs > 0) return { status: 429, body: REFUSED, retryAfterMs: waitMs };
    return { status: 503, body: { error: "cannot verify the sender now; send it again later" } };
  }
}

/** Refuses what no hook accepts. */
function refuseEarly({ req }: Context, { maxBodyBytes }: Receiver): Answer | undefined {
  if (FORMS.test(req.header("content-type") ?? "") || !/^(?:identity)?$/i.test(req.header("content-encoding") ?? "")) {
    return { status: 415, body: { error: "send application/json, not compressed" } };
  }
  return Number(req.header("content-length") ?? 0) > maxBodyBytes ? tooLarge(maxBodyBytes) : undefined;
}

function headOf({ req }: Context): RequestHead {
  return { header: (name) => req.header(name), pathSecret: req.param("secret") };
}

/**
 * Every refusal looks the same. The limit slows down guessing and keeps the log short; it never blocks authentic
 * senders.
 */
function refuse({ refusals, say }: Receiver, hook: string, reason: string): Answer {
  const waitMs = refusals.take();
  if (waitMs > 0) return { status: 429, body: REFUSED, retryAfterMs: waitMs };
  say("warn", { hook: hook.slice(0, 64) }, `an event for a registry hook was refused: ${reason}`);
  return { status: 401, body: REFUSED };
}

/** Handles a request with an authentic head; the body may still need a check. */
async function receiveFrom(context: Context, place: Place, head: RequestHead, receiver: Receiver): Promise<Answer> {
  const { hook, bucket } = place;
  const { name } = hook.settings;
  const { maxBodyBytes: maxBytes } = receiver;
  const budget = hook.checkBody === undefined ? receiver.budget : receiver.unverifiedBudget;
  // A verified sender meets its own limit before its body costs anything.
  const early = hook.checkBody === undefined ? limited(bucket, name) : undefined;
  if (early !== undefined) return early;
  const body = await readBody(context.req.raw.body, { maxBytes, budget });
  switch (body.kind) {
    case "too-large":
      return hook.checkBody === undefined
        ? { ...tooLarge(maxBytes), hook: name }
        : refuse(receiver, name, "it is too large");
    case "overloaded":
      return { status: 503, body: { error: "too many events at once; send it again later" } };
    case "broken":
      return { status: 400, body: { error: "the body ended early" } };
    case "read":
      break;
    default:
      return body satisfies never;
  }
  if (hook.checkBody !== undefined) {
    const verdict = hook.checkBody(body.bytes, head);
    if (!verdict.ok) return refuse(receiver, name, verdict.reason);
    const late = limited(bucket, name);
    if (late !== undefined) return late;
  }
  return { ...(await take(body.bytes, head, hook, receiver)), hook: name };
}

function limited(bucket: TokenBucket, hook: string): Answer | undefined {
  const retryAfterMs = bucket.take();
  if (retryAfterMs === 0) return undefined;
  return { status: 429, body: { error: "too many events in a minute" }, retryAfterMs, hook };
}

/** Parses an authentic body and stores its event. */
async function take(bytes: Buffer, head: RequestHead, hook: BoundHook, receiver: Receiver): Promise<Answer> {
  const json = parseJson(bytes.toString("utf8"));
  if (json === undefined) return { status: 400, body: { error: "the body is not JSON" } };
  const reading = hook.read(json, head);
  switch (reading.kind) {
    case "malformed":
      return { status: 400, body: { error: reading.reason } };
    case "noise":
      return { status: 200, body: { ignored: reading.reason } };
    case "answer":
      return { status: 200, body: reading.body };
    case "pushed":
    case "ignored":
      break;
    default:
      return reading satisfies never;
  }
  const job = jobOf(reading, hook.settings, { at: receiver.clock(), bytes });
  try {
    await receiver.queue.add(job, { timeoutMs: receiver.storeTimeoutMs });
  } catch (error) {
    receiver.say(
      "error",
      { hook: job.hook, id: job.id, error },
      `a registry's event was not stored: ${messageOf(error)}`,
    );
    return { status: 503, body: { error: "the event could not be stored; send it again later" } };
  }
  return { status: 202, body: answerTo(job) };
}

function tooLarge(maxBytes: number): Answer {
  return { status: 413, body: { error: `the body is larger than ${maxBytes} bytes` } };
}

/**
 * CloudEvents' "HTTP 1.1 Web Hooks", §4: the receiver says who may send to it. The hook's secret has to be in the
 * request.
 */
async function shake(context: Context, receiver: Receiver): Promise<Response> {
  const name = context.req.param("hook") ?? "";
  const hook = receiver.places.get(name)?.hook;
  const origin = context.req.header("webhook-request-origin") ?? "";
  const verdict =
    hook?.handshake === true
      ? await hook.checkHead(headOf(context), receiver.keys, new Date(receiver.clock()))
      : undefined;
  if (verdict?.ok !== true || !/^[0-9A-Za-z.-]{1,253}$/.test(origin)) {
    return respond(context, refuse(receiver, name, "a question whether events may be sent was not authentic"));
  }
  return context.body(null, 200, { "webhook-allowed-origin": origin, "webhook-allowed-rate": "*", allow: "POST" });
}

/** If only a part was ignored, the answer says both. */
function answerTo({ id, pushes, ignored }: RegistryJob): Readonly<Record<string, string>> {
  if (ignored === undefined) return { accepted: id };
  return pushes.length === 0 ? { ignored } : { accepted: id, ignored };
}
