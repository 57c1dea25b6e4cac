import { UserError } from "../model/errors.ts";
import type { SourceLimits } from "../model/source-settings.ts";
import { type ArchiveFile, unpack } from "./archive.ts";

/** The files of a packaged chart, as paths in the chart's own folder. */
export async function unpackChart(
  packed: Uint8Array,
  name: string,
  limits: SourceLimits,
): Promise<readonly ArchiveFile[]> {
  const files = await unpack(packed, name, limits);
  const [top = ""] = files[0]?.path.split("/") ?? [];
  const inside = files.every(({ path }) => path.startsWith(`${top}/`));
  if (!inside || !files.some(({ path }) => path === `${top}/Chart.yaml`)) {
    throw new UserError("refused", `${name} is no packaged chart: it has no folder with a Chart.yaml in it`, {
      fix: "Package it with `helm package`.",
    });
  }
  return files.map((file) => ({ ...file, path: file.path.slice(top.length + 1) }));
}
