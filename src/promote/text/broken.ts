import { fileLink, inert, redactMessage } from "../../diff/index.ts";
import { fenced } from "../../model/text/markdown.ts";
import type { PromotionMetadata } from "./metadata.ts";
import { onlyMove } from "./versions.ts";

/** A target that cannot be rendered with what a promotion gives it: the base changed since it opened. */
export interface BrokenTarget {
  readonly app: string;
  /** The base can be rendered without the promotion. */
  readonly only: boolean;
  /** `Helm`, `kustomize`; `""` where no tool says it. */
  readonly tool: string;
  readonly message: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
  /** What the base changed, as a sentence; Markdown. */
  readonly because: string | undefined;
  readonly base: string;
  readonly repositoryUrl: string;
}

/** `webapp in prod cannot be rendered with 1.5.0`. */
function brokenClause({ app, only }: BrokenTarget, metadata: PromotionMetadata, verb: string): string {
  const target = metadata.targets.find((one) => one.app === app);
  const move = target && onlyMove(target.images);
  const version = !only || move === undefined ? "" : ` with ${move.to}`;
  return `${app} in ${metadata.environment} ${verb}${version}`;
}

/** The title of the check, without the word that it is stopped. */
export function brokenTitle(broken: BrokenTarget, metadata: PromotionMetadata): string {
  return brokenClause(broken, metadata, "does not render");
}

/** The first line: what stops it, and what the base changed since it opened. */
export function brokenVerdict(broken: BrokenTarget, metadata: PromotionMetadata): string {
  const { because, base } = broken;
  const cause = because === undefined ? "" : ` ${inert(base)} changed since this opened: ${because}.`;
  return `**Stopped: ${inert(brokenClause(broken, metadata, "cannot be rendered"))}.**${cause}`;
}

/** Where to fix it, and what follows by itself; then the tool's own words, where there are any. */
export function brokenNext({ file, line, tool, message, base, repositoryUrl }: BrokenTarget): string {
  const what = file === undefined ? "it" : fileLink(file, line, { repositoryUrl, head: base });
  const next = `**Next:** fix ${what} on ${inert(base)}. This pull request follows by itself; \`/retry\` checks at once.`;
  if (message === "") return next;
  const summary = tool === "" ? "The message" : `Message of ${tool}`;
  const words = fenced("text", redactMessage(message).slice(0, 3_000));
  return `${next}\n\n<details><summary>${summary}</summary>\n\n${words}\n\n</details>`;
}
