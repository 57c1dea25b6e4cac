import { z } from "zod";
import type {
  DeployFailure,
  KeptObject,
  ObjectProblem,
  Operation,
  Readiness,
  UndoneField,
} from "../../../model/deploy.ts";
import type { JsonObject } from "../../../model/json.ts";
import type { ObjectReference } from "../../../model/kube.ts";
import { maxProblems, toldProblem } from "./problems.ts";

const objectReference: z.ZodType<ObjectReference> = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  namespace: z.string().optional(),
});

const problem: z.ZodType<ObjectProblem> = z.object({
  object: objectReference,
  reason: z.string(),
  message: z.string(),
  fix: z.string().exactOptional(),
  lastLines: z.array(z.string()).exactOptional(),
});

const failure: z.ZodType<DeployFailure> = z.object({
  kind: z.enum(["render", "refused", "invalid", "hook", "health", "timeout", "controller"]),
  summary: z.string(),
  problems: z.array(problem),
  events: z.array(z.object({ at: z.number(), object: objectReference, message: z.string() })),
  applied: z.boolean(),
});

const readiness: z.ZodType<Readiness> = z.object({ ready: z.number(), wanted: z.number() });

const operation: z.ZodType<Operation> = z.object({
  id: z.string(),
  app: z.string(),
  environment: z.string(),
  head: z.string(),
  digest: z.string(),
  startedAt: z.number(),
});

const hookRun = z.object({
  reference: objectReference,
  uid: z.string(),
  /** When it is given up. */
  deadline: z.number(),
  deletion: z.array(z.enum(["before-creation", "succeeded", "failed"])).readonly(),
  result: z.enum(["running", "succeeded", "failed"]),
  /** Whether it did not end in time, and may still run. */
  late: z.boolean().exactOptional(),
  message: z.string().exactOptional(),
});

/** A hook that an operation has started. */
export type HookRun = z.infer<typeof hookRun>;

const kept: z.ZodType<KeptObject> = z.object({ object: objectReference, reason: z.string() });

const result = z.discriminatedUnion("state", [
  z.object({ state: z.literal("live"), at: z.number() }),
  z.object({ state: z.literal("failed"), at: z.number() }),
  z.object({ state: z.literal("superseded"), at: z.number(), by: z.string() }),
]);

const document = z.object({
  version: z.literal(1),
  /** `owner/name`. */
  repository: z.string(),
  operation,
  /** The newest request of a person that this operation answers. */
  request: z.string().exactOptional(),
  /** What Sluice has undone by itself, by field: what is changed back again and again is left to people. */
  undone: z
    .array(z.object({ id: z.string(), at: z.array(z.number()).readonly() }))
    .readonly()
    .exactOptional(),
  /** Whether hooks run: not where the same render was live before and only drift is undone. */
  withHooks: z.boolean(),
  /** Whether a person has seen how much is deleted. */
  confirmed: z.boolean(),
  /** What is done next; absent: the operation has a result. */
  task: z.string().exactOptional(),
  /** When that was begun. */
  taskSince: z.number(),
  /** How many objects are created, changed or deleted. */
  changes: z.number(),
  /** The keys of what is to be applied; absent: everything. */
  pending: z.array(z.string()).readonly().exactOptional(),
  /** The keys of objects whose change their kind forbids, with the uid of those to delete. */
  replaced: z.record(z.string(), z.string()),
  hooks: z.record(z.string(), hookRun),
  /** Since when everything is healthy, or has failed and nothing is under way. */
  settled: z.object({ state: z.enum(["healthy", "degraded"]), since: z.number() }).exactOptional(),
  readiness: readiness.exactOptional(),
  /** What is not healthy yet. */
  problems: z.array(problem).readonly(),
  kept: z.array(kept).readonly(),
  /** Whether something was deleted. */
  deleted: z.boolean(),
  /** Why it fails. It has no result until what runs on failure has run. */
  failure: failure.exactOptional(),
  /** The task that failed. */
  failedTask: z.string().exactOptional(),
  result: result.exactOptional(),
});

/** Where an operation is: kept beside the inventory, so that whoever comes next goes on from there. */
export type OperationDocument = z.infer<typeof document>;

/** Reads a document. One that a later version of Sluice wrote, or nobody, is none: then the operation begins again. */
export function parseDocument(value: unknown): OperationDocument | undefined {
  return document.safeParse(value).data;
}

/** A document as it is kept: what objects say of themselves must not make it larger than one can be. */
export function storedDocument(kept: OperationDocument): JsonObject {
  const problems = kept.problems.slice(0, maxProblems).map(toldProblem);
  const stored: JsonObject = JSON.parse(JSON.stringify({ ...kept, problems }));
  return stored;
}

/** What an operation is begun with. */
export interface Begin {
  readonly repository: string;
  readonly request: string | undefined;
  readonly undone?: readonly UndoneField[] | undefined;
  readonly withHooks: boolean;
  readonly confirmed: boolean;
}

/** The document of an operation that is about to begin. */
export function newDocument(
  begun: Operation,
  { repository, request, undone = [], withHooks, confirmed }: Begin,
): OperationDocument {
  return {
    version: 1,
    repository,
    operation: begun,
    ...(request !== undefined && { request }),
    ...(undone.length > 0 && { undone }),
    withHooks,
    confirmed,
    taskSince: begun.startedAt,
    changes: 0,
    replaced: {},
    hooks: {},
    problems: [],
    kept: [],
    deleted: false,
  };
}
