export { type ImageReference, parseImage, printImage, versionOf } from "../image-name.ts";
export { type ConfiguredKey, type FindOptions, findSettings } from "./find.ts";
export { type KeyQuery, type KeyStep, parseKey, resolveKey } from "./key.ts";
export { type FileEdit, overrideFor } from "./override.ts";
export type {
  Blocked,
  FindProblem,
  FoundSettings,
  SettingForm,
  SettingPart,
  Subject,
  ValuesPlace,
  VersionSetting,
} from "./setting.ts";
export { type Refused, versionEdits, type WantedVersion } from "./version-edits.ts";
