import { z } from "zod";
import type { Api } from "../../../sandbox/cluster/api.ts";
import { isJsonObject, type Json, type JsonObject } from "../../../src/model/json.ts";
import { decodeMembers } from "../../../src/reconcile/inventory/members.ts";

const json = z.record(z.string(), z.json());
const groups = z.object({ groups: z.array(z.object({ preferredVersion: z.object({ groupVersion: z.string() }) })) });
const resources = z.object({
  resources: z.array(
    z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean(), verbs: z.array(z.string()) }),
  ),
});
const list = z.object({ items: z.array(json) });

/** What is other in each run, whatever was deployed: what happened, who holds what for a moment. */
const passing: ReadonlySet<string> = new Set(["Event", "Lease", "PodMetrics"]);

/**
 * Every object of these namespaces, as JSON text that is the same for two clusters that nobody can tell apart: without
 * uids, versions, times, addresses and the ends of names that the server made up. `names` are replaced by their keys.
 * `undefined` while a kind cannot be listed: somebody defines it.
 */
export async function snapshot(
  api: Api,
  namespaces: readonly string[],
  names: Record<string, string>,
): Promise<string | undefined> {
  const objects: JsonObject[] = [];
  for (const { path, kind, apiVersion, plural } of await kinds(api)) {
    if (passing.has(kind)) continue;
    for (const namespace of namespaces) {
      const { body, status } = await api.send("GET", `${path}/namespaces/${namespace}/${plural}`);
      if (status === 404) continue;
      if (status !== 200) return undefined;
      objects.push(...list.parse(body).items.map((object) => ({ ...object, apiVersion, kind })));
    }
  }
  const texts = objects.map((object) => JSON.stringify(comparable(recorded(object), names), undefined, 1));
  return texts.toSorted().join("\n");
}

async function kinds(api: Api) {
  const found = groups.parse((await api.send("GET", "/apis")).body).groups;
  const versions = ["v1", ...found.map(({ preferredVersion }) => preferredVersion.groupVersion)];
  const all = [];
  for (const apiVersion of versions) {
    const path = apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`;
    const { body, status } = await api.send("GET", path);
    // A definition of another test may be gone by now; so above.
    if (status !== 200) continue;
    for (const { name: plural, kind, namespaced, verbs } of resources.parse(body).resources)
      if (namespaced && verbs.includes("list")) all.push({ path, plural, kind, apiVersion });
  }
  return all;
}

const document = z.object({ changes: z.number(), result: z.object({ state: z.string() }), kept: z.array(z.json()) });

/** What Sluice keeps says when things happened and how often it was written: what it came to is what counts. */
function recorded(object: JsonObject): JsonObject {
  const { data, binaryData, metadata, ...rest } = object;
  if (!isJsonObject(data) || !isJsonObject(binaryData) || typeof data.operation !== "string") return object;
  const members = decodeMembers(String(binaryData.members));
  const { result, ...operation } = document.parse(JSON.parse(data.operation));
  const { annotations: _, managedFields: __, ...marks } = isJsonObject(metadata) ? metadata : {};
  const identities = members.map(({ group, kind, namespace, name }) => ({ group, kind, namespace, name }));
  return { ...rest, metadata: marks, members: identities, operation: { ...operation, state: result.state } };
}

const dropped: ReadonlySet<string> = new Set(["uid", "resourceVersion", "creationTimestamp"]);
const time = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

function comparable(value: Json, names: Record<string, string>): Json {
  if (Array.isArray(value)) return sorted(value.map((one) => comparable(one, names)));
  if (typeof value === "string") return time.test(value) ? "TIME" : renamed(value, names);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).filter(([key]) => !dropped.has(key));
  const made = typeof value.generateName === "string" ? value.generateName : undefined;
  return Object.fromEntries(
    entries
      .map(([key, one]): [string, Json] => [
        renamed(key, names),
        key === "name" && made !== undefined ? `${made}*` : comparable(one, names),
      ])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Conditions and owners of fields come in the order in which they were first set. */
function sorted(list: readonly Json[]): Json[] {
  const byTime = list.every((one) => isJsonObject(one) && (one.lastTransitionTime ?? one.fieldsV1) !== undefined);
  return byTime ? list.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : [...list];
}

function renamed(text: string, names: Record<string, string>): string {
  const known = Object.entries(names).reduce((left, [name, original]) => left.replaceAll(original, name), text);
  return known
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UID")
    .replaceAll(/applyset-[\w-]{43}-v1/g, "SET")
    .replaceAll(/kube-api-access-\w{5}/g, "kube-api-access")
    .replaceAll(/\b10\.\d+\.\d+\.\d+\b/g, "ADDRESS");
}
