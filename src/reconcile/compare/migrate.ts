import { isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import { objectAt } from "../manifests/manifest.ts";
import { type Manager, managersOf, union } from "./managed-fields.ts";

/** What `kubectl apply`, `kubectl create` and server-side apply over either call what they set before it. */
const earlierManagers = new Set(["kubectl-client-side-apply", "before-first-apply", "kubectl-create"]);

/**
 * The `managedFields` with which a field that Git no longer has goes away: what `kubectl` set becomes `manager`'s own.
 * Else such a field would stay for good, since only its manager can remove it. `undefined` when nothing is to be done.
 */
export function adoptedFields(object: JsonObject, manager: string): readonly Json[] | undefined {
  const entries = entriesOf(object);
  const managers = managersOf(object);
  const earlier = managers.filter(isEarlier);
  if (earlier.length === 0) return undefined;
  const own = managers.find((one) => isOwn(one, manager));
  const fields = earlier.map(withoutLastApplied).reduce(union, own?.fields ?? {});
  const { apiVersion } = own ?? earlier[0] ?? { apiVersion: "" };
  const entry = { manager, operation: "Apply", apiVersion, fieldsType: "FieldsV1", fieldsV1: fields };
  const others = entries.filter((_, index) => {
    const one = managers[index];
    return one === undefined || !(isEarlier(one) || isOwn(one, manager));
  });
  return [...others, entry];
}

/**
 * The `managedFields` with `manager`'s entry in the version that is applied now. The server compares the entry with the
 * schema of its version: when that is no longer served, no apply succeeds.
 */
export function upgradedFields(object: JsonObject, manager: string, apiVersion: string): readonly Json[] | undefined {
  const managers = managersOf(object);
  if (!managers.some((one) => isOwn(one, manager) && one.apiVersion !== apiVersion)) return undefined;
  return entriesOf(object).map((entry, index) => {
    const one = managers[index];
    return one !== undefined && isOwn(one, manager) ? { ...entry, apiVersion } : entry;
  });
}

function isOwn({ name, operation, subresource }: Manager, manager: string): boolean {
  return name === manager && operation === "Apply" && subresource === "";
}

function isEarlier({ name, operation, subresource }: Manager): boolean {
  return earlierManagers.has(name) && operation === "Update" && subresource === "";
}

function entriesOf(object: JsonObject): readonly JsonObject[] {
  const { managedFields } = objectAt(object, "metadata");
  const entries: readonly Json[] = Array.isArray(managedFields) ? managedFields : [];
  return entries.filter((entry) => isJsonObject(entry));
}

const lastApplied = "f:kubectl.kubernetes.io/last-applied-configuration";

/** That annotation is kubectl's own record: nobody else has it in a manifest. */
function withoutLastApplied({ fields }: Manager): JsonObject {
  const metadata = objectAt(fields, "f:metadata");
  const { [lastApplied]: _, ...annotations } = objectAt(metadata, "f:annotations");
  const { "f:annotations": __, ...others } = metadata;
  const names = Object.keys(annotations).filter((name) => name !== ".");
  const left = names.length === 0 ? others : { ...others, "f:annotations": annotations };
  const { "f:metadata": ___, ...rest } = fields;
  return Object.keys(left).length === 0 ? rest : { ...rest, "f:metadata": left };
}
