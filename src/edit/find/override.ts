import type { Json } from "../../model/json.ts";
import { documentAt, parseYaml, type YamlEdit } from "../splice/index.ts";
import { child } from "./files.ts";
import type { FoundSettings, VersionSetting } from "./setting.ts";
import type { WantedVersion } from "./version-edits.ts";

/** One edit of one file. */
export interface FileEdit {
  readonly file: string;
  readonly edit: YamlEdit;
}

/**
 * The edits that override a setting, which stands in a file that others share, in a file of the target's own: an item of `images` in its kustomization, or the same key in its last value file.
 * `own` is that file with its bytes. `undefined` where nothing can override it: plain manifests, versions of charts, lists in values.
 */
export function overrideFor(
  setting: VersionSetting,
  wanted: WantedVersion,
  found: Pick<FoundSettings, "kustomizations" | "valueFiles">,
  own: { readonly file: string; readonly bytes: Uint8Array },
): readonly FileEdit[] | undefined {
  if ("version" in wanted) return undefined;
  switch (setting.form) {
    case "kustomize-image":
    case "manifest":
      return found.kustomizations.includes(own.file) ? kustomizeOverride(setting, wanted, own) : undefined;
    case "values":
    case "values-text":
      return found.valueFiles.includes(own.file) ? valuesOverride(setting, wanted, own) : undefined;
    case "helm-charts":
    case "chart-dependency":
      return undefined;
    default:
      return setting.form satisfies never;
  }
}

type Image = Exclude<WantedVersion, { readonly version: string }>;
type Own = { readonly file: string; readonly bytes: Uint8Array };

/** An outer kustomization sees the name that the inner one gave the image. */
function kustomizeOverride(
  { subject }: VersionSetting,
  wanted: Image,
  { file, bytes }: Own,
): readonly FileEdit[] | undefined {
  if (subject.kind !== "image" || subject.name === undefined) return undefined;
  const item: Json = {
    name: subject.name,
    ...(wanted.name === undefined || wanted.name === subject.name ? {} : { newName: wanted.name }),
    ...(wanted.tag === "" ? {} : { newTag: wanted.tag }),
    ...(wanted.digest === "" ? {} : { digest: wanted.digest }),
  };
  const images = child(documentAt(parseYaml(file, bytes), 0), "images");
  const edit: YamlEdit =
    images?.kind === "list"
      ? { kind: "insert", document: 0, path: ["images", "-"], value: item }
      : { kind: "insert", document: 0, path: ["images"], value: [item] };
  return [{ file, edit }];
}

function valuesOverride(setting: VersionSetting, wanted: Image, { file }: Own): readonly FileEdit[] | undefined {
  // A list in a value file replaces the chart's whole list.
  if (setting.at.some((step) => typeof step === "number")) return undefined;
  const set = (key: string, value: string): FileEdit => ({
    file,
    edit: { kind: "insert", document: 0, path: [...setting.at, key], value },
  });
  const keyOf = (part: VersionSetting["tag"], otherwise: string) => String(part?.path.at(-1) ?? otherwise);
  if (setting.whole !== undefined && setting.subject.kind === "image") {
    const name = wanted.name ?? setting.subject.name ?? "";
    const text = `${name}${wanted.tag === "" ? "" : `:${wanted.tag}`}${wanted.digest === "" ? "" : `@${wanted.digest}`}`;
    return [set(keyOf(setting.whole, "image"), text)];
  }
  if (wanted.digest !== "" && setting.digest === undefined && setting.digestKey === undefined) return undefined;
  return [
    ...(wanted.tag === "" ? [] : [set(keyOf(setting.tag, "tag"), wanted.tag)]),
    ...(wanted.digest === "" ? [] : [set(setting.digestKey ?? "digest", wanted.digest)]),
  ];
}
