import { isJsonObject, type Json, type JsonObject } from "../../../src/model/json.ts";
import type { Impersonation } from "../../../src/model/kube.ts";
import { objectAt } from "./kinds.ts";

/** Something that somebody wants to do. */
export interface Action {
  readonly verb: string;
  readonly group: string;
  readonly plural: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** The objects that give rights. */
export interface Grants {
  objects(kind: "Role" | "RoleBinding" | "ClusterRole" | "ClusterRoleBinding"): readonly JsonObject[];
}

/** Whether roles and bindings let an account do it. */
export function allows(grants: Grants, account: Impersonation, action: Action): boolean {
  const bindings = [
    ...grants.objects("ClusterRoleBinding"),
    ...grants.objects("RoleBinding").filter((one) => objectAt(one, "metadata").namespace === action.namespace),
  ].filter((binding) => list(binding.subjects).some((subject) => isSubject(subject, account)));
  return bindings.some((binding) => rulesOf(grants, binding).some((rule) => permits(rule, action)));
}

function isSubject(subject: JsonObject, { user, groups = [] }: Impersonation): boolean {
  const { kind, name, namespace } = subject;
  if (kind === "ServiceAccount") return user === `system:serviceaccount:${String(namespace)}:${String(name)}`;
  return kind === "User" ? user === name : groupsOf(user, groups).includes(String(name));
}

function groupsOf(user: string, groups: readonly string[]): readonly string[] {
  const [, namespace] = /^system:serviceaccount:([^:]+):/.exec(user) ?? [];
  const own =
    namespace === undefined || groups.length > 0
      ? groups
      : ["system:serviceaccounts", `system:serviceaccounts:${namespace}`];
  return [...own, "system:authenticated"];
}

function rulesOf(grants: Grants, binding: JsonObject): readonly JsonObject[] {
  const { kind, name } = objectAt(binding, "roleRef");
  const own = objectAt(binding, "metadata").namespace;
  const roles = grants.objects(kind === "Role" ? "Role" : "ClusterRole");
  const found = roles.find(
    ({ metadata }) =>
      isJsonObject(metadata) && metadata.name === name && (kind !== "Role" || metadata.namespace === own),
  );
  return list(found?.rules);
}

function permits(rule: JsonObject, { verb, group, plural, name }: Action): boolean {
  const has = (key: string, wanted: string): boolean => {
    const values = rule[key];
    return Array.isArray(values) && (values.includes(wanted) || values.includes("*"));
  };
  const names = rule.resourceNames;
  const named = !Array.isArray(names) || names.length === 0 || (name !== undefined && names.includes(name));
  return has("verbs", verb) && has("apiGroups", group) && has("resources", plural) && named;
}

function list(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((one: Json) => isJsonObject(one)) : [];
}
