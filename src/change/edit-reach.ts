import type { YamlEdit } from "../edit/splice/index.ts";
import { stageChanges } from "../edit/staged-tree.ts";
import type { Target } from "../model/target.ts";
import type { Dependents } from "./dependents.ts";
import { changedTargets, otherReaders } from "./ownership.ts";
import type { RenderedTarget } from "./rendered-target.ts";
import { wouldTouch } from "./results.ts";
import type { StagedFiles } from "./staged-files.ts";

/** What an edit is for, and what it is made on top of. */
export interface EditFor {
  readonly target: RenderedTarget;
  readonly dependents: Dependents;
  readonly staged: StagedFiles;
}

/**
 * The other targets that an edit of a file would change, found by rendering those that read it: one values file may
 * hold the values of several apps, of which the edit changes one.
 */
export async function changedByEdit(
  file: string,
  edit: (files: StagedFiles) => Promise<void>,
  { target, dependents, staged }: EditFor,
): Promise<readonly Target[]> {
  if ((await otherReaders(file, target.target, dependents)).length === 0) return [];
  const tried = staged.copy();
  await edit(tried);
  const at = await stageChanges(
    target.at,
    tried.changes().filter(({ path }) => path === file),
  );
  return (await changedTargets([file], at, target.target, dependents)).others;
}

/** Makes edits of a file that change the target alone. Others are a `refused` UserError. */
export async function editAlone(file: string, edits: readonly YamlEdit[], context: EditFor): Promise<void> {
  const others = await changedByEdit(file, (files) => files.edit(file, edits), context);
  if (others.length > 0) throw wouldTouch([file], others);
  await context.staged.edit(file, edits);
}
