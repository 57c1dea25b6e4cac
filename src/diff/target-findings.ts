import type { Finding, FindingWords } from "../model/preview.ts";
import type { RenderFailure, UnpinnedReference } from "../model/render.ts";
import { inTicks } from "../model/text/markdown.ts";
import { toTargetFinding } from "./findings/target-finding.ts";
import { redactMessage } from "./redact.ts";

/** Names the target of a finding. */
interface TargetName {
  readonly app: string;
  readonly environment: string;
}

/**
 * A target cannot be rendered at one side (the head unless `side` says so): a danger at the head, a warning at the
 * base, which the pull request may repair.
 */
export function renderFailureFinding(
  about: TargetName & {
    readonly failure: RenderFailure;
    readonly side?: "base" | "head";
  },
): Finding {
  const { app, environment, failure, side = "head" } = about;
  const cause = firstLine(redactMessage(failure.message));
  const words: FindingWords =
    side === "head"
      ? {
          short: "{app} cannot be rendered",
          message: `${cause} {app}{where} cannot be rendered, so what this change does there is unknown.`,
        }
      : {
          short: "{app} could not be rendered before",
          message: `{app}{where} could not be rendered before, so all of it shows as new. ${cause}`,
        };
  return {
    ...toTargetFinding(
      { id: "render-failed", severity: side === "head" ? "danger" : "warning", app, environment, resource: "" },
      words,
    ),
    ...(failure.file !== undefined ? { file: failure.file } : {}),
    ...(failure.file !== undefined && failure.line !== undefined ? { line: failure.line } : {}),
  };
}

/** A tool's message as one sentence; blanks of ours have no meaning in it. */
function firstLine(message: string): string {
  const [line = ""] = message.trim().split("\n");
  const text = line.replaceAll(/[{}]/g, (brace) => (brace === "{" ? "(" : ")"));
  return /[.:]$/.test(text) ? text.replace(/:$/, ".") : `${text}.`;
}

/** A target is gone at the head: all its resources are. */
export function targetRemovedFinding(
  about: TargetName & { readonly resources: number; readonly path?: string; readonly claims?: number },
): Finding {
  const { app, environment, resources, path, claims } = about;
  const what = resources === 1 ? "The 1 resource" : `All ${resources} resources`;
  const leave = resources === 1 ? "leaves" : "leave";
  const data = claims === 0 ? " No volume claim is among them." : "";
  return toTargetFinding(
    { id: "target-removed", severity: "warning", app, environment, resource: "" },
    {
      short: "app {app} is removed",
      message: `${what} of {app} ${leave} Git{where}. Where pruning is on, they are deleted. Else they stay, and nothing updates them any more.${data}`,
      fix:
        path === undefined
          ? "if this is not meant, restore the folder"
          : `if this is not meant, restore ${inTicks(path)}`,
    },
  );
}

/** A remote base or chart that was not fetched was left out of a render. */
export function unpinnedFinding(about: TargetName & { readonly reference: UnpinnedReference }): Finding {
  const { app, environment, reference: unpinned } = about;
  return {
    ...toTargetFinding(
      { id: "unpinned-reference", severity: "warning", app, environment, resource: "" },
      {
        short: "1 remote source unknown",
        message: `Not fetched: ${inTicks(unpinned.reference)}. ${sentence(redactMessage(unpinned.reason))} What it adds is not compared.`,
      },
    ),
    ...(unpinned.file !== undefined ? { file: unpinned.file } : {}),
  };
}

function sentence(reason: string): string {
  const text = firstLine(reason);
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
