import type { Config } from "../../config/index.ts";
import { type ImageEntry, targetsOf } from "../../images/units.ts";
import { UserError } from "../../model/errors.ts";
import type { Target } from "../../model/target.ts";
import type { TargetPlan } from "../../model/target-plan.ts";
import { configFile } from "../../targets/index.ts";
import { usage } from "../parse.ts";
import { suggest } from "../suggest.ts";
import { entriesOf } from "./entries.ts";
import type { NamedImage } from "./reference.ts";

/** Targets that may get an image, with the entry of the configuration that applies. */
export interface Scope {
  readonly entry: ImageEntry;
  /** Whether the entry has a policy to ask; there is none where the configuration has no entry. */
  readonly hasPolicy: boolean;
  readonly targets: readonly Target[];
}

/** What the command line narrows the targets to; empty: all of them. */
export interface Narrowing {
  readonly environments: readonly string[];
  readonly apps: readonly string[];
}

/**
 * Where an image may go: the targets of its entries, else those of the environments that are named. Throws
 * UserErrors: `not-found` for environments and apps that are not there, `usage` when the entries' environments do not
 * have one that is named, or when nothing names the environments.
 */
export function scopesOf(
  named: NamedImage,
  { environments, apps }: Narrowing,
  { config, plan }: { readonly config: Config; readonly plan: TargetPlan },
): readonly Scope[] {
  const known = config.environments.map(({ name }) => name);
  for (const name of environments) if (!known.includes(name)) throw missing("environment", name, known);
  const knownApps = [...new Set(plan.targets.map(({ app }) => app))];
  for (const name of apps) if (!knownApps.includes(name)) throw missing("app", name, knownApps);
  const isMeant = ({ app, environment }: Target): boolean =>
    (environments.length === 0 || environments.includes(environment)) && (apps.length === 0 || apps.includes(app));
  const entries = entriesOf(named.image, config.images);
  if (entries.length === 0) return [{ ...unlisted(named, environments), targets: plan.targets.filter(isMeant) }];
  const allowed = new Set(entries.flatMap((entry) => entry.environments));
  const other = environments.find((name) => !allowed.has(name));
  if (other !== undefined) throw outside(other, named.image, [...allowed]);
  return entries.map((entry) => ({
    entry,
    hasPolicy: true,
    targets: targetsOf(entry, plan.targets).filter(isMeant),
  }));
}

/** An image without an entry is written as it was named. */
function unlisted({ image, digest }: NamedImage, environments: readonly string[]): Omit<Scope, "targets"> {
  if (environments.length === 0) {
    throw usage(
      `${configFile} has no entry of images for ${image}, and no environment is named`,
      "Name the environments: --environment ENV, or add an entry.",
    );
  }
  const pin = digest === "" ? "tag" : "both";
  const pullRequest = { autoMerge: false };
  return { entry: { image, policy: {}, environments: [...environments], pin, pullRequest }, hasPolicy: false };
}

function missing(what: string, name: string, known: readonly string[]): UserError {
  const near = suggest(name, known);
  const all = known.slice(0, 20).join(", ");
  return new UserError("not-found", `there is no ${what} "${name}"`, {
    fix: near === undefined ? `name one of them: ${all}` : `did you mean "${near}"? (${all})`,
  });
}

function outside(environment: string, image: string, allowed: readonly string[]): UserError {
  const entry = `the entry of ${image} in ${configFile}`;
  return usage(
    `"${environment}" is not among the environments of ${entry} (${allowed.join(", ")})`,
    `Promote it there (sluice promote --to ${environment}), or add the environment to the entry.`,
  );
}
