import { declarerText, destinationText, movesText } from "../../diff/index.ts";
import type { ChartChange, Preview, TargetPreview } from "../../model/preview.ts";
import { commaList, thousands } from "../../model/text/lists.ts";
import { oneLine, type Style } from "../style.ts";

const maxListed = 10;

/** Charts that are another version, what moved and renders the same, and who deploys what changes. */
export function deployedLines(preview: Preview, paint: Style): readonly string[] {
  const charts = new Map<string, { readonly chart: ChartChange; readonly places: string[] }>();
  for (const target of preview.targets)
    for (const chart of target.charts ?? []) {
      const key = JSON.stringify(chart);
      const known = charts.get(key) ?? { chart, places: [] };
      known.places.push(place(target));
      charts.set(key, known);
    }
  return [
    ...limited([...charts.values()].map(({ chart, places }) => chartLine(chart, places, paint))),
    ...limited(
      (preview.moved ?? []).map((one) => `${place(one)} moved and renders the same: ${movesText(one, plain)}`),
    ),
    ...limited(preview.targets.filter(isChanged).flatMap((target) => deployerLine(target, paint))),
  ].map(oneLine);
}

/** What can change without a commit, and values that only the cluster knows. */
export function notSeenLines({ moving = [], completeness }: Preview, paint: Style): readonly string[] {
  const sources = moving.map(
    ({ reference, revision, version }) => `${paint.yellow("not pinned")}  ${reference} (now ${version ?? revision})`,
  );
  const values = [...Map.groupBy(completeness.values ?? [], ({ reason }) => reason)].map(([reason, own]) => {
    const names = commaList([...new Set(own.map(({ reference }) => reference))]);
    return `${paint.yellow("only the cluster knows")}  ${names}: ${reason}`;
  });
  return [...limited(sources), ...limited(values)].map(oneLine);
}

function plain(text: string): string {
  return text;
}

function place({ app, environment }: Pick<TargetPreview, "app" | "environment">): string {
  return `${app} in ${environment}`;
}

function isChanged({ status }: TargetPreview): boolean {
  return status !== "unchanged" && status !== "failed";
}

function chartLine({ name, from, to, app, links }: ChartChange, places: readonly string[], paint: Style): string {
  const installs = app === undefined ? "" : `, app ${app.from || "none"} → ${app.to || "none"}`;
  const pages = links.map(({ url }) => url).join("  ");
  return `chart ${name} ${from} → ${to}${installs}: ${commaList(places, 4)}${pages === "" ? "" : `  ${paint.dim(pages)}`}`;
}

function deployerLine(target: TargetPreview, paint: Style): readonly string[] {
  const { declaration, destination } = target;
  if (declaration === undefined) return [];
  const { file, line } = declaration;
  const where = file === undefined ? "" : ` (${line === undefined ? file : `${file}:${line}`})`;
  return [
    paint.dim(
      `${place(target)}: deployed by ${declarerText(declaration, plain)}${where}${destinationText(destination, plain)}`,
    ),
  ];
}

function limited(lines: readonly string[]): readonly string[] {
  const more = lines.length - maxListed;
  return more > 0 ? [...lines.slice(0, maxListed), `and ${thousands(more)} more`] : lines;
}
