import type { Drift, DriftCommit, EnvironmentDrift, FieldGap, VersionGap } from "../../model/preview.ts";
import { clip, visible } from "../../model/text/lines.ts";
import { count, thousands } from "../../model/text/lists.ts";
import { code, inert } from "../../model/text/markdown.ts";
import { shortImage } from "../image-name.ts";
import { htmlText } from "./block-words.ts";
import type { Fit } from "./fit.ts";
import { commitLink } from "./links.ts";
import { subject } from "./phrases.ts";

/**
 * Which environments differ now that did not before, or get their versions by this pull request: folded, after the
 * diffs. What differed before is the normal state of a promotion and is not told.
 */
export function driftSection(drift: Drift | undefined, repositoryUrl: string | undefined, fit: Fit): string {
  const caused = (drift?.apart ?? []).filter(isCaused);
  const [only, ...others] = caused;
  const next = only === undefined || others.length > 0 ? undefined : takenBack(only);
  if (next !== undefined) return `<details><summary>${summary(caused)}</summary>\n\n${next}\n\n</details>\n\n`;
  const entries: string[] = [];
  let room = fit.budget - 200;
  for (const one of caused) {
    const text = entry(one, repositoryUrl);
    room -= fit.measure(text);
    if (room < 0) break;
    entries.push(text);
  }
  if (entries.length === 0) return "";
  const rest = caused.length - entries.length;
  const more = rest > 0 ? `- and ${thousands(rest)} more\n` : "";
  return `<details><summary>${summary(caused)}</summary>\n\n${entries.join("")}${more}\n</details>\n\n`;
}

/** Of one field where whole folders are promoted: what the next promotion does to it, and how to keep it. */
function takenBack({ environment, from, versions, fields, more, copiedFile }: EnvironmentDrift): string | undefined {
  const [field, ...others] = fields;
  const isAlone = others.length + versions.length + more === 0;
  if (copiedFile === undefined || !isAlone || field?.here === undefined || field.there === undefined) return undefined;
  const [here, there] = [value(field.here), value(field.there)];
  const leave = /(?:^|\/)kustomization\.ya?ml$/i.test(copiedFile)
    ? ""
    : ` or add ${code(copiedFile)} to ${code("promote.exclude")}`;
  return `The strategy ${code("directory")} copies ${inert(from)}'s files, so the next promotion sets ${inert(environment)} back to ${there}. To keep ${here}, change ${inert(from)} too${leave}.`;
}

/** Short ones stand as they are. */
function value(text: string): string {
  return /^[\w.-]{1,20}$/.test(text) ? text : code(clip(visible(text), 120));
}

/** Whether this pull request is the cause: it pulls fields apart, or brings a version into one of the two. */
export function isCaused({ fields, byPullRequest }: EnvironmentDrift): boolean {
  return fields.length > 0 || byPullRequest.length > 0;
}

function summary(caused: readonly EnvironmentDrift[]): string {
  const [only, ...others] = caused;
  if (only === undefined || others.length > 0) return `${count(caused.length, "pair")} of environments differ now`;
  const lead = `${only.environment} and ${only.from} differ now`;
  const whole = `${lead}: ${gapSummary(only)}`;
  return htmlText(gapSummary(only) !== "" && [...whole].length <= 70 ? whole : clip(lead, 70));
}

/** `replicas 5 and 3`, where one thing differs. */
function gapSummary({ versions, fields, more }: EnvironmentDrift): string {
  if (more > 0 || versions.length + fields.length !== 1) return "";
  const [version] = versions;
  if (version !== undefined) return `${version.here || "no version"} and ${version.there || "no version"}`;
  const named = fields.filter(({ path }) => path !== "");
  return named
    .map(({ path, here = "nothing", there = "nothing" }) => `${lastField(path)} ${here} and ${there}`)
    .join("");
}

function lastField(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

/** What was not looked at. */
export function uncheckedText(unchecked: number): string {
  const pairs = count(unchecked, "pair of environments was", "pairs of environments were");
  return `${pairs} not compared: a preview compares at most 50, and both must render`;
}

function entry(drift: EnvironmentDrift, repositoryUrl: string | undefined): string {
  const { environment, from, versions, fields, more } = drift;
  const came = originText(drift, repositoryUrl);
  const lines = [
    ...versions.map((gap) => versionText(gap, code(environment), code(from))),
    ...fields.map((gap) => fieldText(gap, code(environment), code(from))),
    ...(more > 0 ? [`and ${count(more, "more difference")}`] : []),
    ...(came === "" ? [] : [came]),
  ];
  return `- **${inert(subject(drift))}**\n${lines.map((line) => `  - ${line}\n`).join("")}`;
}

function versionText({ image, here, there }: VersionGap, environment: string, source: string): string {
  return `${code(shortImage(image))}: ${environment} gets ${version(here)}, ${source} has ${version(there)}`;
}

function version(text: string): string {
  return text === "" ? "no version" : code(shortImage(text));
}

function fieldText({ resource, path, here, there }: FieldGap, environment: string, source: string): string {
  if (path === "") return `${code(resource)}: only in ${here === undefined ? source : environment}`;
  const value = (text: string | undefined) => (text === undefined ? "nothing" : code(text));
  const name = code(clip(visible(path), 200));
  return `${code(resource)} ${name}: ${environment} gets ${value(here)}, ${source} has ${value(there)}`;
}

/** Who brought the versions: this pull request, or commits of the base branch. */
function originText({ byPullRequest, commits }: EnvironmentDrift, repositoryUrl: string | undefined): string {
  return [
    ...byPullRequest.map((environment) => `${code(environment)} by this pull request`),
    ...commits.map((commit) => `${code(commit.environment)} by ${commitText(commit, repositoryUrl)}`),
  ].join("; ");
}

function commitText({ sha, subject: title, author }: DriftCommit, repositoryUrl: string | undefined): string {
  return `${commitLink(sha, repositoryUrl)} ${inert(clip(visible(title), 120))} (${inert(clip(visible(author), 60))})`;
}
