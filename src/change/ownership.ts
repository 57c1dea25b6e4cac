import { isAtOrBelow } from "../model/paths.ts";
import type { RenderSource } from "../model/render.ts";
import type { Target } from "../model/target.ts";
import type { Dependents } from "./dependents.ts";

/**
 * Whether `other` is made of what `target` is: in the same environment, it renders from a folder of its own and takes
 * the target's in. It cannot but change with it. (Targets of one chart folder do not include each other.)
 */
export function includes(other: Target, target: Target): boolean {
  const [path, inner] = [other.render.path, target.render.path];
  return (
    other.environment === target.environment &&
    target.render.kind !== "helm" &&
    path !== inner &&
    !isAtOrBelow(path, inner)
  );
}

/** The targets in whose renders a target's object is, and theirs, to any depth. `parents` is by id. */
function ancestors({ declaration }: Target, parents: ReadonlyMap<string, string>): ReadonlySet<string> {
  const ids = new Set<string>();
  for (let id = declaration?.parent; id !== undefined && !ids.has(id); id = parents.get(id)) ids.add(id);
  return ids;
}

function parentsIn(all: readonly Target[]): ReadonlyMap<string, string> {
  return new Map(
    all.flatMap(({ id, declaration }) => (declaration?.parent === undefined ? [] : [[id, declaration.parent]])),
  );
}

/**
 * The targets that cannot but change with one that controllers' objects declare: those whose render has its object, and
 * those whose objects are in its render.
 */
function kin(target: Target, all: readonly Target[]): ReadonlySet<string> {
  if (target.declaration === undefined) return new Set();
  const parents = parentsIn(all);
  const below = all.filter((one) => ancestors(one, parents).has(target.id));
  return new Set([...ancestors(target, parents), ...below.map(({ id }) => id)]);
}

/** The other targets that render differently in `at`, in which these files differ from the base. */
export interface ChangedTargets {
  /** Those that include the target, or declare it or are declared by it: they change with it. */
  readonly including: readonly Target[];
  /** Those that an edit for the target must not change. */
  readonly others: readonly Target[];
}

/** Whom an edit changes besides the target that it is for. */
export async function changedTargets(
  files: readonly string[],
  at: RenderSource,
  target: Target,
  dependents: Dependents,
): Promise<ChangedTargets> {
  const isOther = ({ id }: Target): boolean => id !== target.id;
  const changed = (await dependents.changed(files, at)).filter(isOther);
  const outside = files.filter((file) => !isAtOrBelow(file, target.render.path));
  const beyond =
    outside.length === 0 || changed.length === 0
      ? []
      : (await dependents.touched(outside, at.tree)).map(({ id }) => id);
  const declared = kin(target, dependents.targets);
  const including = changed.filter(
    (other) => declared.has(other.id) || (includes(other, target) && !beyond.includes(other.id)),
  );
  return { including, others: changed.filter((other) => !including.includes(other)) };
}

/**
 * The targets that keep a file from being the target's own: who else reads it, but for those that include the target
 * with the whole of its folder.
 */
export async function otherReaders(file: string, target: Target, dependents: Dependents): Promise<readonly Target[]> {
  const inFolder = isAtOrBelow(file, target.render.path);
  const declared = kin(target, dependents.targets);
  return (await dependents.of(file))
    .filter(({ id }) => id !== target.id && !declared.has(id))
    .filter((other) => !(inFolder && includes(other, target)));
}

/**
 * The target of the same environment that `target` takes in and that this file belongs to: what it sets is promoted
 * there.
 */
export async function innerOwner(file: string, target: Target, dependents: Dependents): Promise<Target | undefined> {
  const others = (await dependents.of(file)).filter(({ id }) => id !== target.id);
  const declaring = ancestors(target, parentsIn(dependents.targets));
  return others
    .filter(({ id }) => !declaring.has(id))
    .find((inner) => isAtOrBelow(file, inner.render.path) && includes(target, inner));
}
