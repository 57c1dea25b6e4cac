import type { Finding, FindingWords } from "../model/preview.ts";
import type { ConfigProblem } from "../model/problem.ts";
import type { RenderFailure } from "../model/render.ts";
import { stopped } from "../model/text/lines.ts";
import { commaList, count } from "../model/text/lists.ts";
import { inTicks } from "../model/text/markdown.ts";
import { verbatim } from "./finding-words.ts";
import { toTargetFinding } from "./findings/target-finding.ts";
import { redactMessage } from "./redact.ts";

/** Names the target of a finding. */
export interface TargetName {
  readonly app: string;
  readonly environment: string;
}

/** Whose doing it is that a target cannot be rendered. */
type FailureCause = "change" | "before" | "guess" | "base";

/**
 * A target cannot be rendered: a danger where this change broke it, a warning where it was so before, where the values
 * are a guess, and at the base, which the pull request may repair.
 */
export function renderFailureFinding(
  about: TargetName & {
    readonly failure: RenderFailure;
    readonly cause: FailureCause;
    /** Of a file that is missing: the one beside it that may be meant. */
    readonly near?: string | undefined;
  },
): Finding {
  const { app, environment, failure, cause, near } = about;
  const severity = cause === "change" ? "danger" : "warning";
  return {
    ...toTargetFinding(
      { id: "render-failed", severity, app, environment, resource: "" },
      failureWords[cause](toldFailure(failure, near)),
    ),
    ...(failure.file !== undefined ? { file: failure.file } : {}),
    ...(failure.file !== undefined && failure.line !== undefined ? { line: failure.line } : {}),
  };
}

/** What is told of a failure. */
interface ToldFailure {
  /** Why, as sentences. */
  readonly why: string;
  /** The same in one sentence, and what else follows from it. */
  readonly what: string;
  readonly fix: string;
}

const missing = /^"([^"]+)" is referenced but does not exist$/;

/** The file that a render misses, from the root of the repository. */
export function missingFile({ message }: Pick<RenderFailure, "message">): string | undefined {
  return missing.exec(message.trim())?.[1];
}

function toldFailure(failure: RenderFailure, near: string | undefined): ToldFailure {
  const path = missingFile(failure);
  if (path !== undefined) return toldMissing(path, failure, near);
  const why = firstLine(redactMessage(failure.message));
  return {
    why,
    what: `${why} {app}{where} cannot be rendered, so what this change does there is unknown.`,
    fix: "repair it here",
  };
}

function toldMissing(path: string, { file, line }: RenderFailure, near: string | undefined): ToldFailure {
  const unknown = "what this change does to {app}{where} is unknown";
  const there = near === undefined ? "" : ` (${inTicks(verbatim(near))} is there)`;
  const fix = `add the file, or correct its name${there}`;
  if (file === undefined || file === path) {
    const why = `${inTicks(verbatim(path))} is missing.`;
    return { why, what: `${why} So ${unknown}.`, fix };
  }
  const folder = file.slice(0, file.lastIndexOf("/") + 1);
  const name = inTicks(verbatim(path.startsWith(folder) ? path.slice(folder.length) : path));
  const place = inTicks(verbatim(line === undefined ? file : `${file}:${line}`));
  return {
    why: `${name} is missing; it is listed in ${place}.`,
    what: `${name} is missing. It is listed in ${place}, so ${unknown}.`,
    fix,
  };
}

const failureWords: Readonly<Record<FailureCause, (told: ToldFailure) => FindingWords>> = {
  change: ({ what, fix }) => ({ short: "{app} cannot be rendered", message: what, fix }),
  before: ({ why }) => ({
    short: "{app}{where} {is|are} already broken on {base}",
    message: `{app}{where} cannot be rendered, with or without this pull request. ${why}`,
    fix: "repair it here or in a pull request of its own",
  }),
  guess: ({ why }) => ({
    short: "{app} cannot be rendered with its default values",
    message: `{app}{where} cannot be rendered with the chart's default values alone. Nothing says which values it gets. ${why}`,
    fix: "name its value files in `.sluice.yaml`",
  }),
  base: ({ why }) => ({
    short: "{app} could not be rendered before",
    message: `{app}{where} could not be rendered before, so all of it shows as new. ${why}`,
  }),
};

/** A chart was rendered with its own values alone, because nothing says which it gets. */
export function guessedValuesFinding(about: TargetName & { readonly path: string }): Finding {
  const { app, environment, path } = about;
  return toTargetFinding(
    { id: "guessed-values", severity: "warning", app, environment, resource: "" },
    {
      short: "the values of {app} are not known",
      message: `${inTicks(verbatim(path === "" ? "." : path))} was rendered with its default values alone. Nothing says which values it gets, so what is deployed may differ.`,
      fix: "name its value files in `.sluice.yaml`",
    },
  );
}

/** Changed manifests, values or charts belong to no target. `files` is not empty. */
export function unreadFilesFinding(files: readonly string[]): Finding {
  const [belongs, it] = files.length === 1 ? ["belongs", "it"] : ["belong", "them"];
  const names = commaList(
    files.map((file) => inTicks(verbatim(file))),
    6,
  );
  const parents = [...new Set(files.map(folderOf))];
  const folders = commaList(
    parents.map((path) => (path === "" ? "the files" : inTicks(verbatim(path)))),
    3,
  );
  const globs =
    parents.length > 3
      ? "them"
      : commaList(
          globsOf(files).map((glob) => inTicks(verbatim(glob))),
          3,
        );
  return {
    ...toTargetFinding(
      { id: "unread-files", severity: "warning", app: "", environment: "", resource: "" },
      {
        short: `${count(files.length, "changed file")} ${belongs} to no known app`,
        message: `${names} ${belongs} to no app that Sluice knows. If something deploys ${it}, this change goes live unseen.`,
        fix: `add ${folders} to \`.sluice.yaml\`. Not deployed from here? Add ${globs} to \`preview.exclude\``,
      },
    ),
    ...(files[0] === undefined ? {} : { file: files[0] }),
  };
}

function folderOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf("/")));
}

/** What leaves these files out: their folders, or themselves at the root. */
function globsOf(files: readonly string[]): readonly string[] {
  return [...new Set(files.map((file) => (folderOf(file) === "" ? file : `${folderOf(file)}/**`)))];
}

/** The change breaks the configuration: one error of it, and what to write instead. */
export function brokenConfigurationFinding({ message, fix, file, line }: ConfigProblem): Finding {
  return {
    ...{ id: "broken-configuration", severity: "danger", app: "", environment: "", resource: file },
    ...{ message: `${stopped(message)} ${fix}`, file, line },
  };
}

/** A changed file of a chart asks what only the cluster can answer, so not every branch of it is rendered. */
export function dependsOnClusterFinding(
  about: TargetName & { readonly what: string; readonly file: string; readonly line: number | undefined },
): Finding {
  const { app, environment, what, file, line } = about;
  const known = what.startsWith(".Capabilities")
    ? "set `kubeVersion` and `apiVersions` in `.sluice.yaml`"
    : "read the template: both branches may be deployed";
  return {
    ...toTargetFinding(
      { id: "depends-on-cluster", severity: "warning", app, environment, resource: "" },
      {
        short: "{app} depends on the cluster",
        message: `{app}{where} depends on the cluster: what ${inTicks(what)} decides in ${inTicks(verbatim(file))} is not rendered here.`,
        fix: known,
      },
    ),
    file,
    ...(line === undefined ? {} : { line }),
  };
}

/** A path of the configuration matches no folder, so nothing is known of what it stands for. */
export function unmatchedPathFinding(problem: ConfigProblem, environment: string): Finding {
  const { message, fix, file, line } = problem;
  return {
    ...toTargetFinding(
      { id: "environment-without-folder", severity: "warning", app: "", environment, resource: "" },
      {
        short: "a path matches no folder",
        message: `${verbatim(message)}, so nothing is known of what would be there.`,
        fix: fix.slice(0, 1).toLowerCase() + fix.slice(1).replace(/\.$/, ""),
      },
    ),
    file,
    line,
  };
}

/** A path of the configuration that matches no folder, and what it is on the base branch. */
interface UnmatchedPath {
  readonly path: string;
  readonly before: string | undefined;
  readonly problem: Pick<ConfigProblem, "file" | "line">;
}

/**
 * With the pull request's configuration, an environment has fewer apps than before. `lost` is not empty; `cause` is the
 * path that matches nothing, where that is why.
 */
export function lostAppsFinding(
  environment: string,
  lost: readonly string[],
  kept: number,
  cause?: UnmatchedPath,
): Finding {
  const all = kept === 0 ? allOf(lost.length) : count(lost.length, "app");
  const short = `${verbatim(environment)} loses ${all} with this \`.sluice.yaml\``;
  const about = { id: "configuration-loses-apps", severity: "warning", app: "", environment: "" } as const;
  const words = cause === undefined ? lostWords(lost, short) : unmatchedWords(environment, cause);
  return {
    ...toTargetFinding({ ...about, resource: environment }, { short, ...words }),
    ...(cause === undefined ? {} : { file: cause.problem.file, line: cause.problem.line }),
  };
}

function lostWords(lost: readonly string[], short: string) {
  const them = lost.length === 1 ? "it" : "them";
  return {
    message: `${short}: ${commaList(lost.map(verbatim), 6)}. After the merge Sluice ignores ${them} there: no previews, promotions or updates.`,
    fix: "if this is not meant, correct the paths; `sluice targets` lists what they match",
  };
}

function unmatchedWords(environment: string, { path, before }: UnmatchedPath) {
  return {
    message: `${inTicks(verbatim(path))} matches no folder. After the merge Sluice ignores ${verbatim(environment)}: no previews, promotions or updates.`,
    fix: before === undefined ? "correct the path" : `did you mean ${inTicks(verbatim(before))}?`,
  };
}

/** A tool's message as one sentence; blanks of ours have no meaning in it. */
function firstLine(message: string): string {
  const [line = ""] = message.trim().split("\n");
  const text = verbatim(line);
  return /[.:]$/.test(text) ? text.replace(/:$/, ".") : `${text}.`;
}

function allOf(apps: number): string {
  if (apps === 1) return "its only app";
  return apps === 2 ? "both apps" : `all ${apps} apps`;
}
