import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { archive } from "./archive.ts";

/** A chart as it is published. */
export interface PackedChart {
  readonly name: string;
  readonly version: string;
  /** Its `Chart.yaml`. */
  readonly metadata: string;
  readonly archive: Buffer;
}

/** Packs every chart below a folder; a chart's folder is `<name>-<version>`. */
export function packCharts(folder: string): readonly PackedChart[] {
  return readdirSync(folder)
    .sort()
    .map((entry) => {
      const [, name, version] = /^(.+?)-(\d.*)$/.exec(entry) ?? [];
      if (name === undefined || version === undefined) throw new Error(`${entry} is no <name>-<version>`);
      const metadata = readFileSync(join(folder, entry, "Chart.yaml"), "utf8");
      return { name, version, metadata, archive: archive(join(folder, entry), name) };
    });
}

/** The `index.yaml` of a Helm repository with these charts. */
export function indexOf(charts: readonly PackedChart[]): string {
  const entries = [...Map.groupBy(charts, ({ name }) => name)].map(([name, versions]) => {
    const lines = versions.map((chart) => {
      const metadata = chart.metadata.trimEnd().split("\n").join("\n      ");
      const digest = createHash("sha256").update(chart.archive).digest("hex");
      return `    - ${metadata}\n      urls: [${fileOf(chart)}]\n      digest: ${digest}\n      created: "2026-01-01T00:00:00Z"`;
    });
    return `  ${name}:\n${lines.join("\n")}`;
  });
  return `apiVersion: v1\nentries:\n${entries.join("\n")}\ngenerated: "2026-01-01T00:00:00Z"\n`;
}

/** The name of a chart's archive. */
export function fileOf({ name, version }: Pick<PackedChart, "name" | "version">): string {
  return `${name}-${version}.tgz`;
}
