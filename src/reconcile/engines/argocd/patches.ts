import type { Json, JsonObject } from "../../../model/json.ts";
import { type OperationMark, operationKey, printMark } from "../controller/operation.ts";
import type { Application } from "./application.ts";
import type { Action } from "./decide.ts";
import type { OwnSources } from "./sources.ts";

/** What a patch is made of. */
export interface PatchParts {
  readonly mark: OperationMark;
  readonly own: OwnSources;
  readonly prune: boolean;
  readonly now: number;
}

/**
 * The patch that does it, for an Application that nobody wrote since it was read: Argo CD would take a second sync and
 * forget it.
 */
export function patchOf(action: Action, application: Application, parts: PatchParts): JsonObject {
  switch (action) {
    case "begin":
      return patch(application, { ...markOf(parts.mark), ...refresh(parts) }, {});
    case "refresh":
      return patch(application, refresh(parts), {});
    case "sync":
      return patch(application, markOf(parts.mark), syncOf(application, parts));
    case "terminate":
      return patch(application, {}, { status: { operationState: { phase: "Terminating" } } });
    default:
      return action satisfies never;
  }
}

/** The patch that leaves a mark and starts nothing. */
export function markPatch(application: Application, mark: OperationMark): JsonObject {
  return patch(application, markOf(mark), {});
}

function patch({ metadata }: Application, annotations: JsonObject, rest: JsonObject): JsonObject {
  const { resourceVersion, uid } = metadata;
  return { metadata: { resourceVersion, uid, annotations }, ...rest };
}

function markOf(mark: OperationMark): JsonObject {
  return { [operationKey]: printMark(mark) };
}

/** With the moment, so that a request that comes while Argo CD looks is not lost. */
function refresh({ own, now }: PatchParts): JsonObject {
  const at = new Date(now).toISOString();
  const asked = (what: string) => ({
    [`argocd.argoproj.io/${what}`]: "normal",
    [`argocd.argoproj.io/${what}-timestamp`]: at,
  });
  return { ...asked("refresh"), ...(own.hydrated && asked("hydrate")) };
}

/**
 * A sync of what was compared. It carries what the Application says of syncs: Argo CD adds none of it. The state of the
 * sync before goes, so that nobody takes it for this one's.
 */
function syncOf({ spec, status }: Application, { mark, own, prune }: PatchParts): JsonObject {
  const { syncOptions, retry } = spec.syncPolicy;
  const { revision, revisions } = status.sync;
  const sync: Record<string, Json> = { prune, ...(own.several ? { revisions } : { revision }) };
  if (syncOptions.length > 0) sync.syncOptions = syncOptions;
  return {
    operation: {
      initiatedBy: { username: "sluice" },
      info: [{ name: operationKey, value: mark.id }],
      ...(retry !== undefined && { retry }),
      sync,
    },
    status: { operationState: null },
  };
}
