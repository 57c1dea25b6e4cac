import type { Preview } from "../model/preview.ts";

/**
 * Whether a preview must fail a pipeline: a finding of that severity or worse, or an affected target that was not
 * rendered, because what it would have shown is unknown. Without a severity nothing fails.
 */
export function failsOn(preview: Preview, severity: "danger" | "warning" | undefined): boolean {
  if (severity === undefined) return false;
  if (preview.completeness.failed > 0) return true;
  return preview.findings.some((finding) => finding.severity === "danger" || finding.severity === severity);
}
