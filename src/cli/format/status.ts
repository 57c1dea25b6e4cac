import type { VersionComparison } from "../../change/versions.ts";
import { count, thousands } from "../../model/text/lists.ts";
import type { Status, TargetStatus } from "../../promote/status.ts";
import { oneLine, type Style, style, table } from "../style.ts";
import { shortSha } from "./values.ts";

/** A status as data. */
export function statusJson({ commit, environments, apps }: Status) {
  return {
    commit,
    environments,
    apps: apps.map(({ app, targets }) => ({ app, targets: targets.map(targetJson) })),
  };
}

function targetJson({ environment, from, version, comparison }: TargetStatus) {
  return {
    environment,
    ...(from !== undefined && { from }),
    ...(version.ok ? { images: version.images } : { error: version.failure.message }),
    ...(comparison !== undefined && {
      state: comparison.state,
      differing: comparison.differing,
      lacking: comparison.lacking,
    }),
  };
}

/** A status for a terminal: a table of apps by environments, then what lags or differs. */
export function statusText(status: Status, colours: boolean): string {
  const paint = style(colours);
  const columns = [{ title: "APP" }, ...status.environments.map((name) => ({ title: oneLine(name.toUpperCase()) }))];
  const rows = status.apps.map(({ app, targets }) => [
    oneLine(app),
    ...status.environments.map((name) =>
      cell(
        targets.find((target) => target.environment === name),
        paint,
      ),
    ),
  ]);
  const remarks = status.apps.flatMap(({ app, targets }) => targets.flatMap((target) => remark(app, target)));
  const lines = [
    `${paint.bold("Versions")} ${paint.dim("at")} ${shortSha(status.commit)}`,
    "",
    ...(rows.length > 0 ? table(columns, rows, paint) : ["There are no targets."]),
    ...(remarks.length > 0 ? ["", ...remarks] : []),
    "",
    summary(status, paint),
  ];
  return `${lines.join("\n")}\n`;
}

const MARKS: Readonly<Record<VersionComparison["state"], string>> = {
  same: "",
  behind: " ↓",
  ahead: " ↑",
  differs: " ≠",
  unknown: "",
};

function cell(target: TargetStatus | undefined, paint: Style): string {
  if (target === undefined) return "";
  const { version, comparison } = target;
  if (!version.ok) return paint.red("does not render");
  const text = oneLine(imagesText(version.images)) || paint.dim("no images");
  const mark = MARKS[comparison?.state ?? "same"];
  return mark === "" ? text : paint.yellow(`${text}${mark}`);
}

/** How many images a cell names. */
const maxImages = 3;

function imagesText(images: readonly { readonly image: string; readonly versions: readonly string[] }[]): string {
  const [only] = images;
  if (only !== undefined && images.length === 1) return versionsText(only.versions);
  const shown = images
    .slice(0, maxImages)
    .map(({ image, versions }) => `${image.split("/").at(-1)} ${versionsText(versions)}`);
  return [...shown, ...(images.length > maxImages ? [`${images.length - maxImages} more`] : [])].join(", ");
}

/** Digests shortened: the JSON has them whole. */
function versionsText(versions: readonly string[]): string {
  return versions
    .map((version) => version.replace(/sha256:([0-9a-f]{12})[0-9a-f]+/, "sha256:$1") || "(no tag)")
    .join("|");
}

function remark(app: string, { environment, from, version, comparison }: TargetStatus): readonly string[] {
  const where = oneLine(`${app}/${environment}`);
  if (!version.ok) return [`✖ ${where} does not render: ${oneLine(version.failure.message)}`];
  if (comparison === undefined || from === undefined) return [];
  const words = { behind: "is behind", ahead: "is ahead of", differs: "differs from", same: "", unknown: "" } as const;
  const lines = comparison.differing.map(
    ({ image, here, there }) => `${oneLine(image)} ${oneLine(here)}, there ${oneLine(there)}`,
  );
  return lines.length === 0
    ? []
    : [`${MARKS[comparison.state].trim()} ${where} ${words[comparison.state]} ${oneLine(from)}: ${lines.join("; ")}`];
}

function summary({ apps }: Status, paint: Style): string {
  const all = apps.flatMap(({ targets }) => targets);
  const having = (...states: readonly VersionComparison["state"][]): number =>
    all.filter(({ comparison }) => comparison !== undefined && states.includes(comparison.state)).length;
  const failed = all.filter(({ version }) => !version.ok).length;
  const some = (amount: number, words: string) => (amount === 0 ? [] : [`${thousands(amount)} ${words}`]);
  return [
    count(all.length, "target"),
    ...some(having("behind"), "behind"),
    ...some(having("ahead", "differs"), "ahead or different"),
    ...some(failed, "not rendered").map(paint.red),
  ].join(", ");
}
