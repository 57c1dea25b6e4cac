import { z } from "zod";
import type { ApplicationSetOptions } from "../../model/controller-spec.ts";
import { isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import { isMounted } from "../../model/mount.ts";
import { joinPath } from "../../model/paths.ts";
import type { Trace } from "../../model/render.ts";
import { joined, type StaticSteps, wholeAt } from "./static-steps.ts";

const patterns = z
  .array(z.object({ path: z.string() }))
  .catch([])
  .default([]);
const gitGenerator = z.object({
  repoURL: z.string(),
  revision: z.string().default(""),
  files: patterns,
  directories: patterns,
});

/**
 * What the generators of an ApplicationSet can look up in the repository: all that is below the folders in which
 * patterns of files begin, and everything for patterns of folders, which are walked from the root. `undefined` where
 * another generator's values are a part of a pattern.
 */
export async function generatorTrace(
  { set, repositories }: ApplicationSetOptions,
  { tree, answer }: StaticSteps,
): Promise<Trace | undefined> {
  const traces = gitGenerators(set).map(async (generator) => {
    const { data } = gitGenerator.safeParse(generator);
    if (data === undefined) return undefined;
    const { repoURL, revision, files, directories } = data;
    const root = repositories.find((one) => one.url === repoURL && one.revision === revision)?.root ?? "";
    if (isMounted(root)) return [];
    const everything = directories.length === 0 ? [] : wholeAt(root, await tree.at(root));
    const folders = files.map(({ path }) => (path.includes("{{") ? undefined : fixedFolder(path)));
    const below = folders.map(async (folder) => {
      if (folder === undefined) return undefined;
      const path = joinPath(root, folder);
      return joined([wholeAt(path, await tree.at(path)), await answer(path)]);
    });
    return joined([everything, ...(await Promise.all(below))]);
  });
  return joined(await Promise.all(traces));
}

/** The folder in which a pattern of files begins; `undefined` for one that is not written as a path is. */
function fixedFolder(pattern: string): string | undefined {
  const parts = pattern.split("/").filter((part) => part !== "" && part !== ".");
  const until = parts.findIndex((part) => /[*?[{]/.test(part));
  const fixed = until < 0 ? parts : parts.slice(0, until);
  return pattern.includes("\\") || fixed.includes("..") ? undefined : fixed.join("/");
}

/** The git generators, those within others too. */
function gitGenerators(value: Json | undefined): readonly JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(gitGenerators);
  if (!isJsonObject(value)) return [];
  const own = isJsonObject(value.git) ? [value.git] : [];
  return [...own, ...Object.values(value).flatMap(gitGenerators)];
}
