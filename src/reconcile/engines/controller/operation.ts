import { createHash } from "node:crypto";
import type { Operation } from "../../../model/deploy.ts";
import type { Desired } from "../engine.ts";

/** The annotation, and the name of a piece of information, by which an operation is known again. */
export const operationKey = "sluice.dev/operation";

/** The id of the operation that brings a target to its head: the same in every run, another one for each request. */
export function operationId({ app, environment, head, request }: Desired): string {
  const about = [app, environment, head, request?.id ?? ""].join("\0");
  return createHash("sha256").update(about).digest("hex").slice(0, 20);
}

/** The operation of a target that is left to a controller. */
export function controllerOperation(desired: Desired, startedAt: number): Operation {
  const { app, environment, head, digest } = desired;
  return { id: operationId(desired), app, environment, head, digest, startedAt };
}

/** What Sluice leaves on the object that it asks to act, for the next step. Times in milliseconds. */
export interface OperationMark {
  readonly id: string;
  readonly startedAt: number;
  /** That it is live, and the commit: what happens later is no part of this deploy. */
  readonly live?: { readonly since: number; readonly head: string };
}

const shape = /^([0-9a-f]{20}) (\S{20,30})(?: live (\S{20,30}) ([0-9a-f]{40,64}))?$/;

/** `9f2c… 2026-11-30T08:00:00.000Z`, and ` live ` with a time and a commit where it is. */
export function printMark({ id, startedAt, live }: OperationMark): string {
  const end = live === undefined ? "" : ` live ${new Date(live.since).toISOString()} ${live.head}`;
  return `${id} ${new Date(startedAt).toISOString()}${end}`;
}

/** Reads it; `undefined` for a text that is none. */
export function readMark(text: string): OperationMark | undefined {
  const [, id, started = "", then = "", head] = shape.exec(text) ?? [];
  const [startedAt, since] = [Date.parse(started), Date.parse(then)];
  if (id === undefined || Number.isNaN(startedAt)) return undefined;
  return { id, startedAt, ...(head !== undefined && !Number.isNaN(since) && { live: { since, head } }) };
}
