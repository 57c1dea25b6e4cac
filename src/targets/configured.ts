import type { Config } from "../config/schema/config.ts";
import type { ScanMemo } from "../discovery/scan.ts";
import { UserError } from "../model/errors.ts";
import type { TargetPlan } from "../model/target-plan.ts";
import type { Tree } from "../model/tree.ts";
import { resolveTargets } from "./resolve.ts";

/** The file that configures Sluice, at the root of the repository. */
export const configFile = ".sluice.yaml";

/** A configuration with the targets that it names in one tree. */
export interface Configured {
  readonly config: Config;
  readonly plan: TargetPlan;
}

/** Whether an error says that there is no configuration at all, and not that it is broken. */
export function isUnconfigured(error: UserError): boolean {
  return error.kind === "config" && error.fields.missing === configFile;
}

/** The configuration in a tree and its targets. A `config` UserError when there is none or a broken one. */
export async function configured(tree: Tree, memo?: ScanMemo): Promise<Configured> {
  const bytes = await tree.read(configFile, 1 << 20);
  if (bytes === undefined) {
    throw new UserError("config", `there is no ${configFile}, and without it only previews work`, {
      fields: { missing: configFile },
      fix: `Merge the pull request that proposes one, or write it by docs/configuration.md; sluice targets lists what was found.`,
    });
  }
  const { config, plan, problems } = await resolveTargets(new TextDecoder().decode(bytes), tree, configFile, memo);
  const broken = problems.find((problem) => problem.severity === "error");
  if (config !== undefined && broken === undefined) return { config, plan };
  const { message = "it cannot be read", fix = "", ...place } = broken ?? { file: configFile };
  throw new UserError("config", `${configFile} is broken: ${message}`, {
    place,
    fix: `${fix} sluice lint shows every problem.`.trim(),
  });
}
