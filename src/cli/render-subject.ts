import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { detectRenderer } from "../discovery/index.ts";
import { UserError } from "../model/errors.ts";
import type { RenderSpec, Target } from "../model/target.ts";
import { commaList } from "../model/text/lists.ts";
import type { Tree } from "../model/tree.ts";
import { usage } from "./parse.ts";
import { suggest } from "./suggest.ts";

/** `DIR[@REF]`, parsed; `ref` is `undefined` when the work tree is meant. */
export interface Subject {
  readonly folder: string;
  readonly ref: string | undefined;
}

/**
 * Splits `DIR[@REF]` at the first `@` before which a folder is named, so that folders and revisions with an `@` work
 * too.
 */
export async function parseSubject(argument: string, cwd: string): Promise<Subject> {
  const whole = resolve(cwd, argument);
  if (await isFolder(whole)) return { folder: whole, ref: undefined };
  for (let at = argument.indexOf("@"); at >= 0; at = argument.indexOf("@", at + 1)) {
    const folder = resolve(cwd, argument.slice(0, at) || ".");
    const ref = argument.slice(at + 1);
    if (ref !== "" && (await isFolder(folder))) return { folder, ref };
  }
  throw usage(
    `there is no folder ${argument}`,
    `Name a folder in a git repository, with @REF for another commit than the work tree.${asTarget(argument)}`,
  );
}

function asTarget(argument: string): string {
  return /^[^\s/@]+\/[^\s/@]+$/.test(argument) ? ` If it is a target: sluice render --target ${argument}` : "";
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}

/** Something to render, with the name that people know it by. */
export interface Chosen {
  readonly name: string;
  readonly spec: RenderSpec;
}

/**
 * What `wanted` means: the target with that id (`app/environment`) or path, else the folder itself, rendered as what
 * it is. Throws UserErrors when it is nothing that renders or when several targets share the path.
 */
export async function choose(wanted: string, targets: readonly Target[], tree: Tree): Promise<Chosen> {
  const path = normalPath(wanted);
  const named = targets.filter((target) => target.id === wanted);
  const matches = named.length > 0 ? named : targets.filter((target) => target.render.path === path);
  const [first, second] = matches;
  if (first && second) {
    const ids = matches.map((target) => target.id).join(", ");
    throw usage(`${wanted} is ${matches.length} targets`, `Name one of them: --target ${first.id} (there are ${ids}).`);
  }
  if (first) return { name: first.id, spec: first.render };
  return { name: path === "" ? "." : path, spec: await inferSpec(path, tree, targets) };
}

/** A path as the tree knows it: no `./`, no trailing slash. Throws when it leaves the repository. */
function normalPath(wanted: string): string {
  const path = join("/", wanted).slice(1).replace(/\/$/, "");
  if (wanted.split("/").includes("..") && join(wanted).startsWith("..")) {
    throw usage(`${wanted} is outside the repository`, "Name a path from the repository's top folder.");
  }
  return path;
}

/** What a folder that no target names is rendered as: a kustomization, a chart, or plain manifests. */
async function inferSpec(path: string, tree: Tree, targets: readonly Target[]): Promise<RenderSpec> {
  const kind = detectRenderer(await tree.list(path));
  if (kind === "helm") return { kind, path, options: { releaseName: path.split("/").at(-1) || "release-name" } };
  if (kind !== undefined) return { kind, path, options: {} };
  throw new UserError("usage", `there is nothing to render at ${path === "" ? "the top of the repository" : path}`, {
    fix: targetFix(path, targets),
  });
}

/** The target that was meant, or the first ones that there are. */
function targetFix(path: string, targets: readonly Target[]): string {
  const near = suggest(path, [...new Set(targets.flatMap((target) => [target.id, target.render.path]))]);
  if (near !== undefined) return `Did you mean ${near}? sluice targets lists all.`;
  const ids = targets.map((target) => target.id);
  const listed = ids.length === 0 ? "" : ` (${commaList(ids, 3)})`;
  return `Name the path or the id of a target${listed}; sluice targets lists all.`;
}
