import type { UserError } from "../../model/errors.ts";
import type { Trace } from "../../model/render.ts";
import type { RenderSpec } from "../../model/target.ts";
import type { Tree } from "../../model/tree.ts";
import { parseImage } from "../image-name.ts";
import { type Comment, commentsWith, type KeyPath, nodeAt, type ScalarNode, type YamlText } from "../splice/index.ts";
import { textOf } from "./nodes.ts";
import { isManifestOf } from "./plain-manifests.ts";
import { markerKey, printMarker, printPolicy, readMarker } from "./policy-reference.ts";
import { ReadFiles } from "./read-files.ts";
import {
  type FindProblem,
  type Marker,
  type PolicyReference,
  partOf,
  partsOf,
  type VersionSetting,
} from "./setting.ts";

/** A value with a marker. Its part (`whole`, `name`, `tag` or `digest`) is the value. */
export type MarkerSetting = VersionSetting & { readonly form: "marker"; readonly marker: Marker };

/** What to search for. */
export interface MarkerOptions {
  /** Which policies count: all by default. Markers of others, and their problems, are left out. */
  readonly wanted?: (policy: PolicyReference) => boolean;
  /**
   * What `findSettings` found in the same target: settings of the same values give the image's name and what decides
   * instead.
   */
  readonly known?: readonly VersionSetting[];
}

/** The values with markers in a target's files, in the order of files and lines, and markers that cannot be used. */
export interface FoundMarkers {
  readonly markers: readonly MarkerSetting[];
  readonly problems: readonly FindProblem[];
}

const yamlName = /(?:\.ya?ml|(?:^|\/)Kustomization)$/;

/**
 * The values with a comment `# {"$imagepolicy": "namespace:name[:name|:tag|:digest]"}`, as Flux marks them, in the YAML
 * files that a target's render read, whatever the file is for. Rejects only when the tree cannot be read. Files that
 * are not YAML are problems where they contain a marker's text, and so are markers that belong to no single value.
 */
export async function findMarkers(
  target: RenderSpec,
  trace: Trace,
  tree: Tree,
  { wanted = () => true, known = [] }: MarkerOptions = {},
): Promise<FoundMarkers> {
  const files = new ReadFiles(trace, tree);
  const twins = new Map(known.flatMap((one) => partsOf(one).map(({ path }) => [keyOf(one, path), one] as const)));
  const markers: MarkerSetting[] = [];
  for (const file of await files.all()) {
    if (!yamlName.test(file) || (target.kind === "plain" && !isManifestOf(target, file))) continue;
    const yaml = await files.mentioning(file, markerKey, ({ message, place }: UserError) => {
      files.report(file, `The image policy markers cannot be used: ${message}`, place?.line);
    });
    if (yaml === undefined) continue;
    const found = marked(yaml, files).filter(({ marker: { policy } }) => wanted(policy));
    markers.push(...settingsOf(found, yaml, files, twins));
  }
  return { markers, problems: files.problems };
}

/** Identifies a value by its document and path. */
function keyOf({ file, document }: Pick<VersionSetting, "file" | "document">, path: KeyPath): string {
  return JSON.stringify([file, document, path]);
}

interface Marked {
  readonly marker: Marker;
  readonly comment: Comment;
}

function marked(yaml: YamlText, files: ReadFiles): readonly Marked[] {
  return commentsWith(yaml, markerKey).flatMap((comment) => {
    const marker = readMarker(comment.text);
    if (marker === undefined) return [];
    if (!("malformed" in marker)) return [{ marker, comment }];
    const message = `The image policy marker is not valid: ${marker.malformed}`;
    if (comment.value() !== undefined) files.report(yaml.path, message, comment.line);
    return [];
  });
}

interface Placed extends Marked {
  readonly node: ScalarNode;
}

function settingsOf(
  found: readonly Marked[],
  yaml: YamlText,
  files: ReadFiles,
  twins: ReadonlyMap<string, VersionSetting>,
): readonly MarkerSetting[] {
  const placed = new Map<string, Placed>();
  for (const { marker, comment } of found) {
    const node = comment.value()?.node;
    if (node === undefined || node.kind === "map" || node.kind === "list") {
      report(files, yaml, { marker, comment }, "belongs to no single value");
      continue;
    }
    const key = keyOf({ file: yaml.path, document: comment.document }, node.path);
    if (placed.has(key))
      report(files, yaml, { marker, comment }, "is the second of its value, and is the one that counts");
    placed.set(key, { marker, comment, node });
  }
  const names = markedNames(placed.values(), yaml);
  return [...placed].flatMap(([key, one]) => {
    return files.mayFind(yaml.path) ? [settingOf(one, yaml, { twin: twins.get(key), names })] : [];
  });
}

function report(files: ReadFiles, { path }: YamlText, { marker, comment }: Marked, what: string): void {
  files.report(path, `The image policy marker \`${printMarker(marker)}\` ${what}`, comment.line);
}

/** The names that markers of a policy mark, by the policy and the map around them. */
function markedNames(placed: Iterable<Placed>, yaml: YamlText): ReadonlyMap<string, string> {
  const names = [...placed].filter(({ marker }) => marker.part === "name");
  return new Map(names.map((one) => [siblingKey(one, yaml), one.node.value]));
}

function siblingKey({ marker, comment, node }: Placed, { path: file }: YamlText): string {
  const at = keyOf({ file, document: comment.document }, node.path.slice(0, -1));
  return `${printPolicy(marker.policy)} ${at}`;
}

interface Around {
  readonly twin: VersionSetting | undefined;
  readonly names: ReadonlyMap<string, string>;
}

function settingOf(one: Placed, yaml: YamlText, { twin, names }: Around): MarkerSetting {
  const { marker, comment, node } = one;
  const name = twin?.subject.kind === "image" ? twin.subject.name : nameOf(one, yaml, names);
  return {
    subject: { kind: "image", name },
    matches: name,
    form: "marker",
    file: yaml.path,
    document: comment.document,
    at: node.path.slice(0, -1),
    [marker.part]: partOf(node),
    marker,
    ...(twin?.decidedBy !== undefined && { decidedBy: twin.decidedBy }),
  };
}

/**
 * The name in the value itself, in a value next to it with a marker of the same policy, or under a usual key next to
 * it.
 */
function nameOf(one: Placed, yaml: YamlText, names: ReadonlyMap<string, string>): string | undefined {
  const { marker, comment, node } = one;
  if (marker.part === "whole" || marker.part === "name") return parseImage(node.value)?.name;
  const parent = nodeAt(yaml, comment.document, node.path.slice(0, -1));
  const texts = ["newName", "repository", "repo", "image", "imageName", "name"].map((key) =>
    parent?.kind === "map" ? textOf(parent.get(key)) : "",
  );
  return parseImage(names.get(siblingKey(one, yaml)) ?? texts.find((text) => text !== "") ?? "")?.name;
}
