import type { VersionSetting } from "../../../../src/edit/find/index.ts";

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
