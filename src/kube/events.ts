import { z } from "zod";
import type { ListQuery, LiveObject, ObjectEvent, ObjectReference } from "../model/kube.ts";

/** Which events are about an object. Those of what lives in no namespace are in `default`. */
export function eventsQuery(about: ObjectReference & { readonly uid?: string }): ListQuery {
  const fields = { kind: about.kind, name: about.name, ...(about.uid !== undefined && { uid: about.uid }) };
  const selectors = Object.entries(fields).map(([field, value]) => `involvedObject.${field}=${escaped(value)}`);
  return { apiVersion: "v1", kind: "Event", namespace: about.namespace ?? "default", fields: selectors.join(",") };
}

function escaped(value: string): string {
  return value.replace(/[\\,=]/g, "\\$&");
}

const text = z.string().nullish();
const event = z.object({
  type: text,
  reason: text,
  message: text,
  note: text,
  count: z.number().nullish(),
  eventTime: text,
  firstTimestamp: text,
  lastTimestamp: text,
  series: z.object({ count: z.number().nullish(), lastObservedTime: text }).nullish(),
});

/** The events, the latest last. What is none is left out. */
export function eventsOf(objects: readonly LiveObject[]): readonly ObjectEvent[] {
  const events = objects.flatMap(({ object }) => event.safeParse(object).data ?? []).map(parsed);
  return events.sort((a, b) => instant(a) - instant(b));
}

/** Controllers write in one of two forms: those of old count in the event, others in its series. */
function parsed(one: z.infer<typeof event>): ObjectEvent {
  const { series, lastTimestamp, eventTime, firstTimestamp } = one;
  return {
    type: one.type ?? "",
    reason: one.reason ?? "",
    message: one.message ?? one.note ?? "",
    count: series?.count ?? one.count ?? 1,
    lastSeen: series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? firstTimestamp ?? "",
  };
}

function instant({ lastSeen }: ObjectEvent): number {
  return Date.parse(lastSeen) || 0;
}
