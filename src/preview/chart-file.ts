import { z } from "zod";
import { UserError } from "../model/errors.ts";
import type { Mount } from "../model/mount.ts";
import { joinPath } from "../model/paths.ts";
import type { RenderSource } from "../model/render.ts";
import type { RenderSpec } from "../model/target.ts";
import type { ObjectReader } from "../model/tree.ts";
import { readTree } from "../model/tree-object.ts";
import { yamlValues } from "../model/yaml-values.ts";
import { smallText } from "./small-text.ts";

/** What the `Chart.yaml` of a chart says; its makers wrote it, so nothing of it is Markdown, and no link is safe. */
export type ChartFile = z.output<typeof chartFile>;

const maxBytes = 256 * 1024;

const text = z.string().catch("");
/** A version may be written as a number. */
const version = z.coerce.string().catch("");
const chartFile = z.object({
  name: text,
  version,
  appVersion: version.default(""),
  home: text.default(""),
  sources: z.array(z.string()).catch([]).default([]),
  annotations: z.record(z.string(), z.string()).catch({}).default({}),
});

const argoSources = z
  .object({
    source: z.object({ path: text }).optional().catch(undefined),
    sources: z
      .array(z.object({ path: text }).catch({ path: "" }))
      .catch([])
      .default([]),
  })
  .catch({ sources: [] });

/**
 * The folders of a target's charts, in the tree that its render sees. Those of an Application are where its sources
 * have a `Chart.yaml`.
 */
export function chartFolders(spec: RenderSpec): readonly string[] {
  switch (spec.kind) {
    case "helm":
    case "helmrelease":
      return [spec.path];
    case "argocd": {
      const { source, sources } = argoSources.parse(spec.options.spec);
      const all = sources.length > 0 ? sources : source === undefined ? [] : [source];
      return [...new Set(spec.options.roots.map((root, index) => folderOf(root, all[index]?.path ?? "")))];
    }
    case "kustomize":
    case "plain":
    case "flux":
    case "applicationset":
    case "resourceset":
      return [];
    default:
      return spec satisfies never;
  }
}

function folderOf(root: string, path: string): string {
  return [root, path.replace(/^\.?\/+|\/+$/g, "").replace(/^\.$/, "")].filter((part) => part !== "").join("/");
}

/** Reads the `Chart.yaml` of a folder of the repository, or of something that was fetched; `undefined` without one. */
export async function readChartFile(
  folder: string,
  spec: RenderSpec,
  source: RenderSource,
  fetched: ObjectReader | undefined,
): Promise<ChartFile | undefined> {
  const mount = spec.mounts?.find(({ at }) => folder === at || folder.startsWith(`${at}/`));
  const read =
    mount === undefined
      ? await smallText(source.tree, joinPath(folder, "Chart.yaml"))
      : fetched && (await mountedText(mount, `${folder}/Chart.yaml`, fetched));
  return read === undefined ? undefined : chartFile.safeParse(yamlValues(read)[0]).data;
}

async function mountedText({ at, tree }: Mount, path: string, objects: ObjectReader): Promise<string | undefined> {
  let oid: string | undefined = tree;
  for (const name of path.slice(at.length + 1).split("/")) {
    const object = await objects.read(oid);
    if (object?.kind !== "tree") return undefined;
    oid = childOf(object.bytes, name, oid.length / 2);
    if (oid === undefined) return undefined;
  }
  const file = await objects.read(oid);
  return file?.kind === "blob" && file.bytes.length <= maxBytes ? new TextDecoder().decode(file.bytes) : undefined;
}

/** A tree that is none of Git's has no children: the render says what is wrong with it. */
function childOf(bytes: Uint8Array, name: string, oidBytes: number): string | undefined {
  try {
    return readTree(bytes, oidBytes).get(Buffer.from(name, "utf8").toString("latin1"))?.oid;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
