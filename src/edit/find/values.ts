import { parseImage } from "../image-name.ts";
import type { KeyPath, ScalarNode } from "../splice/index.ts";
import type { Bounds } from "./read-files.ts";
import { partOf, type ValuesPlace, type VersionSetting, withParts } from "./setting.ts";
import { type Known, type Search, type Shape, shapesIn } from "./shapes.ts";
import { answerOf, keyIn, type Layer, lineIn, mergedText } from "./value-layers.ts";

/**
 * The settings in the values of a chart, by layers, of which later ones win; what wins comes first. Names come from all
 * layers together.
 */
export function valueSettings(layers: readonly Layer[], files: Bounds): readonly VersionSetting[] {
  return layers
    .flatMap((layer, index) => (layer.role === "config" ? [] : layerSettings(layers, layer, index, files)))
    .toReversed();
}

/** The last of a file comes first, since the whole list is reversed. */
function layerSettings(layers: readonly Layer[], layer: Layer, index: number, files: Bounds): VersionSetting[] {
  const known: Known = ({ path }, key) => mergedText(layers, [...keyIn(layer, path), key]) || undefined;
  const below = layers.slice(0, index);
  const above = layers.slice(index + 1);
  return shapesIn(layer.start, { known, ...boundsIn(files, layer.file) })
    .map((shape) => settingOf(shape, { layer, below, above, all: layers }))
    .toReversed();
}

interface Among {
  readonly layer: Layer;
  readonly below: readonly Layer[];
  readonly above: readonly Layer[];
  readonly all: readonly Layer[];
}

function settingOf(shape: Shape, among: Among): VersionSetting {
  const { layer, above } = among;
  const key = keyIn(layer, shape.map.path);
  const values = placeIn(shape, key, among);
  const name =
    shape.whole === undefined ? nameOf(shape, key, values.registry, among.all) : parseImage(shape.whole.value)?.name;
  const setting: VersionSetting = {
    subject: { kind: "image", name },
    matches: name,
    form: shape.whole === undefined ? "values" : "values-text",
    file: layer.file,
    document: layer.document,
    at: shape.map.path,
    ...shapeParts(shape),
    ...digestKeyOf(shape, key, among.all),
    values,
  };
  const decidedBy = decidingPlace(shape, key, layer, above);
  const placed = layer.held === undefined ? setting : inHeld(setting, layer);
  const decided = decidedBy === undefined ? placed : { ...placed, decidedBy };
  return layer.role === "included" ? withParts(decided, (part) => ({ blocked: "included chart", ...part })) : decided;
}

/** Values in a text that holds them as YAML: they are where the text is. */
function inHeld(setting: VersionSetting, { held }: Layer): VersionSetting {
  if (held === undefined) return setting;
  const { blocked } = partOf(held);
  const placed = withParts(setting, (part) => ({
    ...part,
    line: lineIn({ held }, part.line),
    ...(blocked !== undefined && blocked !== "text block" && { blocked }),
  }));
  return { ...placed, heldIn: held.path };
}

/** The bounds of a search in a file. */
export function boundsIn(files: Bounds, file: string): Pick<Search, "mayVisit" | "mayFind"> {
  return { mayVisit: () => files.mayVisit(file), mayFind: () => files.mayFind(file) };
}

/** The parts of a shape. */
export function shapeParts({ name, registry, tag, digest, whole }: Shape): Partial<VersionSetting> {
  if (whole !== undefined) return { whole: partOf(whole) };
  return {
    ...(name && { name: partOf(name) }),
    ...(registry && { registry: partOf(registry) }),
    ...(tag && { tag: partOf(tag) }),
    ...(digest && { digest: partOf(digest) }),
  };
}

function placeIn(shape: Shape, key: KeyPath, { layer, below, above, all }: Among): ValuesPlace {
  const { keys, whole } = shape;
  const own = mergedText(all, [...key, keys.registry]);
  return {
    key,
    version: [...key, versionKey(shape)].join("."),
    above: [...new Set(above.filter(({ role }) => role !== "config").map(({ file }) => file))].toReversed(),
    isDefault: layer.role !== "given",
    tagBelow: whole === undefined ? mergedText(below, [...key, keys.tag]) : undefined,
    digestBelow: whole === undefined ? mergedText(below, [...key, keys.digest]) : undefined,
    // Charts with a registry for an image let a global one win.
    registry: (own === undefined ? undefined : mergedText(all, ["global", "imageRegistry"]) || own) || undefined,
  };
}

/** The key of what has the version. A parameter's value stands under a key that is not its name. */
function versionKey({ map, keys, whole, tag, digest }: Shape): string {
  const own = map.entries.find(({ node }) => node === whole)?.key;
  return own ?? (tag === undefined && digest !== undefined ? keys.digest : keys.tag);
}

function nameOf(
  { keys }: Shape,
  key: KeyPath,
  registry: string | undefined,
  all: readonly Layer[],
): string | undefined {
  const names = keys.names.map((name) => mergedText(all, [...key, name]) ?? "");
  const name = parseImage(names.find((text) => text !== "") ?? "")?.name;
  if (name === undefined || registry === undefined || name.startsWith(`${registry}/`)) return name;
  return `${registry}/${name}`;
}

function digestKeyOf({ keys, whole }: Shape, key: KeyPath, all: readonly Layer[]): { digestKey?: string } {
  const known = whole === undefined && all.some((layer) => answerOf(layer, [...key, keys.digest]).kind === "found");
  return known ? { digestKey: keys.digest } : {};
}

/** Where a later layer sets all the values that this one sets. */
function decidingPlace(shape: Shape, key: KeyPath, layer: Layer, above: readonly Layer[]): string | undefined {
  const all = [shape.whole, shape.tag, shape.digest].filter((node) => node !== undefined);
  const filled = all.filter(({ value }) => value !== "");
  const parts = filled.length > 0 ? filled : all.length > 0 ? all : [shape.name].filter((node) => node !== undefined);
  const places = parts.map((node) => overridingPlace(node, key, layer, above));
  return places.every((place) => place !== undefined) ? places[0] : undefined;
}

function overridingPlace(node: ScalarNode, key: KeyPath, layer: Layer, above: readonly Layer[]): string | undefined {
  const name = keyIn(layer, node.path).slice(key.length);
  for (const other of above.toReversed()) {
    const answer = answerOf(other, [...key, ...name]);
    if (answer.kind === "found")
      return other.role === "config" ? other.file : `${other.file}:${lineIn(other, answer.line)}`;
  }
  return undefined;
}
