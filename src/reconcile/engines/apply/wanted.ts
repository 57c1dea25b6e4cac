import type { ObjectProblem } from "../../../model/deploy.ts";
import type { ObjectType, ResourceMapping } from "../../../model/kube.ts";
import { mapLimit } from "../../../model/map-limit.ts";
import type { Resource } from "../../../model/render.ts";
import { autoscaled } from "../../compare/replicas.ts";
import { partOfLabel } from "../../inventory/apply-set.ts";
import { type Manifest, withMetadata } from "../../manifests/manifest.ts";
import { kindsOf, readManifests } from "../../manifests/read.ts";
import { readHook } from "../../order/hooks.ts";
import { type Order, orderOf, type Stage } from "../../order/stages.ts";
import type { ApplyPorts, ApplyRules } from "./ports.ts";
import { type Task, tasksOf, tasksOnFailure } from "./tasks.ts";

/** What a target is to have in the cluster, and the way there. */
export interface Wanted {
  /** In the order in which they are applied, each with the label of the set. */
  readonly manifests: readonly Manifest[];
  /** The keys of all that Git has, what is skipped included: none of it is pruned. */
  readonly keys: ReadonlySet<string>;
  readonly order: Order;
  readonly tasks: readonly Task[];
  readonly onFailure: readonly Task[];
  /** The workloads that an autoscaler among them scales. */
  readonly scaled: ReadonlySet<string>;
  /** What forbids to apply anything. */
  readonly invalid: readonly ObjectProblem[];
  readonly refused: readonly ObjectProblem[];
}

/** Reads a render for the cluster that is to have it: asks how kinds are served, and nothing else. */
export async function readWanted(
  resources: readonly Resource[],
  ports: ApplyPorts,
  rules: ApplyRules,
  signal: AbortSignal,
): Promise<Wanted> {
  const scopes = await scopesOf(kindsOf(resources), ports, rules, signal);
  const scopeOf = ({ apiVersion, kind }: ObjectType) => scopes.get(`${apiVersion} ${kind}`);
  const { manifests, problems } = readManifests(resources, { scopeOf, namespace: rules.namespace });
  const order = orderOf(manifests.map((manifest) => labelled(manifest, ports.store.id)));
  const scoped = manifests.map(({ reference }) => ({ reference, namespaced: reference.namespace !== undefined }));
  return {
    manifests: order.stages.flatMap((stage) => stage.manifests),
    keys: new Set(manifests.filter(isKept).map(({ key }) => key)),
    order,
    tasks: tasksOf(order),
    onFailure: tasksOnFailure(order),
    scaled: autoscaled(manifests),
    invalid: problems,
    refused: problems.length > 0 ? [] : rules.refusals(scoped),
  };
}

/** The same without hooks: what only undoes drift runs none. */
export function withoutHooks(wanted: Wanted): Wanted {
  const bare = (stages: readonly Stage[]): readonly Stage[] =>
    stages.map((stage) => ({ ...stage, hooks: [] })).filter(({ manifests }) => manifests.length > 0);
  const order = { ...wanted.order, stages: bare(wanted.order.stages), onFailure: [] };
  return { ...wanted, order, tasks: tasksOf(order), onFailure: tasksOnFailure(order) };
}

async function scopesOf(
  types: readonly ObjectType[],
  { cluster }: ApplyPorts,
  { limits }: ApplyRules,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, "namespaced" | "cluster" | undefined>> {
  const scopes = await mapLimit(types, limits.concurrency, async (type) => {
    const scope = scopeIn(await cluster.mapping(type, signal));
    return [`${type.apiVersion} ${type.kind}`, scope] as const;
  });
  return new Map(scopes);
}

function scopeIn(mapping: ResourceMapping | undefined): "namespaced" | "cluster" | undefined {
  if (mapping === undefined) return undefined;
  return mapping.namespaced ? "namespaced" : "cluster";
}

/** Hooks are no members: they are neither in the inventory nor pruned. */
function labelled(manifest: Manifest, set: string): Manifest {
  if (readHook(manifest.object).kind !== "none") return manifest;
  return { ...manifest, object: withMetadata(manifest.object, "labels", { [partOfLabel]: set }) };
}

function isKept({ object }: Manifest): boolean {
  return readHook(object).kind !== "hook";
}
