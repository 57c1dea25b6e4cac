import type { Pair } from "./match.ts";
import { textAt } from "./value.ts";

/** `kube-prometheus-stack-61.3.0` or `name-1.2.3-rc.1+build`. */
const chartLabel = /^(.+?)-(v?\d+\.\d+\.\d+[^/]*)$/;

/** The version of the chart that resources came from, by their labels, where all that changed it agree. */
export function chartVersions(pairs: readonly Pair[]): { readonly from: string; readonly to: string } | undefined {
  const changes = new Map<string, { readonly from: string; readonly to: string }>();
  for (const { base, head } of pairs) {
    const [before, after] = [chartOf(base?.object), chartOf(head?.object)];
    if (before.name === after.name && before.version !== after.version)
      changes.set(JSON.stringify([before, after]), { from: before.version, to: after.version });
  }
  return changes.size === 1 ? [...changes.values()][0] : undefined;
}

/** Name and version, empty where the label says none. */
function chartOf(object: Parameters<typeof textAt>[0]) {
  const [, name = "", version = ""] = chartLabel.exec(textAt(object, "metadata", "labels", "helm.sh/chart")) ?? [];
  return { name, version };
}
