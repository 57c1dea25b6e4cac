import { doubtful, type KeyPath, type Remark } from "../../model/problem.ts";
import { type LenientConfig, maxRemarks, type Rule, record } from "./lenient-parse.ts";

/** An environment, or an app in it, as it is written, with the environment that it is under. */
interface Section {
  readonly path: KeyPath;
  readonly raw: Readonly<Record<string, unknown>>;
  readonly under: Readonly<Record<string, unknown>>;
  readonly name: string;
}

function sectionsOf({ environments, overrides }: LenientConfig): readonly Section[] {
  return [
    ...environments.map(({ raw, path }) => ({ raw, under: {}, path, name: String(raw.name) })),
    ...overrides.map(({ raw, path, environment }) => {
      const under = environments.find((entry) => entry.raw.name === environment)?.raw ?? {};
      return { raw: record(raw), under, path, name: environment };
    }),
  ];
}

/** Sluice proposes after its own deploys alone: others' Deployments say of no app that it failed. */
const proposalsHaveADeploy: Rule = (config) =>
  sectionsOf(config)
    .slice(0, maxRemarks * 10)
    .flatMap(({ raw, under, path, name }): readonly Remark[] => {
      if (record(raw.rollback).propose !== true || raw.deploy !== undefined || under.deploy !== undefined) return [];
      if (isOverridden(config, name, raw)) return [];
      const message = `\`rollback.propose\` has no effect: Sluice does not deploy "${name}"`;
      return [doubtful([...path, "rollback", "propose"], message, "Add `deploy`, or delete `propose`.")];
    });

/** Apps of the environment may have a `deploy` of their own. */
function isOverridden({ overrides }: LenientConfig, name: string, raw: Section["raw"]): boolean {
  return raw.name === name && overrides.some((one) => one.environment === name && record(one.raw).deploy !== undefined);
}

const verifyNeedsProposals: Rule = (config) =>
  sectionsOf(config)
    .slice(0, maxRemarks * 10)
    .flatMap(({ raw, under, path, name }): readonly Remark[] => {
      const { propose, verify } = record(raw.rollback);
      if (verify === undefined || (propose ?? record(under.rollback).propose) === true) return [];
      if (appsPropose(config, name, raw)) return [];
      const message = "`rollback.verify` has no effect without `rollback.propose: true`";
      return [doubtful([...path, "rollback", "verify"], message, "Add `propose: true`, or delete `verify`.")];
    });

function appsPropose({ overrides }: LenientConfig, name: string, raw: Section["raw"]): boolean {
  const proposes = (one: unknown) => record(record(one).rollback).propose === true;
  return raw.name === name && overrides.some((one) => one.environment === name && proposes(one.raw));
}

/** The rules about rollbacks that Sluice proposes. */
export const rollbackRules: readonly Rule[] = [proposalsHaveADeploy, verifyNeedsProposals];
