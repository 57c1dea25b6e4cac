import type { Dependents } from "../../../src/change/dependents.ts";
import type { RenderedTarget } from "../../../src/change/rendered-target.ts";
import { promoteSchema } from "../../../src/config/schema/promotion.ts";
import type { Target } from "../../../src/model/target.ts";
import type { TreeChange } from "../../../src/model/tree.ts";
import type { PromotionPair } from "../../../src/promote/resolve.ts";
import type { StrategyInput } from "../../../src/promote/strategies/strategy.ts";
import { memoryRenderer, targetIn } from "../../support/memory-renderer.ts";
import { type MemoryEntry, memoryTree } from "../../support/memory-tree.ts";

/** What a strategy plans from. Both targets are plain ones of their own folder unless another is given. */
export interface InputParts {
  readonly settings?: Partial<PromotionPair["settings"]>;
  readonly source?: Target;
  readonly target?: Target;
  /** Files that other targets read, with those targets. */
  readonly readers?: Readonly<Record<string, readonly Target[]>>;
  /** Those of them whose readers render as before whatever is edited. */
  readonly unmoved?: readonly string[];
}

type Files = Readonly<Record<string, MemoryEntry>>;

/** The input of a strategy: the source's version is read in one tree, the target's files stand in the other one. */
export async function inputOf(sourceFiles: Files, targetFiles: Files, parts: InputParts = {}): Promise<StrategyInput> {
  const { source = targetIn("web/staging"), target = targetIn("web/prod"), readers = {} } = parts;
  const settings = { ...promoteSchema.parse({}), ...parts.settings };
  const dependents: Dependents = {
    targets: [],
    of: async (file) => readers[file] ?? [],
    touched: async () => [],
    changed: async (files) => files.flatMap((file) => (parts.unmoved?.includes(file) ? [] : (readers[file] ?? []))),
  };
  return {
    pair: { app: target.app, source, target, settings },
    source: await rendered(source, sourceFiles),
    target: await rendered(target, targetFiles),
    dependents,
  };
}

async function rendered(target: Target, files: Files): Promise<RenderedTarget> {
  const tree = memoryTree(files);
  const at = { tree, objects: tree.objects };
  const render = await memoryRenderer().render(target.render, at, AbortSignal.timeout(600_000));
  if (!render.ok) throw new Error(render.failure.message);
  return { target, at, render };
}

/** Changes as lines: `write PATH: TEXT`, `entry PATH: OID`, `delete PATH`. */
export function lines(changes: readonly TreeChange[]): readonly string[] {
  return changes.map((change) => {
    if (change.kind === "write") return `write ${change.path}: ${Buffer.from(change.bytes).toString()}`;
    return change.kind === "entry" ? `entry ${change.path}: ${change.entry.oid}` : `delete ${change.path}`;
  });
}
