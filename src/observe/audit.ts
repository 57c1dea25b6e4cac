import type { EventListener, SluiceEvent } from "../model/events.ts";
import { eventWords } from "./event-words.ts";
import { logFields } from "./log-value.ts";

/** Where audit lines go. */
export interface AuditDestination {
  write(line: string): unknown;
}

/**
 * Writes one JSON line for each decision: events that name an actor. `audit` is the event's kind, `time` when it was
 * decided, `message` the sentence; then come the event's fields, with actor and reason. It depends on no log level.
 */
export function audit(destination: AuditDestination): EventListener {
  return {
    name: "audit",
    onEvent: (event) => {
      if ("actor" in event) destination.write(`${JSON.stringify(auditLine(event))}\n`);
    },
  };
}

function auditLine(event: SluiceEvent): object {
  const { kind, at, ...fields } = event;
  const about = { audit: kind, time: new Date(at).toISOString(), message: eventWords(event) };
  // Secrets are masked in every event before it gets here; this bounds depth and length.
  return { ...about, ...logFields(fields, (text) => text) };
}
