import { inTicks } from "../../model/text/markdown.ts";
import { podSpecs } from "../pods.ts";
import { at, isList, textAt } from "../value.ts";
import type { FindingContext, FindingRule, Found } from "./rule.ts";

/** A pod newly mounts a directory of its node. */
export const hostPathVolume: FindingRule = { id: "host-path-volume", severity: "warning", check };

interface HostPath {
  readonly path: string;
  readonly pointer: string;
}

function check({ base, head }: FindingContext): readonly Found[] {
  const before = new Set(hostPaths(base).map(({ path }) => path));
  return hostPaths(head)
    .filter(({ path }) => !before.has(path))
    .map(({ path, pointer }) => ({
      short: "{app} mounts a folder of its node",
      message: `{app}{where} {mounts|mount} ${inTicks(path)} of the node. Its pods can read or change what belongs to the node and to other pods.`,
      fix: "use a volume claim, or mount read-only the one path that is needed",
      pointer,
    }));
}

function hostPaths(item: FindingContext["head"]): readonly HostPath[] {
  return podSpecs(item?.object).flatMap(({ spec, pointer }) => {
    const volumes = spec.volumes;
    if (!isList(volumes)) return [];
    return volumes.flatMap((volume, index) =>
      at(volume, "hostPath") === undefined
        ? []
        : [{ path: textAt(volume, "hostPath", "path"), pointer: `${pointer}/volumes/${index}/hostPath` }],
    );
  });
}
