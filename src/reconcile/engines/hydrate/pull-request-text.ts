import { oneLine } from "../../../model/text/lines.ts";
import { count, sentenceList } from "../../../model/text/lists.ts";
import { code } from "../../../model/text/markdown.ts";
import type { TreeChange } from "../../../model/tree.ts";
import type { HydrateRound } from "./ports.ts";

/** Files that are named. */
const maxNamed = 20;

/** Title and body of the pull request that brings changes to a branch. `digest` identifies them. */
export function pullRequestText(
  { ports: { repositoryUrl }, branch, desired: { environment, head } }: HydrateRound,
  changes: readonly TreeChange[],
  digest: string,
): { readonly title: string; readonly body: string } {
  const files = changes.map(({ path, kind }) => `${code(path)}${kind === "delete" ? " (deleted)" : ""}`);
  const commit = `[${code(head.slice(0, 7))}](${repositoryUrl}/commit/${head})`;
  const body = [
    `**What ${code(environment)} renders to at ${commit}** in ${count(changes.length, "file")}: ${sentenceList(files, maxNamed)}.`,
    "",
    "**Next:** merge or close",
    `- merge: ${code(branch)} has it, and the tool that deploys from there deploys it`,
    `- close: ${code(branch)} stays as it is. Sluice opens another one when the render changes, or after ${code(`/reconcile ${environment}`)}`,
    "",
    "<sub>Opened by Sluice and updated in place. What is pushed to its branch is overwritten</sub>",
    `<!-- sluice:render ${digest} -->`,
  ];
  return { title: oneLine(`Deploy ${environment}: ${count(changes.length, "rendered file")}`), body: body.join("\n") };
}

const digestMark = /<!-- sluice:render ([0-9a-f]+) -->/;

/** What the body of such a pull request says that it brings; of a body that a person changed, `undefined`. */
export function digestIn(body: string): string | undefined {
  return digestMark.exec(body)?.[1];
}

/** The body without that. */
export function withoutDigest(body: string): string {
  return body.replace(digestMark, "").trimEnd();
}

/** Why a pull request is closed by Sluice. */
export function nothingLeft(branch: string): string {
  return `Closed: ${code(branch)} has what is rendered now, so nothing is left to merge.`;
}
