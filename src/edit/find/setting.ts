import { type ImageReference, parseImage } from "../image-name.ts";
import type { KeyPath, ScalarNode } from "../splice/index.ts";

/** Why a value cannot be changed where it is. */
export type Blocked =
  | "alias"
  | "anchor"
  | "merge key"
  | "encrypted"
  | "template"
  | "text block"
  | "inline patch"
  | "included chart";

/** One scalar of a setting. */
export interface SettingPart {
  readonly path: KeyPath;
  readonly value: string;
  /** Counts from 1. */
  readonly line: number;
  readonly blocked?: Blocked;
}

/** What a setting is about: an image by its name in the render, unknown where no file has it; or a chart. */
export type Subject =
  | { readonly kind: "image"; readonly name: string | undefined }
  | { readonly kind: "chart"; readonly name: string; readonly repository: string | undefined };

/**
 * How a file sets a version. `object-image`: an item of `images` in an object that has kustomize run in a cluster, as
 * Flux's Kustomization.
 */
export type SettingForm =
  | "kustomize-image"
  | "values"
  | "values-text"
  | "manifest"
  | "object-image"
  | "helm-charts"
  | "chart-dependency"
  | "marker";

/** What Flux calls an ImagePolicy. */
export interface PolicyReference {
  readonly namespace: string;
  readonly name: string;
}

/** The comment after a value: the policy that decides about it, and which part of the image it is. */
export interface Marker {
  readonly policy: PolicyReference;
  readonly part: "whole" | "name" | "tag" | "digest";
}

/** Where a setting is among the values of a chart. */
export interface ValuesPlace {
  /**
   * The path of the setting's `at` from the root of the chart's values; below the name of an included chart where it
   * belongs to one.
   */
  readonly key: KeyPath;
  /** The path of the value that has the version: `image.tag`. */
  readonly version: string;
  /** The value files that win over the setting's own, the winner first. */
  readonly above: readonly string[];
  /** Whether the setting is in the defaults of a chart (`values.yaml` next to `Chart.yaml`). */
  readonly isDefault: boolean;
  /** The tag and the digest in the files that the setting's own wins over. `undefined`: not set there. */
  readonly tagBelow: string | undefined;
  readonly digestBelow: string | undefined;
  /** The registry that comes before the name, wherever it is set. */
  readonly registry: string | undefined;
}

/** One place that decides about an image's or a chart's version. */
export interface VersionSetting {
  readonly subject: Subject;
  /** The name that it replaces, kustomize's `images[].name`, or the written name; else the subject's. */
  readonly matches: string | undefined;
  readonly form: SettingForm;
  readonly file: string;
  /** Of the file, counted from 0. */
  readonly document: number;
  /** The text in that document that holds another one in which all paths are: `values: |` of an `Application`. */
  readonly heldIn?: KeyPath;
  /** The collection with the parts: the item of `images`, the map with the tag, the container. */
  readonly at: KeyPath;
  readonly name?: SettingPart;
  readonly registry?: SettingPart;
  readonly tag?: SettingPart;
  readonly digest?: SettingPart;
  /** The whole reference as one text. */
  readonly whole?: SettingPart;
  /** What stands before the reference in that text: `app=` of Argo CD's `app=ghcr.io/acme/webapp:1.4.0`. */
  readonly before?: string;
  readonly version?: SettingPart;
  /** For values: the key of the digest next to the tag, where the chart has one. */
  readonly digestKey?: string;
  /** For values of a chart. */
  readonly values?: ValuesPlace;
  /**
   * What people call it, where that is not the image's or the chart's name: of values in an object that has a chart
   * rendered in the cluster `parameter image.tag`, of a source of Flux `repository podinfo`.
   */
  readonly called?: string;
  /** For manifests: the resource as `Kind/name`, and the container where it is one's image. */
  readonly resource?: string;
  readonly container?: string;
  /**
   * For items of `images`: no setting has the name that the item replaces. It may still match what a chart's templates
   * write.
   */
  readonly matchesNothing?: true;
  /** For a value with a marker. */
  readonly marker?: Marker;
  /** The place (`file:line`) that decides instead: changing this setting alone has no effect. */
  readonly decidedBy?: string;
}

/** Something that looks like a setting and cannot be read. */
export interface FindProblem {
  readonly file: string;
  readonly line?: number;
  readonly message: string;
}

/** What sets versions in the files that a target reads; what wins comes first. */
export interface FoundSettings {
  readonly settings: readonly VersionSetting[];
  readonly problems: readonly FindProblem[];
  /** The target's own first, then those that it includes. */
  readonly kustomizations: readonly string[];
  /** What wins first: of a Helm target the last of its files, the chart's own `values.yaml` at the end. */
  readonly valueFiles: readonly string[];
}

/** What is found in the files of a target before problems are added. */
export type Found = Pick<FoundSettings, "settings"> & Partial<FoundSettings>;

/** The part that a scalar is. */
export function partOf(node: ScalarNode): SettingPart {
  const blocked = blockedBy(node);
  return { path: node.path, value: node.value, line: node.line, ...(blocked === undefined ? {} : { blocked }) };
}

function blockedBy(node: ScalarNode): Blocked | undefined {
  if (node.encrypted === true) return "encrypted";
  if (node.value.includes("{{")) return "template";
  if (node.alias !== undefined) return "alias";
  if (node.merged === true) return "merge key";
  if (node.anchored === true) return "anchor";
  return node.style === "block" ? "text block" : undefined;
}

/** The image that a setting names in one text; `undefined` for one that has parts, or no image. */
export function wholeImage({ whole, before = "" }: VersionSetting): ImageReference | undefined {
  return whole?.value.startsWith(before) === true ? parseImage(whole.value.slice(before.length)) : undefined;
}

/** The tag and the digest that a setting says; empty where it does not. A tag may carry the digest. */
export function settingVersion(setting: VersionSetting): Pick<ImageReference, "tag" | "digest"> {
  const written = wholeImage(setting);
  const own = setting.digest?.value ?? "";
  if (setting.whole !== undefined) return { tag: written?.tag ?? "", digest: written?.digest || own };
  const [tag = "", inTag = ""] = (setting.tag?.value ?? "").split("@");
  return { tag, digest: inTag || own };
}

const partNames = ["name", "registry", "tag", "digest", "whole", "version"] as const;

/** Every part that a setting has. */
export function partsOf(setting: VersionSetting): readonly SettingPart[] {
  return partNames.flatMap((name) => setting[name] ?? []);
}

/** The setting with each of its parts changed. */
export function withParts(setting: VersionSetting, change: (part: SettingPart) => SettingPart): VersionSetting {
  const parts = partNames.flatMap((name) => {
    const part = setting[name];
    return part === undefined ? [] : [[name, change(part)] as const];
  });
  return { ...setting, ...Object.fromEntries(parts) };
}

/** `file:line` of a setting: of its version where it has one. */
export function placeOf(setting: VersionSetting): string {
  const { whole, tag, digest, version } = setting;
  const part = whole ?? tag ?? digest ?? version ?? partsOf(setting)[0];
  return part === undefined ? setting.file : `${setting.file}:${part.line}`;
}
