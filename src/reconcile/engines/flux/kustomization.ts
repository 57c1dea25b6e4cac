import { z } from "zod";
import type { JsonObject } from "../../../model/json.ts";
import { type InventoryEntry, parseEntry } from "./inventory.ts";
import { type FluxObject, flag, listOf, optionalText, readFluxObject, text, texts } from "./objects.ts";

/** A reference to another object; `namespace` absent: the same. */
export interface SourceReference {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** A Kustomization. */
export interface Kustomization extends FluxObject {
  readonly path: string;
  readonly source: SourceReference;
  /** Whether the controller waits for the health of what it applies before it says Ready. */
  readonly checksHealth: boolean;
  /** Revisions as the source writes them. */
  readonly applied: string;
  readonly appliedOrigin: string;
  readonly attempted: string;
  /** Empty where it deploys to another cluster. */
  readonly inventory: readonly InventoryEntry[];
  /** Attempts, the latest first. */
  readonly history: readonly Attempt[];
}

/** An attempt to apply, as the controller remembers it. Versions before Flux 2.7 do not. */
export interface Attempt {
  readonly status: string;
  readonly revision: string;
}

/** How an object names its source. */
export const sourceReference = z
  .object({ kind: text, name: text, namespace: optionalText })
  .catch({ kind: "", name: "" });
const entry = z.object({ id: z.string(), v: z.string() });
/** What a controller applied. */
export const inventory = z.object({ entries: listOf(entry) }).catch({ entries: [] });
const attempt = z.object({ lastReconciledStatus: text, metadata: texts });
const kustomization = z.object({
  spec: z
    .object({
      path: text,
      sourceRef: sourceReference,
      wait: flag,
      healthChecks: z.array(z.unknown()).catch([]),
      kubeConfig: z.unknown().optional(),
    })
    .catch({ path: "", sourceRef: { kind: "", name: "" }, wait: false, healthChecks: [] }),
  status: z
    .object({
      lastAppliedRevision: text,
      lastAppliedOriginRevision: text,
      lastAttemptedRevision: text,
      inventory,
      history: listOf(attempt),
    })
    .catch({
      lastAppliedRevision: "",
      lastAppliedOriginRevision: "",
      lastAttemptedRevision: "",
      inventory: { entries: [] },
      history: [],
    }),
});

/** Reads a Kustomization. */
export function readKustomization(object: JsonObject): Kustomization {
  const { spec, status } = kustomization.parse({ spec: {}, status: {}, ...object });
  return {
    ...readFluxObject(object),
    path: spec.path,
    source: spec.sourceRef,
    checksHealth: spec.wait || spec.healthChecks.length > 0,
    applied: status.lastAppliedRevision,
    appliedOrigin: status.lastAppliedOriginRevision,
    attempted: status.lastAttemptedRevision,
    inventory: spec.kubeConfig === undefined ? toEntries(status.inventory) : [],
    history: status.history.map(({ lastReconciledStatus, metadata }) => ({
      status: lastReconciledStatus,
      revision: metadata.revision ?? "",
    })),
  };
}

/** The objects of an inventory. */
export function toEntries({ entries }: z.infer<typeof inventory>): readonly InventoryEntry[] {
  return entries.flatMap(({ id, v }) => parseEntry(id, v) ?? []);
}
