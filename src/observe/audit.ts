import type { EventListener, SluiceEvent } from "../model/events.ts";
import { eventWords } from "./event-words.ts";
import { logFields } from "./log-value.ts";

/** Of one line. */
const maxBytes = 1 << 20;

/** Where audit lines go. */
export interface AuditDestination {
  write(line: string): unknown;
}

/**
 * Writes one JSON line for each decision: events that name an actor. `audit` is the event's kind, `time` when it was
 * decided, `message` the sentence; then come the event's fields, with actor and reason. It depends on no log level. A
 * line is whole; one of more than a mebibyte is bounded as a log line is, and says so in `cut`.
 */
export function audit(destination: AuditDestination): EventListener {
  return {
    name: "audit",
    onEvent: (event) => {
      if ("actor" in event) destination.write(`${auditLine(event)}\n`);
    },
  };
}

function auditLine(event: SluiceEvent): string {
  const { kind, at, ...fields } = event;
  const about = { audit: kind, time: new Date(at).toISOString(), message: eventWords(event) };
  // Secrets are masked in every event before it gets here.
  const line = JSON.stringify({ ...about, ...fields });
  const bytes = Buffer.byteLength(line);
  if (bytes <= maxBytes) return line;
  const cut = `lists and texts are cut, since all of it has ${bytes} bytes and ${maxBytes} is the limit`;
  return JSON.stringify({ ...about, cut, ...logFields(fields, (text) => text) });
}
