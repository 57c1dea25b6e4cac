import { LRUCache } from "lru-cache";
import type { EventHandler, EventHub, EventListener, EventOf, HandledEvent, SluiceEvent } from "../model/events.ts";
import type { Logger } from "../model/observe.ts";
import { cleanWithin, redactText } from "./redact.ts";

/** What events are announced with. */
export interface EventParts {
  readonly listeners: readonly EventListener[];
  readonly log: Logger;
  /** Counts a listener that failed, by its name. */
  readonly failed: (listener: string) => void;
  /** Secrets that the process knows: masked wherever they stand in an event. */
  readonly redact?: readonly string[];
}

/** How many ids are remembered for each listener. */
const keptIds = 20_000;
/** Characters of one text: more than a comment on GitHub has. */
const maxText = 100_000;

/** The hub of one process: tells each event once to each listener, without what looks like a secret in it. */
export function createEvents({ listeners, log, failed, redact }: EventParts): EventHub {
  const receivers = listeners.map((listener) => ({ listener, received: new LRUCache<string, true>({ max: keptIds }) }));
  const handlers: ((event: HandledEvent, signal: AbortSignal) => Promise<void>)[] = [];
  const tell = (event: SluiceEvent): void => {
    const waiting = receivers.filter(({ received }) => !received.has(event.id));
    if (waiting.length === 0) return;
    const clean = withoutSecrets(event, redact);
    for (const { listener, received } of waiting) {
      received.set(event.id, true);
      hearing(listener, clean).catch((error: unknown) => {
        // It gets the event when the job runs again.
        received.delete(event.id);
        failed(listener.name);
        log.error({ error, listener: listener.name, event: clean.kind, id: clean.id }, "a listener of events failed");
      });
    }
  };
  return {
    announce: tell,
    dispatch: async (event, signal) => {
      tell(event);
      for (const handle of handlers) await handle(event, signal);
    },
    on: <K extends HandledEvent["kind"]>(kind: K, handler: EventHandler<K>) => {
      handlers.push(async (event, signal) => {
        if (isOf(event, kind)) await handler(event, signal);
      });
    },
  };
}

/** Calls it at once; what it throws is a rejection. */
async function hearing(listener: EventListener, event: SluiceEvent): Promise<void> {
  await listener.onEvent(event);
}

function isOf<K extends HandledEvent["kind"]>(event: SluiceEvent, kind: K): event is EventOf<K> {
  return event.kind === kind;
}

function withoutSecrets(event: SluiceEvent, secrets: readonly string[] | undefined): SluiceEvent {
  const copy = structuredClone(event);
  maskTexts(copy, (text) => cleanWithin(text, maxText, (part) => redactText(part, secrets)));
  return copy;
}

/** Masks every text in a value, at any depth, in place. */
function maskTexts(value: object, clean: (text: string) => string): void {
  for (const [key, item] of Object.entries(value)) {
    if (typeof item === "string") Reflect.set(value, key, clean(item));
    else if (typeof item === "object" && item !== null) maskTexts(item, clean);
  }
}
