import type { Preview } from "../../model/preview.ts";
import { count } from "../../model/text/lists.ts";
import { code } from "../../model/text/markdown.ts";
import { type Fit, firstThatFits } from "./fit.ts";
import { targetList } from "./phrases.ts";

/** Why the targets are affected, collapsed: for each changed path, the chains that lead from it to targets. */
export function whySection(preview: Preview, fit: Fit): string {
  const chains = groupChains(preview);
  if (chains.length === 0) return "";
  return firstThatFits(
    [() => section(chains, chains.length), () => section(chains, 20), () => section(chains, 3)],
    fit,
  );
}

interface Chain {
  /** Every step but the last. */
  readonly through: readonly string[];
  readonly ends: readonly string[];
}

function groupChains(preview: Preview): readonly Chain[] {
  const all = preview.targets.flatMap(({ because, path }) =>
    because.filter((chain) => chain.length > 0).map((chain) => (chain.length === 1 ? [...chain, path] : chain)),
  );
  const groups = Map.groupBy(all, (chain) => chain.slice(0, -1).join("\n"));
  return [...groups.values()].map((chains) => ({
    through: chains[0]?.slice(0, -1) ?? [],
    ends: [...new Set(chains.map((chain) => chain.at(-1) ?? ""))],
  }));
}

function section(chains: readonly Chain[], limit: number): string {
  const lines = chains.slice(0, limit).map(({ through, ends }) => {
    const path = through.map((step) => code(step === "" ? "/" : step)).join(" → ");
    return `- ${path} → ${targetList(
      ends.map((end) => end || "/"),
      8,
    )}`;
  });
  if (chains.length > limit) lines.push(`- and ${count(chains.length - limit, "more chain")}`);
  return `<details><summary>Why these targets are affected</summary>\n\n${lines.join("\n")}\n\n</details>\n\n`;
}
