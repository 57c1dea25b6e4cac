import type { DeployHandling } from "../controllers/deploy-handling.ts";
import { objectHandlingChanged } from "../controllers/marks.ts";
import { type Item, resourceLabel } from "../item.ts";
import type { Pair } from "../match.ts";
import { clearTextSecret } from "./clear-text-secret.ts";
import { controllerRules } from "./controller-rules.ts";
import { deletedCustomResourceDefinition } from "./deleted-custom-resource-definition.ts";
import { deletedNamespace } from "./deleted-namespace.ts";
import { deletedPersistentVolume } from "./deleted-persistent-volume.ts";
import { deletedPersistentVolumeClaim } from "./deleted-persistent-volume-claim.ts";
import { deletedStatefulSet } from "./deleted-stateful-set.ts";
import { hostNamespace } from "./host-namespace.ts";
import { hostPathVolume } from "./host-path-volume.ts";
import { imageWithoutTag } from "./image-without-tag.ts";
import { immutableFieldChanged } from "./immutable-field-changed.ts";
import { podsReordered } from "./pods-reordered.ts";
import { privilegedContainer } from "./privileged-container.ts";
import { replicasZero } from "./replicas-zero.ts";
import type { FindingRule, Found } from "./rule.ts";
import { secretLikeValue } from "./secret-like-value.ts";
import { suspended } from "./suspended.ts";
import { type TargetFinding, toTargetFinding } from "./target-finding.ts";

export { entryFindings } from "./controller-rules.ts";
export type { TargetFinding } from "./target-finding.ts";

/** Every rule about resources, the gravest first. */
export const rules: readonly FindingRule[] = [
  deletedPersistentVolumeClaim,
  deletedPersistentVolume,
  deletedNamespace,
  deletedCustomResourceDefinition,
  deletedStatefulSet,
  immutableFieldChanged,
  clearTextSecret,
  privilegedContainer,
  secretLikeValue,
  hostPathVolume,
  hostNamespace,
  replicasZero,
  imageWithoutTag,
  ...controllerRules,
  objectHandlingChanged,
  podsReordered,
  suspended,
];

const order = new Map(rules.map(({ id }, index) => [id, index]));

/** The place of a rule in the table: lower is graver. */
export function ruleOrder(id: string): number {
  return order.get(id) ?? rules.length;
}

/** What all rules find about one resource that differs. */
export function checkPair(
  pair: Pair,
  target: { readonly app: string; readonly environment: string; readonly handling?: DeployHandling | undefined },
): readonly TargetFinding[] {
  const context = { how: pair.how, base: pair.base, head: pair.head, handling: target.handling ?? {} };
  return rules.flatMap((rule) => rule.check(context).flatMap((found) => toFinding(rule, found, pair, target)));
}

function toFinding(
  { id, severity }: FindingRule,
  found: Found,
  pair: Pair,
  { app, environment }: { readonly app: string; readonly environment: string },
): readonly TargetFinding[] {
  const item: Item | undefined = found.about === "base" ? pair.base : pair.head;
  if (item === undefined) return [];
  return [
    {
      ...toTargetFinding(
        { id, severity: found.severity ?? severity, app, environment, resource: resourceLabel(item.id) },
        found,
      ),
      ...(item.file !== undefined && found.about !== "base" ? { file: item.file, target: item.id } : {}),
      ...(found.pointer !== undefined ? { pointer: found.pointer } : {}),
    },
  ];
}
