import { z } from "zod";
import type { JsonObject } from "../../../model/json.ts";
import type { ObjectReference } from "../../../model/kube.ts";
import { referenceOf } from "../../manifests/read.ts";
import { requestedAtAnnotation } from "./request.ts";

/** One condition of an object's status. */
export interface Condition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** The generation that it is about; `undefined`: it does not say. */
  readonly generation: number | undefined;
  /** Since when, in milliseconds since the epoch. */
  readonly since: number | undefined;
}

/** What all objects of Flux have. A field that is missing or of another type is as if it were empty. */
export interface FluxObject {
  readonly reference: ObjectReference;
  readonly resourceVersion: string;
  readonly generation: number;
  /** -1 until the controller has looked at a new object. */
  readonly observedGeneration: number;
  readonly suspended: boolean;
  readonly annotations: Readonly<Record<string, string>>;
  /** What was asked last, and what of that was taken up last. */
  readonly requestedAt: string;
  readonly handledAt: string;
  readonly conditions: ReadonlyMap<string, Condition>;
}

/** What of a status Sluice reads may be missing or of another type: it is then as if it were empty. */
export const text = z.string().catch("");
export const texts = z.record(z.string(), text).catch({});
const number = z.number().catch(0);
export const flag = z.boolean().catch(false);
export const time = z
  .string()
  .transform((value) => Date.parse(value))
  .pipe(z.number())
  .optional()
  .catch(undefined);
export const optionalText = z.string().min(1).optional().catch(undefined);

const condition = z.object({
  type: z.string(),
  status: text,
  reason: text,
  message: text,
  observedGeneration: z.number().optional().catch(undefined),
  lastTransitionTime: time,
});

/** The members of a list that are what is expected; of anything else none. */
export function listOf<T>(member: z.ZodType<T>) {
  return z
    .array(z.unknown())
    .catch([])
    .transform((all) => all.flatMap((one) => member.safeParse(one).data ?? []));
}

const common = z.object({
  metadata: z.object({
    resourceVersion: text,
    generation: number,
    annotations: texts,
  }),
  spec: z.object({ suspend: flag }).catch({ suspend: false }),
  status: z
    .object({ observedGeneration: number, lastHandledReconcileAt: text, conditions: listOf(condition) })
    .catch({ observedGeneration: 0, lastHandledReconcileAt: "", conditions: [] }),
});

/** Reads what all kinds of Flux have. */
export function readFluxObject(object: JsonObject): FluxObject {
  const { metadata, spec, status } = common.parse(object);
  return {
    reference: referenceOf(object),
    resourceVersion: metadata.resourceVersion,
    generation: metadata.generation,
    observedGeneration: status.observedGeneration,
    suspended: spec.suspend,
    annotations: metadata.annotations,
    requestedAt: metadata.annotations[requestedAtAnnotation] ?? "",
    handledAt: status.lastHandledReconcileAt,
    conditions: new Map(
      status.conditions.map(({ type, observedGeneration, lastTransitionTime, ...rest }) => [
        type,
        { ...rest, generation: observedGeneration, since: lastTransitionTime },
      ]),
    ),
  };
}
