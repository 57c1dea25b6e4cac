import { fillTemplate } from "../../../config/values/templates.ts";
import { Fault, UserError } from "../../../model/errors.ts";
import type { DesiredEnvironment, EnvironmentEngine, EnvironmentStep } from "../environment.ts";
import { commitTo, readBranches } from "./branches.ts";
import { planCommit } from "./plan.ts";
import type { HydratePorts, HydrateRound } from "./ports.ts";
import { proposeRound } from "./pull-request.ts";

export type { HydratePorts } from "./ports.ts";

/** Where an environment is hydrated to; branch and path may hold placeholders. */
export interface HydrateSettings {
  readonly branch: string;
  /** The folder of a target. */
  readonly path: string;
  /** The branch that the environments live on: it is never hydrated to. */
  readonly base: string;
  /** Whether the branch is changed through a pull request alone. */
  readonly pullRequest: boolean;
}

/** How often a commit is planned again because somebody else moved the branch. */
const attempts = 4;

/**
 * Commits what targets render to onto a branch of the environment, from which other tools deploy it: one commit for all
 * that changed, none when nothing did. The branch is all the state there is. Files of people beside Sluice's stay.
 */
export function hydrateEngine(ports: HydratePorts, settings: HydrateSettings): EnvironmentEngine {
  return { step: (desired, signal) => hydrate(ports, settings, desired, signal) };
}

async function hydrate(
  ports: HydratePorts,
  settings: HydrateSettings,
  desired: DesiredEnvironment,
  signal: AbortSignal,
): Promise<EnvironmentStep> {
  const branch = branchOf(settings, desired.environment);
  const { path, pullRequest } = settings;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    signal.throwIfAborted();
    const run = { ports, branch, path, desired, signal };
    const step = await (pullRequest ? proposeRound(run) : commitRound(run));
    if (step !== "moved") return step;
  }
  throw new Fault("unavailable", `${branch} moves faster than it can be written`);
}

/** `moved`: somebody else was faster. */
async function commitRound({ ports, branch, path, desired, signal }: HydrateRound): Promise<EnvironmentStep | "moved"> {
  const [now] = await readBranches(ports, [branch], signal);
  const { changes, reports } = await planCommit({ path }, desired, now);
  if (changes.length === 0) return { reports };
  const parents = now.head === undefined ? [] : [now.head];
  const put = await commitTo(ports.github, { branch: now, parents, baseTree: now.tree, desired, changes });
  return put === undefined ? "moved" : { reports };
}

/** Throws a `config` UserError for a branch that must not be overwritten. */
function branchOf({ branch: template, base }: HydrateSettings, environment: string): string {
  const branch = fillTemplate(template, { environment });
  const reserved = [base, "sluice-state"].includes(branch) || branch.startsWith("sluice/");
  if (!reserved && isBranchName(branch) && !branch.includes("{app}")) return branch;
  throw new UserError("config", `\`deploy.branch\` of ${environment} cannot be \`${branch}\``, {
    fix: "Name a branch of its own for what is rendered, such as `env/{environment}`.",
  });
}

/** What `git check-ref-format --branch` takes, and no full name of a ref. */
function isBranchName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the check refuses them
  if (/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{/.test(name) || /^(?:-|refs\/)|^(?:@|HEAD)$/.test(name)) return false;
  return name.split("/").every((part) => part !== "" && !/^\.|\.$|\.lock$/.test(part));
}
