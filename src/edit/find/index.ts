export { type ImageReference, parseImage, printImage, versionOf } from "../image-name.ts";
export { findSettings } from "./find.ts";
export { type KeyQuery, parseKey, resolveKey } from "./key-query.ts";
export { findMarkers, type MarkerSetting } from "./markers.ts";
export { type FileEdit, overrideFor } from "./override.ts";
export { printPolicy } from "./policy-reference.ts";
export type { FoundSettings, VersionSetting } from "./setting.ts";
export { versionEdits } from "./version-edits.ts";
export type { WantedVersion } from "./wanted-version.ts";
