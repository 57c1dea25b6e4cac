/** The sample repositories besides the shop. */
export const SAMPLE_NAMES = ["argocd", "flux", "monorepo"] as const;

/** Name of a sample. */
export type SampleName = (typeof SAMPLE_NAMES)[number];
