import type { RepositoryContext } from "../../change/repository-context.ts";
import { settingsFor } from "../../config/index.ts";
import type { ContestedField, DeployRequest } from "../../model/deploy.ts";
import { decideHealing } from "../compare/undone.ts";
import type { LiveComparison } from "../engines/apply/index.ts";
import type { ReconcilePorts } from "./ports.ts";
import { recordRequest, requestOf } from "./requests.ts";

/** What is done about what differs. */
export interface Undoing {
  /** The requests that set it back, by app. */
  readonly requests: ReadonlyMap<string, string>;
  /** What is left as it is, since somebody changes it again and again. */
  readonly contested: readonly ContestedField[];
}

/** Requests of Sluice's own begin so; those of people have the id of a comment. */
const own = "undo-";

/**
 * Asks for an operation of each app that differs and whose drift is undone by itself. It is carried out as one that a
 * person asks for; what a person has asked for goes first.
 */
export async function undoDrift(
  ports: Pick<ReconcilePorts, "records" | "newId">,
  { config, where: { repository } }: Pick<RepositoryContext, "config" | "where">,
  environment: string,
  compared: ReadonlyMap<string, LiveComparison>,
  when: { readonly now: number; readonly intervalMs: number },
): Promise<Undoing> {
  const requests = new Map<string, string>();
  const contested: ContestedField[] = [];
  for (const [app, { drifted, undone, request: answered }] of compared) {
    const { deploy } = settingsFor(config, app, environment);
    if (drifted.length === 0 || deploy?.engine !== "apply" || !deploy.selfHeal) continue;
    const pending = await requestOf(ports.records, repository, environment, app);
    if (isPending(pending, answered)) {
      if (pending.id.startsWith(own)) requests.set(app, pending.id);
      continue;
    }
    const healing = decideHealing(drifted, undone, when);
    if (healing.kind === "contested") {
      contested.push(...healing.fields.map(({ object: { kind, name }, path, by }) => ({ app, kind, name, path, by })));
      continue;
    }
    const id = `${own}${ports.newId()}`;
    const request = { id, at: when.now, undone: healing.undone };
    await recordRequest(ports.records, repository, { environment, apps: [app] }, request);
    requests.set(app, id);
  }
  return { requests, contested };
}

function isPending(request: DeployRequest | undefined, answered: string | undefined): request is DeployRequest {
  return request !== undefined && request.id !== answered;
}
