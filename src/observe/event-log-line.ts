import type { EventListener } from "../model/events.ts";
import type { Logger } from "../model/observe.ts";
import { eventWords } from "./event-words.ts";

/**
 * Writes one `info` line for each event: the sentence as message, and the event's own fields; its kind is in `event`.
 */
export function eventLogLine(log: Logger): EventListener {
  return {
    name: "log",
    onEvent: (event) => {
      const { kind, at, ...fields } = event;
      log.info({ event: kind, happenedAt: new Date(at), ...fields }, eventWords(event));
    },
  };
}
