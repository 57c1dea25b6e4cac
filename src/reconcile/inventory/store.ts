import { canonicalJson, type JsonObject } from "../../model/json.ts";
import type { Cluster, ObjectReference } from "../../model/kube.ts";
import { setId } from "./apply-set.ts";
import { encodeMembers, type Member, sorted } from "./members.ts";
import { type Inventory, type InventoryContent, type Parent, parentObject, readParent, versionOf } from "./parent.ts";

/** Where the inventory of one target is kept. */
export interface InventoryPlace {
  /** As Sluice itself, not as the account that applies. */
  readonly cluster: Cluster;
  /** Which the operator gave to Sluice, and no repository may touch. */
  readonly namespace: string;
  /** See `keeperName`. */
  readonly name: string;
  /** What it is for, for people who look at the cluster. */
  readonly about: string;
  /** Who writes: another one for each process that may write at the same time. */
  readonly writer: string;
}

/** What is to change; what is left out stays as it is. */
export interface InventoryChange {
  readonly members?: readonly Member[];
  readonly operation?: JsonObject;
}

/** The inventory of one target. All throw what a cluster's calls throw. */
export interface InventoryStore {
  /** The id of its set, which its members carry. */
  readonly id: string;
  /** `undefined` when there is none yet. Throws `in-use` when the object is somebody else's, `refused` when damaged. */
  read(signal: AbortSignal): Promise<Inventory | undefined>;
  /**
   * Writes on top of what was read, and gives what there is then; `changed` when somebody else has written since. It is
   * written when this returns, though answers were lost on the way.
   */
  write(seen: Inventory | undefined, change: InventoryChange, signal: AbortSignal): Promise<Inventory | "changed">;
  /** Deletes it, when nothing is left that it would keep. */
  remove(seen: Inventory, signal: AbortSignal): Promise<"removed" | "changed">;
}

const write = { fieldManager: "sluice", dryRun: false };

/** Opens the inventory of a target. Asks nothing yet. */
export function inventoryStore(place: InventoryPlace): InventoryStore {
  const { cluster, namespace, name } = place;
  const parent: Parent = { namespace, name, id: setId({ namespace, name }) };
  const at: ObjectReference = { apiVersion: "v1", kind: "ConfigMap", namespace, name };
  const read = async (signal: AbortSignal): Promise<Inventory | undefined> => {
    const live = await cluster.get(at, signal);
    return live && readParent(parent, live);
  };
  return {
    id: parent.id,
    read,
    write: async (seen, change, signal) => {
      const content = contentOf(place, seen, change);
      const object = parentObject(parent, content, place.about);
      const written =
        seen === undefined
          ? await cluster.create({ object }, write, signal)
          : await cluster.patch(at, patchOf(seen, change, object), write, signal);
      if (typeof written === "object") return { ...content, version: versionOf(written) };
      const found = await read(signal);
      return found !== undefined && isOf(found, content) ? found : "changed";
    },
    remove: async ({ version }, signal) => {
      const outcome = await cluster.delete(at, { ...version, propagation: "Background" }, signal);
      return outcome === "changed" ? "changed" : "removed";
    },
  };
}

function contentOf(
  { writer }: InventoryPlace,
  seen: Inventory | undefined,
  { members, operation = seen?.operation }: InventoryChange,
): InventoryContent {
  const all = members === undefined ? (seen?.members ?? []) : sorted(members);
  const encoded = members === undefined && seen !== undefined ? seen.encoded : encodeMembers(all);
  return { writer, members: all, encoded, operation, revision: (seen?.revision ?? 0) + 1 };
}

/** The members are sent only where they change: the operation is written much more often. */
function patchOf({ version }: Inventory, { members }: InventoryChange, object: JsonObject): JsonObject {
  const { apiVersion, kind, metadata, binaryData, ...rest } = object;
  const marks = typeof metadata === "object" ? metadata : {};
  return { ...rest, metadata: { ...marks, ...version }, ...(members && { binaryData: binaryData ?? {} }) };
}

/** Whether it is what this very writer has just written, whose answer was lost. */
function isOf(found: Inventory, content: InventoryContent): boolean {
  const textOf = ({ writer, revision, encoded, operation }: InventoryContent): string =>
    canonicalJson([writer, revision, encoded, operation ?? null]);
  return textOf(found) === textOf(content);
}
