import { UserError } from "../model/errors.ts";
import type { Impersonation } from "../model/kube.ts";

/**
 * The headers that ask for another account's rights. The token's own account needs the right to impersonate it. Throws
 * a `usage` UserError for a name that would end its header, or that no account has.
 */
export function impersonationHeaders({
  user,
  groups = [],
}: Impersonation): Readonly<Record<string, string | string[]>> {
  const names = groups.map(checked);
  return { "impersonate-user": checked(user), ...(names.length > 0 && { "impersonate-group": names }) };
}

const printable = /^[\x21-\x7e]{1,512}$/;

/** The prefix of names that Kubernetes gives itself: among them those that may do everything. */
const reserved = "system:";
const serviceAccounts =
  /^system:(?:serviceaccount:[a-z0-9-]{1,63}:[a-z0-9.-]{1,253}|serviceaccounts(?::[a-z0-9-]{1,63})?|authenticated)$/;

function checked(name: string): string {
  if (printable.test(name) && (!name.startsWith(reserved) || serviceAccounts.test(name))) return name;
  throw new UserError("usage", `${JSON.stringify(name)} is no account that Sluice may act for`, {
    fix: "Name a service account, such as `system:serviceaccount:shop:deployer`, in the server's settings.",
  });
}
