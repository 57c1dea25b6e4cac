import { type RepositoryContext, targetOf } from "../../change/repository-context.ts";
import { locate } from "../../diff/index.ts";
import { pointerStep } from "../../diff/value.ts";
import type { ObjectDrift } from "../../model/deploy.ts";
import type { FieldPlace } from "../text/drift-issue.ts";

/**
 * Where the one field that differs is set for this environment alone: in a file of the target's own folder that has the
 * object with the field. `undefined` where it is more than one field, or set elsewhere, as by a patch.
 */
export async function fieldPlaceOf(
  context: RepositoryContext,
  environment: string,
  { app, file, change }: ObjectDrift,
): Promise<FieldPlace | undefined> {
  const [field, ...others] = change.fields ?? [];
  const folder = targetOf(context, app, environment)?.render.path;
  if (field === undefined || others.length > 0 || file === undefined || folder === undefined) return undefined;
  if (!file.startsWith(`${folder}/`)) return undefined;
  const text = Buffer.from((await context.tree.read(file)) ?? []).toString("utf8");
  const keys = field.path.split(".");
  const line = locate(text, change, keys.map(pointerStep).join(""));
  // The nearest place is not the field's own.
  const written = text.split("\n")[(line ?? 0) - 1]?.trim().replace(/^- /, "");
  return line !== undefined && written?.startsWith(`${keys.at(-1)}:`) ? { path: file, line } : undefined;
}
