import type { LocalGitHub } from "../../../sandbox/index.ts";
import type { CommandContext } from "../command.ts";
import type { Clone } from "./sample.ts";
import type { Steps } from "./steps.ts";

/** The demo's repository. */
export const REPOSITORY = { owner: "acme", name: "shop" } as const;

/** The branches that only Sluice may write to, as a ruleset names them. */
export const GUARDED = ["sluice-state", "sluice/**/*"] as const;

/** Who plays: `ada` changes things and gives commands, `grace` reviews, `mona` may do everything. */
export const PEOPLE = { author: "ada", reviewer: "grace", admin: "mona" } as const;

/** Where the sample's images come from; in the demo the registry on this machine takes its place. */
export const SAMPLE_REGISTRY = "ghcr.io";

/** The hook that the registry reports pushes to. */
export const HOOK = { name: "local", secret: "the secret of the demo's registry" } as const;

/** Opens the event log; only this machine reaches the demo. */
export const ADMIN_TOKEN = "the-demo-is-open-to-you";

/** What the acts of the demo work with. */
export interface DemoStage {
  readonly github: LocalGitHub;
  readonly clone: Clone;
  readonly steps: Steps;
  readonly context: Pick<CommandContext, "stdout" | "stderr" | "paint" | "progress" | "signal" | "debug">;
}

/** Lines with a bar on their left, as a quotation. */
export function framed(lines: readonly string[], paint: DemoStage["context"]["paint"]): readonly string[] {
  return lines.map((line) => `${paint.dim("│")} ${line}`.trimEnd());
}
