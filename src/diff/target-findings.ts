import type { Finding } from "../model/preview.ts";
import type { ConfigProblem } from "../model/problem.ts";
import type { RenderFailure, UnpinnedReference } from "../model/render.ts";
import { commaList, count } from "../model/text/lists.ts";
import { inTicks } from "../model/text/markdown.ts";
import { redactMessage } from "./redact.ts";

/** Names the target of a finding. */
interface TargetName {
  readonly app: string;
  readonly environment: string;
}

/**
 * A target cannot be rendered. `cause` says whose doing it is: a danger where this change broke it, a warning where
 * it was so before, where the values are a guess, and at the base, which the pull request may fix.
 */
export function renderFailureFinding(
  about: TargetName & {
    readonly failure: RenderFailure;
    readonly cause: "change" | "before" | "guess" | "base";
  },
): Finding {
  const { app, environment, failure, cause } = about;
  return {
    id: "render-failed",
    severity: cause === "change" ? "danger" : "warning",
    app,
    environment,
    resource: "",
    message: failureText[cause](redactMessage(failure.message)).replace(/\.\. /, ". "),
    ...(failure.file !== undefined ? { file: failure.file } : {}),
    ...(failure.file !== undefined && failure.line !== undefined ? { line: failure.line } : {}),
  };
}

const failureText: Readonly<Record<"change" | "before" | "guess" | "base", (message: string) => string>> = {
  change: (message) => `Cannot be rendered: ${message}. What this pull request changes here is unknown.`,
  before: (message) =>
    `Cannot be rendered, with or without this pull request: ${message}. What this pull request changes here is unknown.`,
  guess: (message) =>
    `Cannot be rendered with the chart's default values alone, and nothing says which values it gets: ${message}. Name its value files in \`.sluice.yaml\`.`,
  base: (message) =>
    `Cannot be rendered before this pull request: ${message}. What it changes here cannot be compared.`,
};

/** A chart was rendered with its own values alone, because nothing says which it gets. */
export function guessedValuesFinding(about: TargetName & { readonly path: string }): Finding {
  const { app, environment, path } = about;
  return {
    id: "guessed-values",
    severity: "warning",
    app,
    environment,
    resource: "",
    message: `${inTicks(path === "" ? "." : path)} was rendered with its default values alone, which may not be the ones in use: nothing says which values it gets. Name its value files in \`.sluice.yaml\`.`,
  };
}

/** Changed manifests, values or charts belong to no target. `files` is not empty. */
export function unreadFilesFinding(files: readonly string[]): Finding {
  const [one, many] = files.length === 1 ? ["is", "it"] : ["are", "them"];
  const what = `${count(files.length, "changed file")} ${one} read by no target`;
  return {
    id: "unread-files",
    severity: "warning",
    app: "",
    environment: "",
    resource: "",
    message: `${what}: ${commaList(files.map(inTicks), 6)}. If something deploys ${many}, this change goes live unseen. Name the folder in \`.sluice.yaml\`, or add it to \`preview.exclude\` there.`,
    ...(files[0] === undefined ? {} : { file: files[0] }),
  };
}

/** A path of the configuration matches no folder, so nothing is known of what it stands for. */
export function unmatchedPathFinding({ message, fix, file, line }: ConfigProblem, environment: string): Finding {
  return {
    id: "environment-without-folder",
    severity: "warning",
    app: "",
    environment,
    resource: "",
    message: `${message}, so nothing is known of what would be there. ${fix}`,
    file,
    line,
  };
}

/** A target is gone: all its resources are. `resources` is `undefined` where it could not be rendered before. */
export function targetRemovedFinding(about: TargetName & { readonly resources: number | undefined }): Finding {
  const { app, environment, resources } = about;
  const what =
    resources === undefined
      ? "what it had could not be rendered, and is"
      : resources === 1
        ? "its 1 resource is"
        : `its ${resources} resources are`;
  return {
    id: "target-removed",
    severity: "warning",
    app,
    environment,
    resource: "",
    message: `The target is gone at the head: ${what} deleted from the cluster where pruning is on. Make sure that nothing still needs them.`,
  };
}

/** A remote base, file or chart was left out of a render. */
export function notFetchedFinding(about: TargetName & { readonly reference: UnpinnedReference }): Finding {
  const { app, environment, reference } = about;
  const { kind = "base", file, before } = reference;
  const was = before === undefined ? "" : ` (${inTicks(before)} before)`;
  const what = kind === "chart" ? "chart" : `remote ${kind}`;
  const moving = isPinned(reference) ? "" : " It names no fixed version, so it can change without a commit here.";
  return {
    id: "reference-not-fetched",
    severity: "warning",
    app,
    environment,
    resource: "",
    message: `Not fetched: the ${what} ${inTicks(reference.reference)}${was}. Sluice reads this repository only; Argo CD and Flux fetch it when they deploy. What it gives is not compared.${moving} To have it compared, copy it into the repository.`,
    ...(file !== undefined ? { file } : {}),
  };
}

/** Whether a reference always leads to the same: a base at a commit or a tag with a number, a chart at a version. */
function isPinned({ reference, kind }: UnpinnedReference): boolean {
  if (kind === "chart") return /:v?\d+\.\d+\.\d+[^\s|<>=~^*]*$/.test(reference);
  return (
    /[?&](?:ref|version)=(?:[0-9a-f]{40}|v?\d[^&]*|[^&]*\d+\.\d+[^&]*)/.test(reference) ||
    /\/v?\d+\.\d+/.test(reference)
  );
}
