import { parseConfig } from "../config/parse.ts";
import type { Config } from "../config/schema/config.ts";
import { discoverTargets } from "../discovery/index.ts";
import { UserError } from "../model/errors.ts";
import { byPlace, type ConfigProblem } from "../model/problem.ts";
import type { RenderSource } from "../model/render.ts";
import type { TargetPlan } from "../model/target-plan.ts";
import { planTargets } from "./configured-targets.ts";
import { withMatches } from "./controllers/matches.ts";
import { readControllers, withControllers } from "./controllers/plan.ts";
import type { PlanReads } from "./reads.ts";
import { bareRenderer, rememberPlan } from "./replanning-renderer.ts";

/** The file that configures Sluice, at the root of the repository. */
export const configFile = ".sluice.yaml";

/** The targets of a repository. `config` is missing if there is no file or a broken one. */
export interface ResolvedTargets {
  readonly plan: TargetPlan;
  readonly config?: Config;
  /**
   * All errors and warnings, by place: about the file and about what it matches. If the file has an error, there are no
   * targets.
   */
  readonly problems: readonly ConfigProblem[];
}

/**
 * The targets of one tree: from the text of the configuration, or discovered if there is none (`undefined`). `file` is
 * the name for messages. A broken file gives its problems and no targets. Rejects only if the tree cannot be read, and
 * when the signal of `reads` aborts.
 */
export async function resolveTargets(
  text: string | undefined,
  source: RenderSource,
  reads: PlanReads,
  file = configFile,
): Promise<ResolvedTargets> {
  const bare = { ...reads, renderer: bareRenderer(reads.renderer) };
  const found = await resolveIn(text, source, bare, file);
  rememberPlan(found.plan.targets, source, async (at, signal) => {
    return (await resolveIn(text, at, { ...bare, signal }, file)).plan.targets;
  });
  return found;
}

async function resolveIn(
  text: string | undefined,
  source: RenderSource,
  reads: PlanReads,
  file: string,
): Promise<ResolvedTargets> {
  if (text === undefined) {
    const plan = await discovered(source, reads);
    return { plan, problems: plan.problems };
  }
  const parsed = parseConfig(text, file);
  if (!parsed.ok) {
    const plan = { targets: [], environments: [], source: "file", problems: parsed.problems, notes: [] } as const;
    return { plan, problems: parsed.problems };
  }
  const { config, locate } = parsed;
  const folders = await planTargets(config, source.tree, locate);
  const plan = config.environments.some(({ match }) => match !== undefined)
    ? await withMatches(
        config,
        folders,
        await readControllers(source, withAddresses(reads, config), config.clusters),
        locate,
      )
    : folders;
  return { plan, config, problems: [...parsed.warnings, ...plan.problems].sort(byPlace) };
}

/** With the other places that a configuration says the repository is in. */
function withAddresses(reads: PlanReads, { addresses }: Config): PlanReads {
  const { urls, ...identity } = reads.repository;
  const isArtifact = ({ url }: Config["addresses"][number]) => url.startsWith("oci://");
  const artifacts = addresses.filter(isArtifact).map(({ url, path = "" }) => ({ url, path }));
  const others = addresses.filter((one) => !isArtifact(one)).map(({ url }) => url);
  return { ...reads, repository: { ...identity, urls: [...urls, ...others], artifacts } };
}

/** What controllers deploy; where they read nothing here, what the usual layouts show. */
async function discovered(source: RenderSource, reads: PlanReads): Promise<TargetPlan> {
  const folders = await discoverTargets(source.tree, reads.memo);
  if (folders.problems.length > 0) return folders;
  const controllers = await readControllers(source, reads);
  return controllers === undefined ? folders : withControllers(folders, controllers);
}

/** A valid configuration and its targets in one tree. */
export interface Configured {
  readonly config: Config;
  readonly plan: TargetPlan;
}

/** Whether an error means that there is no configuration, and not that it is broken. */
export function isUnconfigured(error: UserError): boolean {
  return error.kind === "config" && error.fields.missing === configFile;
}

/** The configuration in a tree and its targets. Throws a `config` UserError if there is none or a broken one. */
export async function configured(source: RenderSource, reads: PlanReads): Promise<Configured> {
  const bytes = await source.tree.read(configFile, 1 << 20);
  if (bytes === undefined) {
    throw new UserError("config", `this repository has no ${configFile}, so only previews work`, {
      fields: { missing: configFile },
      fix: "Add one: the README of Sluice has an example.",
    });
  }
  const { config, plan, problems } = await resolveTargets(new TextDecoder().decode(bytes), source, reads);
  const broken = problems.find((problem) => problem.severity === "error");
  if (config !== undefined && broken === undefined) return { config, plan };
  const { message = "it cannot be read", fix = "", ...place } = broken ?? { file: configFile };
  throw new UserError("config", `${configFile} is broken: ${message}`, {
    place,
    fix: `${fix} sluice lint shows every problem.`.trim(),
  });
}
