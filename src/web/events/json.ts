import type { ImageConclusion, RegistryDelivery } from "../../model/images.ts";
import type { Followed, FoundDeliveries, Standings } from "./look-up.ts";
import { timeText } from "./parts.ts";

/** One page of the log as `/deliveries.json` gives it; docs/events.md has the shape. */
export function listJson({ deliveries, next, standings }: FoundDeliveries) {
  return {
    deliveries: deliveries.map(followedJson),
    next: next ?? null,
    ...(standings === undefined ? {} : { answer: answerJson(standings) }),
  };
}

/** One event with what came of it. */
export function followedJson({ delivery, conclusions }: Followed) {
  return { ...deliveryJson(delivery), conclusions: conclusions.map(conclusionJson) };
}

function deliveryJson({ at, ...delivery }: RegistryDelivery) {
  return { ...delivery, at: timeText(at) };
}

function conclusionJson({ at, ...conclusion }: ImageConclusion) {
  return { ...conclusion, at: timeText(at) };
}

function answerJson({ image, tag, told, standings }: Standings) {
  return {
    image,
    ...(tag === undefined ? {} : { tag }),
    told,
    standings: standings.map(({ conclusion, verdict }) => ({
      ...conclusionJson(conclusion),
      ...(verdict === undefined ? {} : { verdict }),
    })),
  };
}
