import type { Declaration } from "../model/declaration.ts";
import type { UnknownTargets } from "../model/preview.ts";
import type { Affected, ComparedTarget } from "./affected.ts";
import { objectIn } from "./declared-object.ts";
import { isLeftToPeople } from "./left-to-people.ts";
import { declarerName } from "./moves.ts";
import { isUnseen } from "./possible-parents.ts";

/** What can be compared, and what cannot because what declares it is not rendered. */
export interface Known {
  readonly compared: readonly ComparedTarget[];
  readonly unknown: readonly (UnknownTargets & { readonly parent: Affected })[];
}

/**
 * Takes out what only seems to be removed: targets whose parent (a generator, an entry, a Kustomization) is not
 * rendered at the head, so that nobody can say what becomes of them, and of what comes from them in turn. So it is with
 * those that seem to be applied by people now, because nobody sees any more what reads their files. Those that only
 * seem to be new, because their parent was not rendered before, are compared with a side that is not known. `mayHave`:
 * what is not rendered and has files with the object at the head; see `possibleParents`.
 */
export function withoutUnknown(
  compared: readonly ComparedTarget[],
  mayHave: (declaration: Declaration) => Affected | undefined = () => undefined,
): Known {
  if (!compared.some((one) => one.affected && (one.base?.ok === false || one.head?.ok === false)))
    return { compared, unknown: [] };
  const after = new Map(compared.map((one) => [one.target.id, one]));
  const declarers = new Declarers(compared, after, mayHave);
  const lost = new Map<ComparedTarget, Affected>();
  for (const one of compared) {
    const parent = declarers.unseenAbove(one, new Set());
    if (parent !== undefined) lost.set(one, parent);
  }
  const rest = compared.filter((one) => !lost.has(one)).map((one) => withUnknownBase(one, after));
  const groups = Map.groupBy([...lost], ([, parent]) => parent);
  return {
    compared: rest,
    unknown: [...groups].map(([parent, children]) => ({
      parent,
      app: parent.target.app,
      environment: parent.target.environment,
      targets: children.map(([{ target }]) => ({ app: target.app, environment: target.environment })),
    })),
  };
}

function isGone(one: ComparedTarget): boolean {
  return one.affected && one.head === undefined;
}

function isSame({ before, target }: ComparedTarget): boolean {
  return before === target;
}

function baseId({ before, target }: ComparedTarget): string {
  return (before ?? target).id;
}

/** What declared the targets of the base. */
class Declarers {
  readonly #byId: ReadonlyMap<string, ComparedTarget>;
  /** Entries that are not rendered now: what they have is followed by no parent's id where it reads its own files. */
  readonly #entries: readonly Affected[];
  readonly #after: ReadonlyMap<string, ComparedTarget>;
  readonly #mayHave: (declaration: Declaration) => Affected | undefined;

  constructor(
    compared: readonly ComparedTarget[],
    after: ReadonlyMap<string, ComparedTarget>,
    mayHave: (declaration: Declaration) => Affected | undefined,
  ) {
    this.#after = after;
    this.#mayHave = mayHave;
    // An entry that is compared with itself is new: it may have the name of one that the base has, which comes later.
    const ordered = compared.toSorted((a, b) => Number(isSame(b)) - Number(isSame(a)));
    this.#byId = new Map(ordered.map((one) => [baseId(one), one]));
    this.#entries = compared.filter(
      (one): one is Affected =>
        one.affected && one.target.declaration === undefined && isUnseen(one.head, one.base) && one.base?.ok === true,
    );
  }

  /**
   * The nearest target above one whose head is not rendered, where that one is gone or left to people; or where its
   * parent is, and still has it. Else the one whose files have the object now.
   */
  unseenAbove(one: ComparedTarget, seen: ReadonlySet<string>): Affected | undefined {
    const { id, declaration } = one.before ?? one.target;
    if (declaration === undefined || seen.has(id)) return undefined;
    const parent = this.#byId.get(declaration.parent ?? "");
    const isLost = isGone(one) || isLeftToPeople(one, this.#after);
    if (!isLost && one.target.declaration?.parent !== parent?.target.id) return undefined;
    const possible = isGone(one) ? this.#mayHave(declaration) : undefined;
    if (possible !== undefined) return possible;
    if (isLost) {
      if (parent === undefined) return this.#entries.find(({ base }) => objectIn(base, declaration) !== undefined);
      if (parent.affected && isUnseen(parent.head, parent.base)) return parent;
    }
    return parent === undefined ? undefined : this.unseenAbove(parent, new Set([...seen, id]));
  }
}

function withUnknownBase(one: ComparedTarget, after: ReadonlyMap<string, ComparedTarget>): ComparedTarget {
  if (!one.affected || one.base !== undefined || one.head?.ok !== true) return one;
  const parent = after.get(one.target.declaration?.parent ?? "");
  if (parent?.affected !== true || !isUnseen(parent.base, parent.head)) return one;
  const message = `It comes from ${declarerName(parent.target)}, which could not be rendered before`;
  return { ...one, base: { ok: false, digest: "", trace: [], unpinned: [], failure: { kind: "input", message } } };
}
