import type { Probot } from "probot";
import { Fault, messageOf } from "../model/errors.ts";
import type { DeliveryJob } from "../model/jobs.ts";
import { HANDLED } from "./register.ts";

type WebhookEvent = Parameters<Probot["receive"]>[0];

/** How long the handlers of one delivery may take together, in milliseconds: they only translate and enqueue. */
const DEADLINE_MS = 30_000;

/**
 * Feeds a delivery from the inbox to the Probot app. Events that Sluice does not act on are done at once. What a
 * handler threw is thrown as it was; handlers that do not end in time, or before `signal` aborts, are a `timeout`
 * Fault.
 */
export async function receiveDelivery(probot: Probot, job: DeliveryJob, signal?: AbortSignal): Promise<void> {
  const event = { id: job.id, name: job.event, payload: parseJson(job) };
  if (!isHandled(event)) return;
  const stop = AbortSignal.any([AbortSignal.timeout(DEADLINE_MS), ...(signal ? [signal] : [])]);
  const stopped = Promise.withResolvers<never>();
  const onStop = () =>
    stopped.reject(
      new Fault("timeout", `the handlers of ${job.event} did not end in time`, { fields: { delivery: job.id } }),
    );
  if (stop.aborted) onStop();
  stop.addEventListener("abort", onStop, { once: true });
  try {
    await Promise.race([probot.receive(event), stopped.promise]);
  } catch (error) {
    throw original(error);
  } finally {
    stop.removeEventListener("abort", onStop);
  }
}

function parseJson(job: DeliveryJob): unknown {
  try {
    return JSON.parse(job.payload);
  } catch (error) {
    throw new Fault("bug", `the payload of delivery ${job.id} is not JSON: ${messageOf(error)}`, {
      fields: { event: job.event },
    });
  }
}

/** Each handler parses what it needs of the payload, so that its name decides. */
function isHandled(event: {
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
}): event is WebhookEvent {
  return Object.hasOwn(HANDLED, event.name) && typeof event.payload === "object" && event.payload !== null;
}

/**
 * Probot collects errors in an `AggregateError` and hangs the whole event on each: neither belongs to a log line or
 * decides a retry.
 */
function original(error: unknown): unknown {
  const first: unknown = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
  if (first instanceof Error) Reflect.deleteProperty(first, "event");
  return first;
}
