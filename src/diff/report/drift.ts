import type { Drift, DriftCommit, EnvironmentDrift, FieldGap, VersionGap } from "../../model/preview.ts";
import { clip, visible } from "../../model/text/lines.ts";
import { count } from "../../model/text/lists.ts";
import { code, inert } from "../../model/text/markdown.ts";
import { shortImage } from "../image-name.ts";
import type { Fit } from "./fit.ts";

/** Of more pairs than this the list is folded away. */
const openPairs = 5;

/**
 * Where environments of the touched apps are not where those are that they are promoted from, and by which commits; as
 * many pairs as fit, the others counted. Nothing when there are none.
 */
export function driftSection(drift: Drift | undefined, repositoryUrl: string | undefined, fit: Fit): string {
  const { apart = [], unchecked = 0 } = drift ?? {};
  const entries: string[] = [];
  let room = fit.budget - 300;
  for (const one of apart) {
    const text = entry(one, repositoryUrl);
    room -= fit.measure(text);
    if (room < 0) break;
    entries.push(text);
  }
  const rest = apart.length - entries.length;
  const lines = [...entries, ...leftOut(rest, entries.length > 0, unchecked)];
  if (lines.length === 0) return "";
  const title = "Environments apart";
  const section =
    entries.length > openPairs
      ? `<details><summary><b>${title}</b>: ${count(apart.length, "pair")}</summary>\n\n${lines.join("")}\n</details>\n\n`
      : `**${title}**\n\n${lines.join("")}\n`;
  return fit.measure(section) <= fit.budget ? section : "";
}

function leftOut(rest: number, some: boolean, unchecked: number): readonly string[] {
  return [
    ...(rest > 0
      ? [
          `- ${some ? "and " : ""}${count(rest, `${some ? "more pair" : "pair"} of environments`, `${some ? "more pairs" : "pairs"} of environments`)}: \`sluice preview\` lists all\n`,
        ]
      : []),
    ...(unchecked > 0 ? [`- ${uncheckedText(unchecked)}\n`] : []),
  ];
}

/** What was not looked at. */
export function uncheckedText(unchecked: number): string {
  const pairs = count(unchecked, "pair of environments was", "pairs of environments were");
  return `${pairs} not compared: a preview compares at most 50, and both must render`;
}

function entry(drift: EnvironmentDrift, repositoryUrl: string | undefined): string {
  const { app, environment, from, versions, fields, more } = drift;
  const source = code(from);
  const came = originText(drift, repositoryUrl);
  const lines = [
    ...versions.map((gap) => versionText(gap, source)),
    ...fields.map((gap) => fieldText(gap, code(environment), source)),
    ...(more > 0 ? [`and ${count(more, "more difference")}`] : []),
    ...(came === "" ? [] : [came]),
  ];
  const target = code([app, environment].filter((part) => part !== "").join("/"));
  return `- ${target} is not where ${source} is\n${lines.map((line) => `  - ${line}\n`).join("")}`;
}

function versionText({ image, here, there }: VersionGap, source: string): string {
  return `${code(shortImage(image))}: ${version(here)}, ${source} has ${version(there)}`;
}

function version(text: string): string {
  return text === "" ? "no version" : code(shortImage(text));
}

function fieldText({ resource, path, here, there }: FieldGap, target: string, source: string): string {
  const since = "since this pull request";
  if (path === "") return `${code(resource)}: only in ${here === undefined ? source : target}, ${since}`;
  const value = (text: string | undefined) => (text === undefined ? "nothing" : code(text));
  return `${code(resource)} ${code(clip(visible(path), 200))}: ${value(here)}, ${source} has ${value(there)}, ${since}`;
}

/** Who brought the versions: this pull request, or commits of the base branch. */
function originText({ byPullRequest, commits }: EnvironmentDrift, repositoryUrl: string | undefined): string {
  return [
    ...byPullRequest.map((environment) => `${code(environment)} since this pull request`),
    ...commits.map((commit) => `${code(commit.environment)} since ${commitText(commit, repositoryUrl)}`),
  ].join("; ");
}

function commitText({ sha, subject, author }: DriftCommit, repositoryUrl: string | undefined): string {
  const id = code(sha.slice(0, 7));
  const link = repositoryUrl === undefined ? id : `[${id}](${repositoryUrl}/commit/${sha})`;
  return `${link} ${inert(clip(visible(subject), 120))} (${inert(clip(visible(author), 60))})`;
}
