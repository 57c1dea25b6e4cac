import type { ImageConclusion, RegistryEvent } from "../../model/images.ts";
import type { EventWithConclusions, FoundEvents, TagAnswer } from "./look-up.ts";
import { timeText } from "./parts.ts";

/** One page of the log as `/events.json` gives it; docs/events.md has the shape. */
export function listJson({ events, next, answer }: FoundEvents) {
  return {
    events: events.map(eventJson),
    next: next ?? null,
    ...(answer === undefined ? {} : { answer: answerJson(answer) }),
  };
}

/** One event with its conclusions. */
export function eventJson({ event, conclusions }: EventWithConclusions) {
  return { ...timed(event), conclusions: conclusions.map(timed) };
}

function timed<T extends RegistryEvent | ImageConclusion>(value: T) {
  return { ...value, at: timeText(value.at) };
}

function answerJson({ image, tag, reported, results }: TagAnswer) {
  return {
    image,
    ...(tag === undefined ? {} : { tag }),
    reported,
    results: results.map(({ conclusion, verdict }) => ({
      ...timed(conclusion),
      ...(verdict === undefined ? {} : { verdict }),
    })),
  };
}
