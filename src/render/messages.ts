import { z } from "zod";
import { Fault } from "../model/errors.ts";
import { parseTrace } from "./trace-codec.ts";
import { unpinnedSchema } from "./unpinned.ts";

const trace = z.unknown().transform(parseTrace);
const place = { file: z.string().min(1).optional(), line: z.int().positive().optional() };
const warning = z.object({ message: z.string(), ...place }).transform(compact);
const hello = z.object({
  type: z.literal("hello"),
  protocol: z.literal(1),
  version: z.string().min(1),
  libraries: z.object({ kustomize: z.string(), helm: z.string(), go: z.string() }),
  lockdown: z.object({
    landlock: z.string(),
    seccomp: z.boolean(),
    environment: z.boolean(),
    httpTransport: z.boolean(),
    path: z.boolean(),
    limits: z.boolean(),
  }),
});
const need = z.object({ type: z.literal("need"), oids: z.array(z.string().regex(/^[0-9a-f]{40,64}$/)) });
const result = z.object({
  type: z.literal("result"),
  id: z.number(),
  trace,
  warnings: z.array(warning),
  unpinned: z.array(unpinnedSchema),
});
const error = z.object({
  type: z.literal("error"),
  id: z.number(),
  kind: z.enum(["input", "refused", "limit", "internal"]),
  message: z.string(),
  ...place,
  limit: z.string().optional(),
  fatal: z.boolean().default(false),
  partial: z.boolean().default(false),
  trace,
  unpinned: z.array(unpinnedSchema).default([]),
});
const message = z.discriminatedUnion("type", [hello, need, result, error]);

/** A message of the engine; see `engine/PROTOCOL.md`. */
export type EngineMessage = z.infer<typeof message>;

/** What an engine says of itself at its start. */
export type EngineHello = z.infer<typeof hello>;

/** Checks a header that the engine sent. Throws a `bug` Fault when it is none of the protocol's. */
export function parseMessage(header: unknown): EngineMessage {
  const parsed = message.safeParse(header);
  if (parsed.success) return parsed.data;
  throw new Fault(
    "bug",
    `the engine sent a message that is not understood: ${z.prettifyError(parsed.error).slice(0, 500)}`,
  );
}

type Compact<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The object without its undefined fields, which is what optional fields of our types mean. */
function compact<T extends object>(value: T): Compact<T>;
function compact(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
}
