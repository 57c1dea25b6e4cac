import { z } from "zod";
import type { JsonObject } from "../../../model/json.ts";
import { operationKey } from "../controller/operation.ts";

/*
 * An Application as the engine reads it. Nothing of it is trusted to be there or to be of the right kind: what is not
 * counts as absent, so that no status of whatever version of Argo CD ends a step.
 */

const text = z.string().catch("");
const flag = z.boolean().catch(false);
const time = z
  .string()
  .transform((value) => Date.parse(value))
  .pipe(z.number())
  .optional()
  .catch(undefined);
const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(z.unknown())
    .catch([])
    .transform((items) => items.slice(0, maxItems).flatMap((one) => item.safeParse(one).data ?? []));
const part = <T extends z.ZodRawShape>(shape: T) => z.object(shape).catch(() => z.object(shape).parse({}));
/** So much of a list is read. */
const maxItems = 20_000;

const source = z.object({
  repoURL: text,
  path: text,
  chart: text,
  ref: text,
  targetRevision: text,
  helm: z.unknown().optional(),
  plugin: z.unknown().optional(),
  kustomize: part({ components: z.unknown().optional() }),
  directory: part({ jsonnet: z.unknown().optional() }),
});
const resource = z.object({
  group: text,
  version: text,
  kind: text,
  namespace: text,
  name: text,
  status: text,
  message: text,
  hookType: text,
  hookPhase: text,
  requiresPruning: flag,
  hook: flag,
  health: part({ status: text, message: text }),
});
const operation = part({
  info: listOf(z.object({ name: text, value: text })),
  initiatedBy: part({ username: text, automated: flag }),
  sync: part({ revision: text, revisions: listOf(z.string()) }),
});
const hydration = part({ phase: text, message: text, drySHA: text, hydratedSHA: text });

const schema = z.object({
  metadata: part({
    uid: text,
    resourceVersion: text,
    deletionTimestamp: text,
    annotations: z.record(z.string(), z.unknown()).catch({}),
  }),
  operation: operation.nullish().catch(undefined),
  spec: part({
    source: source.optional().catch(undefined),
    sources: listOf(source),
    sourceHydrator: z
      .object({ drySource: source.catch(() => source.parse({})) })
      .optional()
      .catch(undefined),
    destination: part({ server: text, name: text }),
    syncPolicy: part({
      automated: z
        .object({ enabled: z.boolean().catch(true), prune: flag })
        .optional()
        .catch(undefined),
      syncOptions: listOf(z.string()),
      retry: z.record(z.string(), z.json()).optional().catch(undefined),
    }),
  }),
  status: part({
    sync: part({
      status: text,
      revision: text,
      revisions: listOf(z.string()),
      comparedTo: z
        .object({ source: source.optional().catch(undefined), sources: listOf(source) })
        .optional()
        .catch(undefined),
    }),
    health: part({ status: text, message: text, lastTransitionTime: time }),
    reconciledAt: time,
    conditions: listOf(z.object({ type: text, message: text })),
    resources: listOf(resource),
    operationState: z
      .object({
        phase: text,
        message: text,
        startedAt: time,
        finishedAt: time,
        operation,
        syncResult: part({ revision: text, revisions: listOf(z.string()), resources: listOf(resource) }),
      })
      .optional()
      .catch(undefined),
    sourceHydrator: part({
      lastComparedDryRevision: text,
      lastSuccessfulOperation: hydration,
      currentOperation: hydration,
    }),
  }),
});

/** What the engine reads of an Application. */
export type Application = z.output<typeof schema>;
/** One of its sources. */
export type ApplicationSource = z.output<typeof source>;
/** A resource as the status has it, or as the result of a sync has it. */
export type ApplicationResource = z.output<typeof resource>;

/** Reads an Application; what is missing or of another form is empty. */
export function readApplication(object: JsonObject): Application {
  return schema.parse(object);
}

/** The annotation; `""` where there is none. */
export function annotationOf({ metadata: { annotations } }: Application, name: string): string {
  const value = Object.hasOwn(annotations, name) ? annotations[name] : undefined;
  return typeof value === "string" ? value : "";
}

/** The id that Sluice gave an operation; `""` for those of others. */
export function idOfOperation({ info }: Pick<z.output<typeof operation>, "info">): string {
  return info.find(({ name }) => name === operationKey)?.value ?? "";
}

/** Whether Argo CD syncs it by itself. */
export function isAutomated({ spec }: Application): boolean {
  return spec.syncPolicy.automated?.enabled === true;
}

/** Whether a sync is asked for or runs. */
export function isSyncing({ operation: asked, status: { operationState } }: Application): boolean {
  return (asked ?? undefined) !== undefined || ["Running", "Terminating"].includes(operationState?.phase ?? "");
}
