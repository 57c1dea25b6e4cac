import type { Declaration, Destination } from "../../model/declaration.ts";
import type { ChartChange, MovedTarget, Preview, TargetPreview } from "../../model/preview.ts";
import { commaList, count, sentenceList, thousands } from "../../model/text/lists.ts";
import { code, inert } from "../../model/text/markdown.ts";
import { environmentOrder } from "./environments.ts";
import type { Fit } from "./fit.ts";
import { fileLink, type LinkBase } from "./links.ts";
import { inEnvironments, nameList, subject } from "./phrases.ts";
import { changedTargets } from "./verdict.ts";

const maxListed = 10;

/** Whose object it is. */
const controllers: Readonly<Record<Declaration["kind"], string>> = {
  Application: "Argo CD Application",
  ApplicationSet: "Argo CD ApplicationSet",
  Kustomization: "Flux Kustomization",
  HelmRelease: "Flux HelmRelease",
  ResourceSet: "Flux ResourceSet",
};

/** `Argo CD Application \`argocd/web\``. `mark` makes the name fit for where it stands. */
export function declarerText({ kind, namespace, name }: Declaration, mark: (name: string) => string = code): string {
  return `${controllers[kind]} ${mark(namespace === "" ? name : `${namespace}/${name}`)}`;
}

/** ` to cluster \`prod\`, namespace \`web\``; nothing where nothing is known. */
export function destinationText(destination: Destination | undefined, mark: (name: string) => string = code): string {
  const { cluster, server, namespace } = destination ?? {};
  const where = cluster ?? server;
  const parts = [
    ...(where === undefined ? [] : [`cluster ${mark(where)}`]),
    ...(namespace === undefined ? [] : [`namespace ${mark(namespace)}`]),
  ];
  return parts.length === 0 ? "" : ` to ${parts.join(", ")}`;
}

/** Who deploys the one place that changes: for the small print. */
export function deployedBy(preview: Preview, links: LinkBase): string {
  const [only, ...others] = changedTargets(preview);
  return only?.declaration === undefined || others.length > 0 ? "" : `Deployed by ${deployerText(only, links)}`;
}

function deployerText({ declaration, destination }: TargetPreview, links: LinkBase): string {
  if (declaration === undefined) return "";
  const { file, line } = declaration;
  const place = file === undefined ? "" : ` (${fileLink(file, line, links)})`;
  return `${declarerText(declaration)}${place}${destinationText(destination)}`;
}

/** Who deploys what changes, folded, where there are several. */
export function deployersSection(preview: Preview, links: LinkBase, { budget, measure }: Fit): string {
  const order = environmentOrder(preview);
  const declared = changedTargets(preview).filter(({ declaration }) => declaration !== undefined);
  if (declared.length < 2) return "";
  const lines = declared
    .toSorted((a, b) => order(a.environment, b.environment))
    .slice(0, maxListed)
    .map((target) => `- ${inert(subject(target))}: ${deployerText(target, links)}`);
  const rest = declared.length - lines.length;
  if (rest > 0) lines.push(`- and ${thousands(rest)} more`);
  const text = `<details><summary>What deploys these ${thousands(declared.length)}</summary>\n\n${lines.join("\n")}\n\n</details>\n\n`;
  return measure(text) <= budget ? text : "";
}

/** What moved and renders the same: from where to where. */
export function movedSameText({ moved = [] }: Preview): string {
  if (moved.length === 0) return "";
  const [only, ...others] = moved;
  if (only !== undefined && others.length === 0)
    return `${inert(subject(only))} moved and renders the same: ${movesText(only)}.`;
  const lines = moved.slice(0, maxListed).map((one) => `- ${inert(subject(one))}: ${movesText(one)}`);
  const rest = moved.length - lines.length;
  if (rest > 0) lines.push(`- and ${thousands(rest)} more`);
  return `${count(moved.length, "place")} moved and render the same:\n\n${lines.join("\n")}`;
}

const nouns = { path: "folder", parent: "parent", declaration: "deployed by", chart: "chart" } as const;

/** `folder \`a\` → \`b\``. `mark` makes names fit for where they stand. */
export function movesText({ moves }: MovedTarget, mark: (name: string) => string = code): string {
  return moves
    .map(
      ({ what, from, to }) =>
        `${nouns[what]} ${from === "" ? "nothing" : mark(from)} → ${to === "" ? "nothing" : mark(to)}`,
    )
    .join(", ");
}

interface ChartPlaces {
  readonly chart: ChartChange;
  readonly targets: readonly TargetPreview[];
}

/** Which charts get another version, where, and what their makers say of it: each once. */
export function chartVersionsText(preview: Preview): string {
  const order = environmentOrder(preview);
  const all = preview.targets
    .toSorted((a, b) => order(a.environment, b.environment))
    .flatMap((target) => (target.charts ?? []).map((chart) => ({ chart, target })));
  const groups = [...Map.groupBy(all, ({ chart }) => JSON.stringify(chart)).values()];
  const texts = groups.slice(0, maxListed).flatMap((same) => {
    const targets = same.map(({ target }) => target);
    return same.slice(0, 1).map(({ chart }) => chartText({ chart, targets }));
  });
  const rest = groups.length - texts.length;
  if (rest > 0) texts.push(`And ${count(rest, "more chart")} get another version.`);
  return texts.join("\n\n");
}

function chartText({ chart, targets }: ChartPlaces): string {
  const { name, from, to, app, links, notes } = chart;
  const versions = from === to ? code(to) : `${code(from)} → ${code(to)}`;
  const installs = app === undefined ? "" : `, app ${code(app.from || "none")} → ${code(app.to || "none")}`;
  const pages = links.map(({ title, url }) => `[${inert(title)}](${url})`).join(", ");
  const lead = `Chart **${inert(name)}** ${versions}${installs}${whoText(targets)}${pages === "" ? "" : `: ${pages}`}.`;
  if (notes.length === 0) return lead;
  const lines = notes.map((note) => `- ${inert(note)}`).join("\n");
  return `${lead}\n\n<details><summary>What its makers say of it: ${count(notes.length, "line")}</summary>\n\n${lines}\n\n</details>`;
}

/** ` by Flux HelmRelease \`apps/podinfo\` in prod, staging`. */
function whoText(targets: readonly TargetPreview[]): string {
  const who = targets.flatMap(({ declaration }) => (declaration === undefined ? [] : [declaration]));
  const kinds = [...Map.groupBy(who, ({ kind }) => controllers[kind]).entries()].map(([kind, own]) => {
    const names = new Set(own.map(({ namespace, name }) => code(namespace === "" ? name : `${namespace}/${name}`)));
    return `${names.size === 1 ? kind : `${kind}s`} ${nameList([...names], 3)}`;
  });
  const where = inert(inEnvironments([...new Set(targets.map(({ environment }) => environment))]));
  return `${kinds.length === 0 ? "" : ` by ${kinds.join(", ")}`}${where}`;
}

/** What can change without a commit here, and values that nobody here knows: each once. */
export function notSeenText({ moving = [], completeness }: Preview): string {
  const listed = moving.map(
    ({ reference, revision, version }) => `${code(reference)} (now ${code(version ?? revision)})`,
  );
  const sources =
    listed.length === 0
      ? ""
      : `Not pinned, so ${listed.length === 1 ? "it" : "they"} can change without a commit here: ${commaList(listed, maxListed)}.\n\n`;
  return `${sources}${valuesText(completeness.values ?? [])}`;
}

function valuesText(values: NonNullable<Preview["completeness"]["values"]>): string {
  if (values.length === 0) return "";
  const byReason = [...Map.groupBy(values, ({ reason }) => reason)];
  const parts = byReason.slice(0, maxListed).map(([reason, own]) => {
    const names = [...new Set(own.map(({ reference }) => reference))].map(code);
    return `${sentenceList(names, 8)} (${inert(reason)})`;
  });
  const rest = byReason.length - parts.length;
  return `Values that only the cluster knows, with placeholders on both sides: ${commaList([...parts, ...(rest > 0 ? [`${rest} more`] : [])], maxListed + 1)}.\n\n`;
}
