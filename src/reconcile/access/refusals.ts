import type { ClusterGrant, ClusterSettings } from "../../model/deploy.ts";
import type { ObjectReference } from "../../model/kube.ts";
import { type DeploySubject, opensNamespace } from "./grant.ts";
import { isPattern, matchesName } from "./name-pattern.ts";

/** An object that a target renders to, and where its kind lives. */
export interface ScopedObject {
  /** Its namespace is the one that it would be in, where it names none itself. */
  readonly reference: ObjectReference;
  /** As the API server says, or the definition in the same target where the server does not know the kind yet. */
  readonly namespaced: boolean;
}

/** An object that a repository may not have in a cluster. */
export interface AccessRefusal {
  readonly object: ObjectReference;
  /** The end of a sentence about the object: "is in namespace kube-system, which is not open to acme/shop". */
  readonly reason: string;
  /** What the operator would have to add. */
  readonly fix: string;
}

/** What is asked for: which objects, by whom, under which entry of which cluster. */
export interface AccessRequest {
  readonly cluster: ClusterSettings;
  readonly grant: ClusterGrant;
  readonly subject: DeploySubject;
}

/** The groups whose objects give rights; OpenShift serves the same under a name of its own. */
const rightsGroups: ReadonlySet<string> = new Set(["rbac.authorization.k8s.io", "authorization.openshift.io"]);

/** Every object that the operator did not give; none: all may be written, pruned and read. Pure. */
export function accessRefusals(request: AccessRequest, objects: readonly ScopedObject[]): readonly AccessRefusal[] {
  return objects.flatMap(({ reference, namespaced }) => {
    const found = namespaced ? refusalInNamespace(request, reference) : refusalOfCluster(request, reference);
    return found === undefined ? [] : [{ object: reference, ...found }];
  });
}

type Why = Omit<AccessRefusal, "object">;

function refusalInNamespace(request: AccessRequest, reference: ObjectReference): Why | undefined {
  const { cluster, grant, subject } = request;
  const { namespace } = reference;
  if (namespace === undefined || namespace === "")
    return {
      reason: "names no namespace",
      fix: "Set metadata.namespace, or `namespace` of the environment's `deploy`.",
    };
  if (!opensNamespace(cluster, grant, subject, namespace)) return closedNamespace(request, namespace);
  const { kinds } = grant;
  const listed = kinds ?? ["*"];
  return allows(request, reference, listed) ? undefined : closedKind(request, reference, "kinds");
}

/** A Namespace is also under the rule for namespaces: whoever may make one could delete all that is in it. */
function refusalOfCluster(request: AccessRequest, reference: ObjectReference): Why | undefined {
  const { cluster, grant, subject } = request;
  if (!allows(request, reference, grant.clusterKinds ?? [])) return closedKind(request, reference, "clusterKinds");
  if (kindName(reference) !== "Namespace") return undefined;
  if (reference.name === "") return { reason: "has no name yet", fix: "Set metadata.name." };
  if (!opensNamespace(cluster, grant, subject, reference.name)) return closedNamespace(request, reference.name);
  return undefined;
}

/**
 * The API server lets nobody give rights that they lack. Without a service account it would measure that by Sluice's
 * own rights, so then rights must be named in full to be opened.
 */
function allows({ grant }: AccessRequest, reference: ObjectReference, patterns: readonly string[]): boolean {
  const kind = kindName(reference);
  const byName = grant.serviceAccount === undefined && rightsGroups.has(groupOf(reference));
  return patterns.some((pattern) => !(byName && isPattern(pattern)) && matchesName(kind, pattern));
}

function closedNamespace({ cluster, subject }: AccessRequest, namespace: string): Why {
  if (namespace === cluster.namespace)
    return {
      reason: `is in namespace ${namespace}, which Sluice keeps for itself`,
      fix: "Move it to another namespace.",
    };
  return {
    reason: `is in namespace ${namespace}, which is not open to ${who(subject)}`,
    fix: `Move it, or ask the operator for \`${namespace}\` in the \`namespaces\` of cluster ${cluster.name}.`,
  };
}

function closedKind({ cluster, subject }: AccessRequest, reference: ObjectReference, key: string): Why {
  const kind = kindName(reference);
  return {
    reason: `is of kind ${kind}, which is not open to ${who(subject)}`,
    fix: `Leave it out, or ask the operator for \`${kind}\` in the \`${key}\` of cluster ${cluster.name}.`,
  };
}

function who({ repository: { owner, name }, environment }: DeploySubject): string {
  return `${environment} of ${owner}/${name}`;
}

/** `Kind` of the core group, else `Kind.group`. */
export function kindName({ apiVersion, kind }: Pick<ObjectReference, "apiVersion" | "kind">): string {
  const group = groupOf({ apiVersion });
  return group === "" ? kind : `${kind}.${group}`;
}

function groupOf({ apiVersion }: Pick<ObjectReference, "apiVersion">): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}
