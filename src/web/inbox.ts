import type { Context } from "hono";
import { messageOf } from "../model/errors.ts";
import type { Metrics } from "../model/observe.ts";
import type { Queue } from "../model/queue.ts";
import type { RepeatedLine } from "../model/repeated-lines.ts";
import { type BodyBudget, isSignature, readSigned } from "./body.ts";
import type { TokenBucket } from "./registry/limits.ts";

/** What the inbox needs. */
export interface InboxOptions {
  readonly queue: Pick<Queue, "add">;
  readonly webhookSecret: string;
  readonly metrics: Pick<Metrics, "webhook">;
  readonly say: RepeatedLine;
  /** Wrong senders per minute that are told so; more of them get 429. */
  readonly refusals: TokenBucket;
  readonly events: ReadonlySet<string>;
  readonly maxBodyBytes: number;
  readonly storeTimeoutMs: number;
  /** Up to this announced length a body is read within the budget of small ones. */
  readonly smallBodyBytes: number;
  readonly budgets: { readonly small: BodyBudget; readonly large: BodyBudget };
}

interface Answer {
  readonly status: 200 | 202 | 400 | 401 | 413 | 415 | 429 | 503;
  readonly body: Readonly<Record<string, string>>;
}

const eventPattern = /^[a-z][a-z_]{0,63}$/;
const deliveryPattern = /^[0-9A-Za-z-]{1,64}$/;

/**
 * Answers a GitHub webhook: 202 once the delivery is stored durably (now or earlier), 503 if it is not, so that GitHub
 * records a failure. 401 without a valid signature, 429 above the limit for those; 413, 415 and 400 for what GitHub
 * never sends. Does not parse the body.
 */
export async function receive(context: Context, options: InboxOptions): Promise<Response> {
  const started = performance.now();
  const event = context.req.header("x-github-event") ?? "";
  const answer = await decide(context, event, options);
  // Only verified names may become labels: anybody could invent new ones.
  const verified = answer.status < 300 || (answer.status === 503 && options.events.has(event));
  options.metrics.webhook(verified ? event : "refused", answer.status, (performance.now() - started) / 1000);
  return context.json(answer.body, answer.status);
}

async function decide(context: Context, event: string, options: InboxOptions): Promise<Answer> {
  const refused = refuseEarly(context, event, options);
  if (refused !== undefined) return refused;
  const id = context.req.header("x-github-delivery") ?? "";
  const signature = context.req.header("x-hub-signature-256") ?? "";
  const { webhookSecret: secret, maxBodyBytes: maxBytes } = options;
  const budget = isSmall(context, options) ? options.budgets.small : options.budgets.large;
  const body = await readSigned(context.req.raw.body, { secret, signature, maxBytes, budget });
  switch (body.kind) {
    case "too-large":
      return tooLarge(maxBytes);
    case "overloaded":
      return { status: 503, body: { error: "too many large deliveries at once" } };
    case "broken":
      return { status: 400, body: { error: "the body ended early" } };
    case "bad-signature":
      options.say(
        "warn",
        { delivery: id, event },
        "a delivery has a wrong signature: is WEBHOOK_SECRET the webhook secret of the App?",
      );
      return {
        status: options.refusals.take() > 0 ? 429 : 401,
        body: { error: "the signature does not match the body" },
      };
    case "verified":
      return take(id, event, body.bytes, options);
    default:
      return body satisfies never;
  }
}

/** Whether the body says that it is small. GitHub always says how long its bodies are. */
function isSmall({ req }: Context, { smallBodyBytes }: InboxOptions): boolean {
  const length = req.header("content-length");
  return length !== undefined && Number(length) <= smallBodyBytes;
}

/** Refuses what it can before reading the body. */
function refuseEarly(context: Context, event: string, options: InboxOptions): Answer | undefined {
  const { req } = context;
  if (!/^application\/json\b/i.test(req.header("content-type") ?? "")) {
    return { status: 415, body: { error: "send application/json: set it as the webhook's content type" } };
  }
  if (!eventPattern.test(event)) return { status: 400, body: { error: "X-GitHub-Event is missing or malformed" } };
  if (!deliveryPattern.test(req.header("x-github-delivery") ?? "")) {
    return { status: 400, body: { error: "X-GitHub-Delivery is missing or malformed" } };
  }
  if (!isSignature(req.header("x-hub-signature-256"))) {
    return { status: 401, body: { error: "X-Hub-Signature-256 is missing or malformed" } };
  }
  if (Number(req.header("content-length") ?? 0) > options.maxBodyBytes) return tooLarge(options.maxBodyBytes);
  return undefined;
}

async function take(id: string, event: string, bytes: Buffer, options: InboxOptions): Promise<Answer> {
  if (event === "ping") return { status: 200, body: { pong: id } };
  if (!options.events.has(event)) return { status: 202, body: { ignored: id } };
  try {
    const payload = bytes.toString("utf8");
    await options.queue.add({ type: "delivery", id, event, payload }, { timeoutMs: options.storeTimeoutMs });
    return { status: 202, body: { accepted: id } };
  } catch (error) {
    options.say("error", { delivery: id, event, error }, `a delivery was not stored: ${messageOf(error)}`);
    return { status: 503, body: { error: "the delivery could not be stored; deliver it again later" } };
  }
}

function tooLarge(maxBytes: number): Answer {
  return { status: 413, body: { error: `the body is larger than ${maxBytes} bytes` } };
}
