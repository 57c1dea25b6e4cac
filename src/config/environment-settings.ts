import { UserError } from "../model/errors.ts";
import type { Allow, GateSettings } from "../model/gates.ts";
import { nearest } from "../model/nearest.ts";
import { type Config, type Environment, overrideOf } from "./schema/config.ts";
import { fillTemplate } from "./values/templates.ts";

/**
 * How Sluice knows that a version is live and healthy: from Deployments to a GitHub environment, or from a check on the
 * commit. Placeholders are filled in.
 */
export type HealthSource =
  | { readonly kind: "deployment"; readonly name: string }
  | { readonly kind: "check"; readonly name: string };

/** The settings of one app in one environment: the environment's settings with the app's overrides. */
export interface EnvironmentSettings {
  readonly name: string;
  readonly from?: string;
  readonly promote: Environment["promote"];
  readonly gates: GateSettings;
  readonly allow: Allow;
  readonly reviewers: { readonly users: readonly string[]; readonly teams: readonly string[] };
  /** Health of this environment. The gates of a promotion look at the health of `from`. */
  readonly health: HealthSource;
  readonly deploy?: NonNullable<Environment["deploy"]>;
  /** Where people reach the app. */
  readonly url?: string;
  readonly rollback: Environment["rollback"];
}

/**
 * The settings of one app in one environment. An app needs no entry under `apps`. Its `promote`, `gates` and `rollback`
 * override the environment's key by key, its other settings replace the environment's. An app never depends on itself.
 * Throws a `not-found` UserError if there is no such environment.
 */
export function settingsFor(config: Config, app: string, environment: string): EnvironmentSettings {
  const found = config.environments.find(({ name }) => name === environment);
  if (found === undefined) throw noEnvironment(config, environment);
  const override = overrideOf(config, app, environment);
  const gates = { ...found.gates, ...override?.gates };
  const { users = [], teams = [] } = override?.reviewers ?? found.reviewers ?? {};
  const url = override?.url ?? found.url;
  const deploy = override?.deploy ?? withoutListed(found.deploy, app);
  return {
    name: found.name,
    ...(found.from !== undefined && { from: found.from }),
    promote: { ...found.promote, ...override?.promote },
    gates: { ...gates, dependsOn: gates.dependsOn.filter((other) => other !== app) },
    allow: override?.allow ?? found.allow,
    reviewers: { users, teams },
    health: healthSource(override?.health ?? found.health, { app, environment }),
    ...(deploy !== undefined && { deploy }),
    ...(url !== undefined && { url: fillTemplate(url, { app: encodeURIComponent(app), environment }) }),
    rollback: { ...found.rollback, ...override?.rollback },
  };
}

/** Apps that all others of an environment wait for do not wait for each other. */
function withoutListed(deploy: Environment["deploy"], app: string): Environment["deploy"] {
  return deploy?.engine === "apply" && deploy.dependsOn.includes(app) ? { ...deploy, dependsOn: [] } : deploy;
}

function healthSource(health: Environment["health"], names: { app: string; environment: string }): HealthSource {
  const { deployment = "{environment}", check } = health;
  return check === undefined
    ? { kind: "deployment", name: fillTemplate(deployment, names) }
    : { kind: "check", name: fillTemplate(check, names) };
}

function noEnvironment(config: Config, environment: string): UserError {
  const names = config.environments.map(({ name }) => name);
  const meant = nearest(environment, names);
  const list = `the environments are ${names.map((name) => `\`${name}\``).join(", ")}`;
  return new UserError("not-found", `there is no environment "${environment}"`, {
    fix: meant === undefined ? list : `did you mean \`${meant}\`? ${list}`,
  });
}
