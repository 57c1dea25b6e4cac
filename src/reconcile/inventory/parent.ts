import { z } from "zod";
import { UserError } from "../../model/errors.ts";
import type { JsonObject } from "../../model/json.ts";
import type { LiveObject } from "../../model/kube.ts";
import { parentMarks, parentRefusal } from "./apply-set.ts";
import { decodeMembers, type Member } from "./members.ts";

/** What was applied to one target and how far its operation is, as it was read. */
export interface Inventory {
  /** Of the object that keeps it. */
  readonly version: { readonly uid: string; readonly resourceVersion: string };
  /** Who wrote it last, and how often it was written. */
  readonly writer: string;
  readonly revision: number;
  readonly members: readonly Member[];
  /** The members as they are stored. */
  readonly encoded: string;
  /** The operation's own document; `undefined`: there was none yet. */
  readonly operation: JsonObject | undefined;
}

/** What is written. */
export type InventoryContent = Omit<Inventory, "version">;

/** Where it is kept, and the id of its set. */
export interface Parent {
  readonly namespace: string;
  readonly name: string;
  readonly id: string;
}

const writerAnnotation = "sluice.dev/written-by";
const aboutAnnotation = "sluice.dev/about";
const format = "1";
/** What an object may hold, and its annotations (`ValidateConfigMap`, `ValidateAnnotationsSize`). */
const [maxData, maxAnnotations] = [1024 * 1024, 256 * 1024];

/**
 * The ConfigMap that keeps it; `about` is for people who look at the cluster. Throws a `limit` UserError when it would
 * be larger than one may be.
 */
export function parentObject({ namespace, name, id }: Parent, content: InventoryContent, about: string): JsonObject {
  const { members, encoded, operation, writer, revision } = content;
  const { labels, annotations } = parentMarks(id, namespace, members);
  const all = { ...annotations, [aboutAnnotation]: about, [writerAnnotation]: `${revision} ${writer}` };
  const data = { format, ...(operation !== undefined && { operation: JSON.stringify(operation) }) };
  checkSize(data.operation ?? "", encoded, all, members.length);
  const metadata = { name, namespace, labels, annotations: all };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, data, binaryData: { members: encoded } };
}

function checkSize(
  operation: string,
  members: string,
  annotations: Readonly<Record<string, string>>,
  count: number,
): void {
  const data = Buffer.byteLength(operation) + (members.length * 3) / 4;
  const marks = Buffer.byteLength(Object.entries(annotations).flat().join(""));
  // Names of keys, and some room to spare.
  if (data < maxData - 1024 && marks < maxAnnotations - 1024) return;
  throw new UserError("limit", `${count} resources are more than one target can have`, {
    fix: "Split the target into several apps.",
  });
}

const parent = z.object({
  metadata: z.object({
    uid: z.string(),
    resourceVersion: z.string(),
    annotations: z.object({ [writerAnnotation]: z.string().default("") }),
  }),
  data: z.object({ format: z.string(), operation: z.string().optional() }),
  binaryData: z.object({ members: z.string() }),
});

/** Reads the ConfigMap. Throws an `in-use` UserError when it is not Sluice's for this set, `refused` when damaged. */
export function readParent({ namespace, name, id }: Parent, { object }: LiveObject): Inventory {
  const where = `ConfigMap ${name} in ${namespace}`;
  const refusal = parentRefusal(object, id);
  if (refusal !== undefined)
    throw new UserError("in-use", `${where} ${refusal}`, {
      fix: "Delete or rename it, or give Sluice another namespace.",
    });
  const read = parent.safeParse(object).data;
  const operation = read && operationOf(read.data.operation);
  if (read === undefined || operation === "damaged") throw damaged(where);
  if (read.data.format !== format)
    throw new UserError("refused", `${where} was written by a newer Sluice`, { fix: "Update this one." });
  const { uid, resourceVersion, annotations } = read.metadata;
  const [, revision = "0", writer = ""] = /^(\d+) (.*)$/.exec(annotations[writerAnnotation]) ?? [];
  return {
    version: { uid, resourceVersion },
    writer,
    revision: Number(revision),
    members: decodeMembers(read.binaryData.members),
    encoded: read.binaryData.members,
    operation,
  };
}

const versions = z.object({ metadata: z.object({ uid: z.string(), resourceVersion: z.string() }) });

/** Which version of the ConfigMap this is. */
export function versionOf({ object }: LiveObject): Inventory["version"] {
  return versions.parse(object).metadata;
}

const document = z.record(z.string(), z.json());

function operationOf(text: string | undefined): JsonObject | undefined | "damaged" {
  if (text === undefined) return undefined;
  try {
    return document.parse(JSON.parse(text));
  } catch {
    return "damaged";
  }
}

function damaged(where: string): UserError {
  return new UserError("refused", `${where}, which keeps what was applied, is damaged`, {
    fix: "Restore it from a backup; or delete it, and Sluice takes what Git has for its own again.",
  });
}
