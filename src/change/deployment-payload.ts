import { z } from "zod";
import type { Deployment } from "../model/github-repository.ts";
import type { JsonObject } from "../model/json.ts";

/** What Sluice writes into the payload of a Deployment that it makes. */
export interface DeploymentPayload {
  /** Tells Deployments of one commit to one environment apart. */
  readonly operation: string;
  /** What it deploys. */
  readonly apps: readonly string[];
}

const schema = z.object({
  sluice: z.object({ operation: z.string(), apps: z.array(z.string()) }),
});

/** The payload as GitHub keeps it. */
export function printPayload({ operation, apps }: DeploymentPayload): JsonObject {
  return { sluice: { operation, apps } };
}

/** What a Deployment of Sluice's own says; `undefined` for all others, whatever they say. */
export function readPayload({ byApp, payload }: Pick<Deployment, "byApp" | "payload">): DeploymentPayload | undefined {
  return byApp ? schema.safeParse(payload).data?.sluice : undefined;
}

/**
 * Whether a Deployment says something of an app. Those of other tools are about whatever runs in their environment;
 * those of Sluice about the apps that they name.
 */
export function isAbout(deployment: Pick<Deployment, "byApp" | "payload">, app: string): boolean {
  return readPayload(deployment)?.apps.includes(app) ?? true;
}
