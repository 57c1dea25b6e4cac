import { setTimeout as sleep } from "node:timers/promises";

import type { Notification, NotificationTarget, RegistryEvent } from "./types.ts";

/** The media type of Distribution's envelope since 3.0.0; before it was `v1`, with the same fields. */
const ENVELOPE = "application/vnd.docker.distribution.events.v2+json";
const TIMEOUT_MS = 5_000;
const BACKOFF_MS = 1_000;

/** Sends events one after the other, each until it is taken, as Distribution does. */
export interface Notifier {
  readonly attempts: readonly Notification[];
  emit(event: RegistryEvent): void;
  setTarget(target: NotificationTarget | undefined): void;
  settled(): Promise<void>;
  /** What is still waiting is lost. */
  close(): Promise<void>;
}

/** Makes a notifier. Events that come while there is no target are nobody's. */
export function createNotifier(first: NotificationTarget | undefined, clock: () => Date): Notifier {
  const attempts: Notification[] = [];
  const stop = new AbortController();
  let target = first;
  let sent: Promise<void> = Promise.resolve();

  const deliver = async (event: RegistryEvent): Promise<void> => {
    while (target !== undefined && !stop.signal.aborted) {
      const status = await post(target, event, stop.signal);
      attempts.push({ event, at: clock().toISOString(), status });
      // Distribution takes a redirection for an acceptance too.
      if (status >= 200 && status < 400) return;
      await pause(target.backoffMs ?? BACKOFF_MS, stop.signal);
    }
  };

  return {
    attempts,
    emit(event) {
      if (target === undefined || target.ignoreActions?.includes(event.action)) return;
      sent = sent.then(() => deliver(event));
    },
    setTarget: (next) => {
      target = next;
    },
    settled: () => sent,
    async close() {
      stop.abort();
      await sent;
    },
  };
}

/** The status of the answer; 0 when there was none. */
async function post(target: NotificationTarget, event: RegistryEvent, stop: AbortSignal): Promise<number> {
  try {
    const answer = await fetch(target.url, {
      method: "POST",
      headers: { ...target.headers, "content-type": ENVELOPE },
      body: JSON.stringify({ events: [event] }, undefined, 3),
      redirect: "manual",
      signal: AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    // Nobody there, or no answer in time: the attempt stands in the list as one without an answer.
    return 0;
  }
}

async function pause(ms: number, stop: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal: stop });
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}
