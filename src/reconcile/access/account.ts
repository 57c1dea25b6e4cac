import type { ClusterGrant } from "../../model/deploy.ts";
import { UserError } from "../../model/errors.ts";
import type { Cluster, Impersonation, OpenCluster } from "../../model/kube.ts";

/** The cluster as the account has it that the operator named. */
export function accountOf(cluster: OpenCluster, { serviceAccount }: ClusterGrant): Cluster {
  return serviceAccount === undefined ? cluster : cluster.as(impersonated(serviceAccount));
}

function impersonated(serviceAccount: string): Impersonation {
  const [namespace, name, ...rest] = serviceAccount.split("/");
  if (namespace && name && rest.length === 0) return { user: `system:serviceaccount:${namespace}:${name}` };
  throw new UserError("usage", `the service account ${serviceAccount} is not of the form namespace/name`, {
    fix: "Correct it in the server's settings.",
  });
}
