/**
 * The wanted version of an image (an empty tag or digest: none), with another name where that changes too; or of a
 * chart.
 */
export type WantedVersion =
  | { readonly tag: string; readonly digest: string; readonly name?: string }
  | { readonly version: string };

/** A wanted version of an image. */
export type WantedImage = Exclude<WantedVersion, { readonly version: string }>;

/** Why a setting cannot get a version. */
export interface Refused {
  readonly refused: string;
}
