import type { Octokit } from "@octokit/rest";
import { z } from "zod";
import type { MissedDeliveries, MissedDelivery } from "../model/github.ts";
import type { Logger } from "../model/observe.ts";
import { parse, type Send } from "./client.ts";
import { DELIVERY_PAGES, PER_PAGE } from "./limits.ts";

const LIST = "GET /app/hook/deliveries";
const REDELIVER = "POST /app/hook/deliveries/{delivery_id}/attempts";

/** Octokit gives ids beyond 2^53 as bigint, and leaves bigints out of the paths that it builds. */
const id = z.union([z.number().int(), z.bigint()]).transform(String);
const attempts = z.array(
  z.object({
    id,
    guid: z.string(),
    delivered_at: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
    status_code: z.number(),
    event: z.string(),
  }),
);
type Attempt = z.output<typeof attempts>[number];

/** What is known of one GUID. Times in milliseconds since the epoch. */
interface Story {
  readonly newest: Attempt;
  readonly first: number;
  readonly succeeded: boolean;
}

/** What the record of deliveries is read with. */
export interface DeliveriesParts {
  readonly octokit: Octokit;
  readonly send: Send;
  readonly log: Logger;
}

/**
 * Makes the reader of GitHub's record of deliveries. GitHub's filter by status is not used: it names 400 to 599 only,
 * and an address that could not be reached has  neither. At most 200 pages are looked through; when that is too few
 * the log says so.
 */
export function createDeliveries({ octokit, send, log }: DeliveriesParts): MissedDeliveries {
  return {
    async failed(since, signal) {
      const stories = new Map<string, Story>();
      let cursor: string | undefined;
      for (let page = 1; page <= DELIVERY_PAGES; page++) {
        const call = { repository: "the App", route: LIST };
        const parameters = { per_page: PER_PAGE, ...(cursor && { cursor }), request: { signal } };
        const answer = await send(octokit, call, parameters);
        const read = parse(attempts, answer.data, LIST);
        for (const one of read) stories.set(one.guid, continued(stories.get(one.guid), one));
        cursor = answer.cursor;
        if (cursor === undefined || read.some((one) => one.delivered_at < since)) return missed(stories, since);
      }
      log.warn({ pages: DELIVERY_PAGES }, "there are more deliveries than are looked through: older ones are left out");
      return missed(stories, since);
    },
    async redeliver(deliveryId, signal) {
      const call = { repository: "the App", route: REDELIVER };
      await send(octokit, call, { delivery_id: deliveryId, request: { signal } });
    },
  };
}

function continued(story: Story | undefined, attempt: Attempt): Story {
  const succeeded = attempt.status_code >= 200 && attempt.status_code < 300;
  if (story === undefined) return { newest: attempt, first: attempt.delivered_at, succeeded };
  return {
    newest: attempt.delivered_at > story.newest.delivered_at ? attempt : story.newest,
    first: Math.min(story.first, attempt.delivered_at),
    succeeded: story.succeeded || succeeded,
  };
}

function missed(stories: ReadonlyMap<string, Story>, since: number): readonly MissedDelivery[] {
  return [...stories.values()]
    .filter(({ succeeded, newest }) => !succeeded && newest.delivered_at >= since)
    .sort((a, b) => a.first - b.first)
    .map(({ newest }) => ({ id: newest.id, guid: newest.guid, event: newest.event }));
}
