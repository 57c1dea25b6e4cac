import type { VersionSetting } from "../../../../src/edit/find/index.ts";
import type { SettingPart } from "../../../../src/edit/find/setting.ts";

/** A setting on one line: `file form name: what it says`, with what blocks it and what decides in its stead. */
export function settingLine(setting: VersionSetting): string {
  const { file, form, subject, name, tag, digest, whole, version, decidedBy } = setting;
  const parts = Object.entries({ name, tag, digest, whole, version }).flatMap(([key, part]) =>
    part === undefined ? [] : [`${key}=${part.value}${part.blocked === undefined ? "" : ` [${part.blocked}]`}`],
  );
  const decided = decidedBy === undefined ? "" : ` < ${decidedBy}`;
  return `${file} ${form} ${subject.name ?? "?"}: ${parts.join(" ")}${decided}`;
}

/** Settings, a line for each. */
export function settingLines(settings: readonly VersionSetting[]): readonly string[] {
  return settings.map(settingLine);
}

/** All of a setting: a line for what it is and where, one for each part with its place, one for what else is known. */
export function wholeSetting(setting: VersionSetting): readonly string[] {
  const { subject, matches, form, file, document, at, name, registry, tag, digest, whole, version, ...rest } = setting;
  const { values, heldIn, marker, ...facts } = rest;
  const about = `${form} ${subject.kind} ${subject.name ?? "?"}`;
  const from = subject.kind === "chart" && subject.repository !== undefined ? ` of ${subject.repository}` : "";
  const instead = matches === subject.name ? "" : ` for ${matches}`;
  const parts = Object.entries({ name, registry, tag, digest, whole, version });
  return [
    `${about}${from}${instead} | ${file}#${document} ${at.join(".")}`,
    ...parts.flatMap(([key, part]) => (part === undefined ? [] : [partLine(key, part)])),
    ...(heldIn === undefined ? [] : [`held in ${heldIn.join(".")}`]),
    ...(marker === undefined ? [] : [`marked ${marker.policy.namespace}:${marker.policy.name} ${marker.part}`]),
    ...Object.entries(facts).map(([key, fact]) => `${key}: ${String(fact)}`),
  ];
}

function partLine(key: string, { value, path, line, blocked }: SettingPart): string {
  return `${key}=${value} @ ${path.join(".")} :${line}${blocked === undefined ? "" : ` (${blocked})`}`;
}
