import type { ClusterGrant, ClusterSettings } from "../../model/deploy.ts";
import { UserError } from "../../model/errors.ts";
import type { RepositoryName } from "../../model/tree.ts";
import { isPattern, matchesName } from "./name-pattern.ts";

/** Who asks for a cluster. All but the repository's own name is the repository's choice. */
export interface DeploySubject {
  readonly repository: RepositoryName;
  readonly environment: string;
  readonly app: string;
}

/**
 * The first entry of a cluster that gives it to this environment of this repository; `undefined`: it has no access.
 * Repository names are compared as GitHub does, without case.
 */
export function grantOf({ grants }: ClusterSettings, subject: Omit<DeploySubject, "app">): ClusterGrant | undefined {
  const { owner, name } = subject.repository;
  const repository = `${owner}/${name}`.toLowerCase();
  return grants.find(
    ({ repositories, environments }) =>
      repositories.some((pattern) => matchesRepository(repository, pattern.toLowerCase())) &&
      environments.some((pattern) => matchesName(subject.environment, pattern)),
  );
}

/** What is said where a cluster is not given to an environment. */
export function notGiven(cluster: string, { repository, environment }: Omit<DeploySubject, "app">): UserError {
  const { owner, name } = repository;
  return new UserError("permission", `cluster ${cluster} is not open to ${environment} of ${owner}/${name}`, {
    fix: `Ask who runs Sluice to add it to \`allow\` of cluster ${cluster} in sluice.server.yaml.`,
  });
}

/** A star stays within the owner's or the repository's name. */
function matchesRepository(repository: string, pattern: string): boolean {
  const [names, parts] = [repository.split("/"), pattern.split("/")];
  return names.length === parts.length && names.every((name, at) => matchesName(name, parts[at] ?? ""));
}

/** Kubernetes' own namespaces. Only their full name opens them. */
const reserved = /^kube-/;

/** Whether a grant opens a namespace. The one in which Sluice keeps its inventories is never open. */
export function opensNamespace(
  { namespace: ours }: Pick<ClusterSettings, "namespace">,
  { namespaces }: Pick<ClusterGrant, "namespaces">,
  { app, environment }: Pick<DeploySubject, "app" | "environment">,
  namespace: string,
): boolean {
  if (namespace === ours) return false;
  return namespaces.some((pattern) => {
    if (reserved.test(namespace) && isPattern(pattern)) return false;
    return matchesName(namespace, pattern, { app, environment });
  });
}
