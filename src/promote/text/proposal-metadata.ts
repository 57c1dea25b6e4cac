import { z } from "zod";

/**
 * Why Sluice proposes a rollback: what the metadata of its pull request keeps. Times in milliseconds since the epoch.
 */
export const proposalSchema = z.object({
  /** GitHub's number of the Deployment that failed. */
  deployment: z.number(),
  /** What it had deployed, for people, and the beginning of the render's digest. */
  version: z.string(),
  digest: z.string(),
  failure: z.discriminatedUnion("kind", [
    /** It never got there, or was live and then no more. `text`: what its Deployment says. */
    z.object({ kind: z.enum(["deploy", "degraded"]), text: z.string(), ms: z.number() }),
    /** A check or a status failed on the commit that is live. */
    z.object({ kind: z.literal("check"), name: z.string(), commit: z.string() }),
    /** A query gave a value that is `above` or `below` its limit. */
    z.object({
      kind: z.literal("query"),
      query: z.string(),
      value: z.number(),
      side: z.enum(["above", "below"]),
      limit: z.number(),
    }),
  ]),
  /** Where more is said of it. */
  url: z.string().optional(),
  /** From when to when the version to go back to was healthy there, where that is known. */
  healthy: z.object({ from: z.number(), until: z.number() }).optional(),
});

/** See `proposalSchema`. */
export type RollbackProposal = Readonly<z.output<typeof proposalSchema>>;
