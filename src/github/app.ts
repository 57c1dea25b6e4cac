import type { Octokit } from "@octokit/rest";
import { z } from "zod";
import { parse, type Send } from "./client.ts";

const ROUTE = "GET /app";
const wire = z.object({
  slug: z.string(),
  permissions: z.record(z.string(), z.string()),
  events: z.array(z.string()),
  owner: z.object({ login: z.string(), type: z.string() }).nullish(),
});

/** The App as GitHub knows it. */
export interface AppFacts extends z.infer<typeof wire> {
  /** By GitHub's clock, when it answered; milliseconds since the epoch. */
  readonly answeredAt: number | undefined;
}

/** Asks GitHub about the App itself. */
export async function readApp(asApp: Octokit, send: Send): Promise<AppFacts> {
  const { data, date } = await send(asApp, { repository: "the App", route: ROUTE }, {});
  return { ...parse(wire, data, ROUTE), answeredAt: date };
}
