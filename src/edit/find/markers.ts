import type { UserError } from "../../model/errors.ts";
import type { Trace } from "../../model/render.ts";
import type { RenderSpec } from "../../model/target.ts";
import type { Tree } from "../../model/tree.ts";
import { parseImage } from "../image-name.ts";
import { type Comment, commentsWith, type KeyPath, nodeAt, type ScalarNode, type YamlText } from "../splice/index.ts";
import { ReadFiles } from "./files.ts";
import { textOf } from "./nodes.ts";
import { isManifestOf } from "./plain-manifests.ts";
import { markerKey, printMarker, printPolicy, readMarker } from "./policy-reference.ts";
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

/** What is looked for. */
export interface MarkerOptions {
  /** Which policies are asked for: all without it. Markers of others are left out, with what is wrong about them. */
  readonly wanted?: (policy: PolicyReference) => boolean;
  /** What `findSettings` found in the same target: settings of the same values tell the image's name and what decides in their stead. */
  readonly known?: readonly VersionSetting[];
}

/** The values with markers in a target's files, in the order of files and lines, and markers that cannot be used. */
export interface FoundMarkers {
  readonly markers: readonly MarkerSetting[];
  readonly problems: readonly FindProblem[];
}

const yamlName = /(?:\.ya?ml|(?:^|\/)Kustomization)$/;

/**
 * The values that `# {"$imagepolicy": "namespace:name[:name|:tag|:digest]"}` stands behind, as Flux marks them, in the YAML files that a target's render read: whatever the file is for. Rejects
 * only when the tree cannot be read. Files that are no YAML are problems where they have a marker's text, and so are markers that no single value has.
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
      files.tell(file, `The image policy markers cannot be used: ${message}`, place?.line);
    });
    if (yaml === undefined) continue;
    const found = marked(yaml, files).filter(({ marker: { policy } }) => wanted(policy));
    markers.push(...settingsOf(found, yaml, files, twins));
  }
  return { markers, problems: files.problems };
}

/** What stands at a path of a document. */
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
    if (comment.value() !== undefined) files.tell(yaml.path, message, comment.line);
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
      tell(files, yaml, { marker, comment }, "stands behind no single value");
      continue;
    }
    const key = keyOf({ file: yaml.path, document: comment.document }, node.path);
    if (placed.has(key)) tell(files, yaml, { marker, comment }, "is the second of its value, and the one that counts");
    placed.set(key, { marker, comment, node });
  }
  const beside = namesBeside(placed.values(), yaml);
  return [...placed].flatMap(([key, one]) => {
    return files.mayFind(yaml.path) ? [settingOf(one, yaml, { twin: twins.get(key), beside })] : [];
  });
}

function tell(files: ReadFiles, { path }: YamlText, { marker, comment }: Marked, what: string): void {
  files.tell(path, `The image policy marker \`${printMarker(marker)}\` ${what}`, comment.line);
}

/** The names that markers of a policy have, by the policy and the map that they stand in. */
function namesBeside(placed: Iterable<Placed>, yaml: YamlText): ReadonlyMap<string, string> {
  const names = [...placed].filter(({ marker }) => marker.part === "name");
  return new Map(names.map((one) => [besideKey(one, yaml), one.node.value]));
}

function besideKey({ marker, comment, node }: Placed, { path: file }: YamlText): string {
  const at = keyOf({ file, document: comment.document }, node.path.slice(0, -1));
  return `${printPolicy(marker.policy)} ${at}`;
}

interface Around {
  readonly twin: VersionSetting | undefined;
  readonly beside: ReadonlyMap<string, string>;
}

function settingOf(one: Placed, yaml: YamlText, { twin, beside }: Around): MarkerSetting {
  const { marker, comment, node } = one;
  const name = twin?.subject.kind === "image" ? twin.subject.name : nameOf(one, yaml, beside);
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

/** The name that the value says itself, that a marker of the same policy beside it has, or that stands beside it under a usual key. */
function nameOf(one: Placed, yaml: YamlText, beside: ReadonlyMap<string, string>): string | undefined {
  const { marker, comment, node } = one;
  if (marker.part === "whole" || marker.part === "name") return parseImage(node.value)?.name;
  const parent = nodeAt(yaml, comment.document, node.path.slice(0, -1));
  const texts = ["newName", "repository", "repo", "image", "imageName", "name"].map((key) =>
    parent?.kind === "map" ? textOf(parent.get(key)) : "",
  );
  return parseImage(beside.get(besideKey(one, yaml)) ?? texts.find((text) => text !== "") ?? "")?.name;
}
