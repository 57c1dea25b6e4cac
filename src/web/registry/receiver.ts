import type { Context } from "hono";
import { Fault, messageOf } from "../../model/errors.ts";
import type { HookSettings } from "../../model/hooks.ts";
import type { RegistryJob } from "../../model/jobs.ts";
import type { Clock, Logger, Metrics } from "../../model/observe.ts";
import type { Queue } from "../../model/queue.ts";
import { type BodyBudget, readBody } from "../body.ts";
import type { KeySource, RequestHead } from "./adapter.ts";
import { jobOf } from "./job.ts";
import { parseJson } from "./json.ts";
import { TokenBucket } from "./limits.ts";
import { type BoundHook, bindHook } from "./table.ts";

/** What the receivers need. Sizes in bytes, times in milliseconds. */
export interface RegistryDoorOptions {
  readonly hooks: readonly HookSettings[];
  readonly keys: KeySource;
  readonly queue: Pick<Queue, "add">;
  readonly metrics: Pick<Metrics, "delivery">;
  readonly log: Logger;
  readonly clock: Clock;
  readonly maxBodyBytes: number;
  readonly budget: BodyBudget;
  /** For bodies of senders who are known only by what is in the body: they must not use up the place of those who are known already. */
  readonly strangersBudget: BodyBudget;
  readonly storeTimeoutMs: number;
  /** Refusals that are told and logged as such in a minute; further ones are 429. */
  readonly refusalsPerMinute: number;
}

/** The two things that are asked of `/registry/<hook>`. */
export interface RegistryDoor {
  /** An event. */
  receive(context: Context): Promise<Response>;
  /** "May I send events here?", as CloudEvents senders ask with OPTIONS. */
  handshake(context: Context): Promise<Response>;
}

interface Answer {
  readonly status: 200 | 202 | 400 | 401 | 413 | 415 | 429 | 503;
  readonly body: Readonly<Record<string, string>>;
  readonly retryAfterMs?: number;
  /** Whose it was, once that is proven. */
  readonly hook?: string;
}

interface Place {
  readonly hook: BoundHook;
  readonly bucket: TokenBucket;
}

/** The same for a hook that does not exist and for one that is not convinced, so that nobody learns the names of hooks. */
const REFUSED = { error: "there is no such hook, or it does not know you" };

/** Browsers' forms and what is packed: no registry sends them. */
const FORMS = /^(?:application\/x-www-form-urlencoded|multipart\/)/i;

/**
 * Makes the receivers. An authentic event is answered 202 once it is stored durably, needed or not, and 200 where it is mere noise; 503 when the store does not take it or nobody can tell whether it is
 * authentic; 401 when it is not; 429 above the limits; 413, 415 and 400 for what cannot be read. Nothing is parsed before the sender is known, unless its secret is inside.
 */
export function createRegistryDoor(options: RegistryDoorOptions): RegistryDoor {
  const { hooks, clock, metrics } = options;
  const places = new Map(
    hooks.map((settings): [string, Place] => [
      settings.name,
      { hook: bindHook(settings), bucket: new TokenBucket(settings.perMinute, clock) },
    ]),
  );
  const refusals = new TokenBucket(options.refusalsPerMinute, clock);
  const door = { ...options, places, refusals };
  return {
    async receive(context) {
      const started = performance.now();
      const answer = await decide(context, door);
      const event = answer.hook === undefined ? "refused" : `registry/${answer.hook}`;
      metrics.delivery(event, answer.status, (performance.now() - started) / 1000);
      return respond(context, answer);
    },
    handshake: (context) => shake(context, door),
  };
}

type Door = RegistryDoorOptions & {
  readonly places: ReadonlyMap<string, Place>;
  readonly refusals: TokenBucket;
};

function respond(context: Context, { status, body, retryAfterMs }: Answer): Response {
  const wait = retryAfterMs === undefined ? {} : { "retry-after": String(Math.ceil(retryAfterMs / 1000)) };
  return context.json(body, status, wait);
}

async function decide(context: Context, door: Door): Promise<Answer> {
  const unreadable = refuseEarly(context, door);
  if (unreadable !== undefined) return unreadable;
  const name = context.req.param("hook") ?? "";
  const place = door.places.get(name);
  if (place === undefined) return refuse(door, name, "there is no hook of this name");
  const head = headOf(context);
  try {
    const verdict = await place.hook.checkHead(head, door.keys, new Date(door.clock()));
    if (!verdict.ok) return refuse(door, name, verdict.reason);
    const answer = await receiveFrom(context, place, head, door);
    return answer;
  } catch (error) {
    if (!(error instanceof Fault) || error.kind === "bug") throw error;
    door.log.error({ hook: name, error }, `cannot tell whether an event is authentic: ${messageOf(error)}`);
    return { status: 503, body: { error: "cannot tell now whether this is authentic; send it again later" } };
  }
}

/** What is refused whoever sends it, and without a look at the hooks. */
function refuseEarly({ req }: Context, { maxBodyBytes }: Door): Answer | undefined {
  if (FORMS.test(req.header("content-type") ?? "") || !/^(?:identity)?$/i.test(req.header("content-encoding") ?? "")) {
    return { status: 415, body: { error: "send JSON, as application/json and not packed" } };
  }
  return Number(req.header("content-length") ?? 0) > maxBodyBytes ? tooLarge(maxBodyBytes) : undefined;
}

function headOf({ req }: Context): RequestHead {
  return { header: (name) => req.header(name), pathSecret: req.param("secret") };
}

/** Every refusal looks the same. The limit slows down those who guess and spares the log; it never keeps out who is authentic. */
function refuse({ refusals, log }: Door, hook: string, reason: string): Answer {
  const waitMs = refusals.take();
  if (waitMs > 0) return { status: 429, body: REFUSED, retryAfterMs: waitMs };
  log.warn({ hook: hook.slice(0, 64) }, `an event for a registry hook was refused: ${reason}`);
  return { status: 401, body: REFUSED };
}

/** From here on the head is authentic; the body may still have to prove itself. */
async function receiveFrom(context: Context, place: Place, head: RequestHead, door: Door): Promise<Answer> {
  const { hook, bucket } = place;
  const { name } = hook.settings;
  const { maxBodyBytes: maxBytes } = door;
  const budget = hook.checkBody === undefined ? door.budget : door.strangersBudget;
  // Who has proven itself is held to its own limit before its body costs anything.
  const early = hook.checkBody === undefined ? limited(bucket, name) : undefined;
  if (early !== undefined) return early;
  const body = await readBody(context.req.raw.body, { maxBytes, budget });
  switch (body.kind) {
    case "too-large":
      return hook.checkBody === undefined
        ? { ...tooLarge(maxBytes), hook: name }
        : refuse(door, name, "it is too large");
    case "overloaded":
      return { status: 503, body: { error: "too many events at once; send it again later" } };
    case "broken":
      return { status: 400, body: { error: "the body ended before its time" } };
    case "read":
      break;
    default:
      return body satisfies never;
  }
  if (hook.checkBody !== undefined) {
    const verdict = hook.checkBody(body.bytes, head);
    if (!verdict.ok) return refuse(door, name, verdict.reason);
    const late = limited(bucket, name);
    if (late !== undefined) return late;
  }
  return { ...(await take(body.bytes, head, hook, door)), hook: name };
}

function limited(bucket: TokenBucket, hook: string): Answer | undefined {
  const retryAfterMs = bucket.take();
  if (retryAfterMs === 0) return undefined;
  return { status: 429, body: { error: "too many events in a minute" }, retryAfterMs, hook };
}

/** Reads an authentic body and stores what it says. */
async function take(bytes: Buffer, head: RequestHead, hook: BoundHook, door: Door): Promise<Answer> {
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
  const job = jobOf(reading, hook.settings, { at: door.clock(), bytes });
  try {
    await door.queue.add(job, { timeoutMs: door.storeTimeoutMs });
  } catch (error) {
    door.log.error({ hook: job.hook, id: job.id, error }, `a registry's event was not stored: ${messageOf(error)}`);
    return { status: 503, body: { error: "the event could not be stored; send it again later" } };
  }
  return { status: 202, body: answerTo(job) };
}

function tooLarge(maxBytes: number): Answer {
  return { status: 413, body: { error: `the body is larger than ${maxBytes} bytes` } };
}

/** CloudEvents' "HTTP 1.1 Web Hooks", §4: the receiver says who may send to it. The hook's secret has to be in the request. */
async function shake(context: Context, door: Door): Promise<Response> {
  const name = context.req.param("hook") ?? "";
  const hook = door.places.get(name)?.hook;
  const origin = context.req.header("webhook-request-origin") ?? "";
  const verdict =
    hook?.handshake === true ? await hook.checkHead(headOf(context), door.keys, new Date(door.clock())) : undefined;
  if (verdict?.ok !== true || !/^[0-9A-Za-z.-]{1,253}$/.test(origin)) {
    return respond(context, refuse(door, name, "a question whether events may be sent was not authentic"));
  }
  return context.body(null, 200, { "webhook-allowed-origin": origin, "webhook-allowed-rate": "*", allow: "POST" });
}

/** Where only a part was not needed, both are said. */
function answerTo({ id, pushes, ignored }: RegistryJob): Readonly<Record<string, string>> {
  if (ignored === undefined) return { accepted: id };
  return pushes.length === 0 ? { ignored } : { accepted: id, ignored };
}
