import { mapLimit } from "../model/map-limit.ts";
import type { Renderer, RenderSource, Trace } from "../model/render.ts";
import type { Target } from "../model/target.ts";
import { differingLookups } from "../model/trace.ts";
import type { Tree } from "../model/tree.ts";

/** Which targets read what at the base, from the traces of all targets. */
export interface Dependents {
  /** All targets of the plan. */
  readonly targets: readonly Target[];
  /**
   * The targets whose render reads this file or whose object stands in it, in the order of the plan. Of a chart, which
   * is read as a whole, a file counts when it is one of those that charts are made of: whether another one plays a part
   * is seen when the change is rendered.
   */
  of(file: string): Promise<readonly Target[]>;
  /** The targets that may render differently in `tree`, in which these paths differ from the base. */
  touched(paths: readonly string[], tree: Tree): Promise<readonly Target[]>;
  /** Those of them that do render differently there. */
  changed(paths: readonly string[], at: RenderSource): Promise<readonly Target[]>;
}

/** What the dependents are found with. */
export interface DependentsRequest {
  readonly targets: readonly Target[];
  readonly renderer: Renderer;
  readonly base: RenderSource;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Finds dependents by traces: exact for every renderer. Traces are gathered when they are first asked for; a target
 * that none is known of is rendered once. A target that does not render counts with what it read until it failed.
 */
export function openDependents(request: DependentsRequest): Dependents {
  let index: Promise<TraceIndex> | undefined;
  const opened = (): Promise<TraceIndex> => {
    index ??= gather(request);
    return index;
  };
  return {
    targets: request.targets,
    of: async (file) => (await opened()).dependents(file),
    touched: async (paths, tree) => (await opened()).touched(paths, tree),
    changed: async (paths, at) => changedOf(await (await opened()).touched(paths, at.tree), at, request),
  };
}

/** How many targets are looked at together; the renderer has its own bound. */
const atOnce = 16;

async function changedOf(
  touched: readonly Target[],
  at: RenderSource,
  { base, renderer, signal }: DependentsRequest,
): Promise<readonly Target[]> {
  const found = await mapLimit(touched, atOnce, async (target) => {
    const before = await renderer.render(target.render, base, signal);
    const after = await renderer.render(target.render, at, signal);
    return before.digest === after.digest ? [] : [target];
  });
  return found.flat();
}

async function gather({ targets, renderer, base, signal, onProgress }: DependentsRequest): Promise<TraceIndex> {
  let done = 0;
  const traces = await Promise.all(
    targets.map(async (target) => {
      const known = await renderer.known(target.render, base);
      const trace = known ?? (await renderer.render(target.render, base, signal)).trace;
      done += 1;
      onProgress?.(done, targets.length);
      return trace;
    }),
  );
  return new TraceIndex(targets, traces);
}

/** The files that a chart is made of, below its folder. */
const chartFile =
  /^(?:Chart\.(?:yaml|lock)|requirements\.(?:yaml|lock)|values\.yaml|values\.schema\.json|\.helmignore|(?:templates|crds|charts)\/.*)$/;

class TraceIndex {
  readonly #targets: readonly Target[];
  readonly #traces: readonly Trace[];
  /** By the looked up path: who looked for a file, and who looked at a folder or at nothing. */
  readonly #exact = new Map<string, Set<number>>();
  readonly #whole = new Map<string, Set<number>>();
  readonly #shape = new Map<string, Set<number>>();

  constructor(targets: readonly Target[], traces: readonly Trace[]) {
    this.#targets = targets;
    this.#traces = traces;
    for (const [number, trace] of traces.entries()) {
      for (const [path, kind] of trace) {
        if (kind === "tree") add(this.#whole, path, number);
        else if (kind === "dir" || kind === "absent") add(this.#shape, path, number);
        else add(this.#exact, path, number);
      }
    }
  }

  dependents(file: string): readonly Target[] {
    const found = new Set([...(this.#exact.get(file) ?? []), ...this.#declaredIn(new Set([file]))]);
    for (const folder of above(file)) {
      const partOfChart = chartFile.test(folder === "" ? file : file.slice(folder.length + 1));
      for (const number of this.#whole.get(folder) ?? []) {
        if (partOfChart || this.#targets[number]?.render.kind === "plain") found.add(number);
      }
    }
    return this.#pick(found);
  }

  async touched(paths: readonly string[], tree: Tree): Promise<readonly Target[]> {
    const found = new Set<number>();
    for (const path of paths) {
      for (const at of [path, ...above(path)]) {
        for (const places of [this.#exact, this.#whole, this.#shape]) {
          for (const number of places.get(at) ?? []) found.add(number);
        }
      }
    }
    const differing: number[] = [];
    for (const number of found) {
      if ((await differingLookups(this.#traces[number] ?? [], tree)).length > 0) differing.push(number);
    }
    return this.#pick(this.#withDeclared(new Set([...differing, ...this.#declaredIn(new Set(paths))])));
  }

  /** The targets whose objects stand in these files. */
  #declaredIn(files: ReadonlySet<string>): readonly number[] {
    return this.#targets.flatMap(({ declaration }, number) =>
      declaration?.file !== undefined && files.has(declaration.file) ? [number] : [],
    );
  }

  /** What a target declares may be another render when the target is, to any depth. */
  #withDeclared(numbers: Set<number>): ReadonlySet<number> {
    const ids = new Set(this.#pick(numbers).map(({ id }) => id));
    for (let before = -1; before < ids.size; ) {
      before = ids.size;
      for (const [number, { id, declaration }] of this.#targets.entries()) {
        if (declaration?.parent === undefined || !ids.has(declaration.parent)) continue;
        numbers.add(number);
        ids.add(id);
      }
    }
    return numbers;
  }

  #pick(numbers: ReadonlySet<number>): readonly Target[] {
    return this.#targets.filter((_, number) => numbers.has(number));
  }
}

function add(places: Map<string, Set<number>>, path: string, number: number): void {
  const numbers = places.get(path) ?? new Set();
  numbers.add(number);
  places.set(path, numbers);
}

/** The folders that a path stands in, the root included. */
function above(path: string): readonly string[] {
  const folders: string[] = [];
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) folders.push(path.slice(0, end));
  return path === "" ? [] : [...folders, ""];
}
