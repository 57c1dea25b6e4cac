import type { Finding } from "../model/preview.ts";
import type { RenderFailure, UnpinnedReference } from "../model/render.ts";
import { inTicks } from "../model/text/markdown.ts";
import { redactMessage } from "./redact.ts";

/** Names the target of a finding. */
interface TargetName {
  readonly app: string;
  readonly environment: string;
}

/**
 * A target does not render at one side (the head unless `side` says so): a danger at the head, a warning at the base,
 * which the pull request may fix.
 */
export function renderFailureFinding(
  about: TargetName & {
    readonly failure: RenderFailure;
    readonly side?: "base" | "head";
  },
): Finding {
  const { app, environment, failure, side = "head" } = about;
  const where = side === "head" ? "at the head" : "at the merge base";
  const effect =
    side === "head"
      ? "Nothing can be said about what this pull request does here, and a deploy will fail the same way."
      : "What this pull request changes here cannot be shown.";
  return {
    id: "render-failed",
    severity: side === "head" ? "danger" : "warning",
    app,
    environment,
    resource: "",
    message: `Does not render ${where}: ${redactMessage(failure.message)}. ${effect}`.replace(/\.\. /, ". "),
    ...(failure.file !== undefined ? { file: failure.file } : {}),
    ...(failure.file !== undefined && failure.line !== undefined ? { line: failure.line } : {}),
  };
}

/** A target is gone at the head: all its resources are. */
export function targetRemovedFinding(about: TargetName & { readonly resources: number }): Finding {
  const { app, environment, resources } = about;
  const what = resources === 1 ? "its 1 resource is" : `its ${resources} resources are`;
  return {
    id: "target-removed",
    severity: "warning",
    app,
    environment,
    resource: "",
    message: `The target is gone at the head: ${what} deleted from the cluster where pruning is on. Make sure that nothing still needs them.`,
  };
}

/** A remote base or chart whose content is not pinned was left out of a render. */
export function unpinnedFinding(about: TargetName & { readonly reference: UnpinnedReference }): Finding {
  const { app, environment, reference: unpinned } = about;
  return {
    id: "unpinned-reference",
    severity: "warning",
    app,
    environment,
    resource: "",
    message: `${inTicks(unpinned.reference)} was not followed: ${redactMessage(unpinned.reason)}. What it would render is not in this preview. Pin it to a full commit, tag, version or digest.`,
    ...(unpinned.file !== undefined ? { file: unpinned.file } : {}),
  };
}
