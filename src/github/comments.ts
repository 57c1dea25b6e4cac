import { LRUCache } from "lru-cache";
import { z } from "zod";
import { Fault, UserError } from "../model/errors.ts";
import type { CommentOptions } from "../model/github.ts";
import type { Clock } from "../model/observe.ts";
import type { Client } from "./client.ts";
import { mayHaveHappened } from "./errors.ts";
import { COMMENT_LIMIT, FRESH_MS } from "./limits.ts";
import { parseMarked, printMarked } from "./marker.ts";

const comment = z.object({
  id: z.number(),
  html_url: z.string(),
  body: z.string().nullish(),
  performed_via_github_app: z.object({ id: z.number() }).nullish(),
});
type Comment = z.infer<typeof comment>;

const LIST = "GET /repos/{owner}/{repo}/issues/{issue_number}/comments";
const CREATE = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
const UPDATE = "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}";
const DELETE = "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}";

/** The App's comments of one pull request. */
export interface Comments {
  /** Makes the comment with a marker read so. See `GitHub.upsertComment`. */
  upsert(
    number: number,
    marker: string,
    body: string,
    options?: CommentOptions,
  ): Promise<{ readonly url: string | undefined }>;
  /** What the comment with a marker says. See `GitHub.ownComment`. */
  read(number: number, marker: string): Promise<string | undefined>;
  /** The pull request was made just now: nothing was written there yet. */
  justCreated(number: number): void;
}

/** The App's comments as they were listed. */
interface Listing {
  readonly at: number;
  readonly ours: readonly Comment[];
  /** They are all of them: the list was walked to its end. */
  readonly complete: boolean;
}

/**
 * Creates the object for one repository. It remembers the comments it saw, which spares the list when one is to be
 * changed; one list serves all markers for ten seconds. What is doubled by another worker meanwhile is found and
 * removed by the next list.
 */
export function createComments(client: Client, appId: number, clock: Clock): Comments {
  const seen = new LRUCache<string, Comment>({ max: 200 });
  const listings = new LRUCache<string, Listing>({ max: 200 });

  const update = async (id: number, text: string): Promise<Comment> =>
    client.call(UPDATE, { comment_id: id, body: text }, comment);

  /**
   * The App's comments with this marker, oldest first. A person's comment with a copied marker is not one of them. The
   * first page that has any ends the search.
   */
  const list = async (number: number, marker: string): Promise<readonly Comment[]> => {
    const ours: Comment[] = [];
    const at = clock();
    let complete = true;
    for await (const page of client.pages(LIST, { issue_number: number }, comment)) {
      ours.push(...page.filter((one) => one.performed_via_github_app?.id === appId));
      complete = !ours.some((one) => hasMarker(one, marker));
      if (!complete) break;
    }
    listings.set(String(number), { at, ours, complete });
    return ours.filter((one) => hasMarker(one, marker));
  };

  /** The comments with the marker in a list of just now; `undefined` when there is no such list. */
  const listed = (number: number, marker: string): readonly Comment[] | undefined => {
    const kept = listings.get(String(number));
    if (kept === undefined || clock() - kept.at >= FRESH_MS) return undefined;
    const found = kept.ours.filter((one) => hasMarker(one, marker));
    return found.length > 0 || kept.complete ? found : undefined;
  };

  const create = async (number: number, marker: string, text: string): Promise<Comment> => {
    try {
      return await client.call(CREATE, { issue_number: number, body: text }, comment);
    } catch (error) {
      listings.delete(String(number));
      if (!mayHaveHappened(error)) throw error;
      const [made] = await list(number, marker);
      if (made === undefined) throw error;
      return made;
    }
  };

  /**
   * Changes the comment that was seen last; `undefined` when there is none, it is gone, or it reads so already as far
   * as we know.
   */
  const updateSeen = async (key: string, text: string): Promise<Comment | undefined> => {
    const last = seen.get(key);
    if (last === undefined || reads(last, text)) return undefined;
    seen.delete(key);
    try {
      return await update(last.id, text);
    } catch (error) {
      if (error instanceof UserError && error.kind === "not-found") return undefined;
      throw error;
    }
  };

  const upsert = async (
    number: number,
    marker: string,
    text: string,
    known: readonly Comment[] | undefined,
    onlyUpdate: boolean,
  ): Promise<Comment | undefined> => {
    const [first, ...duplicates] = known ?? (await list(number, marker));
    for (const one of duplicates) await remove(client, one.id);
    if (duplicates.length > 0) listings.delete(String(number));
    if (first === undefined) return onlyUpdate ? undefined : create(number, marker, text);
    return reads(first, text) ? first : update(first.id, text);
  };

  return {
    async upsert(number, marker, body, options = {}) {
      const text = printMarked({ marker, body });
      if (text.length > COMMENT_LIMIT)
        throw new Fault("bug", `a comment of ${text.length} characters; GitHub takes ${COMMENT_LIMIT}`);
      const key = `${number}/${marker}`;
      // Of one that was seen before we want to know how it reads now.
      const known = seen.get(key) === undefined ? (options.first ? [] : listed(number, marker)) : undefined;
      const written =
        (await updateSeen(key, text)) ?? (await upsert(number, marker, text, known, options.onlyUpdate === true));
      if (written !== undefined) seen.set(key, written);
      return { url: written?.html_url };
    },
    async read(number, marker) {
      const [first] = await list(number, marker);
      return parseMarked(first?.body ?? "")?.body;
    },
    justCreated: (number) => listings.set(String(number), { at: clock(), ours: [], complete: true }),
  };
}

function hasMarker(one: Comment, marker: string): boolean {
  return parseMarked(one.body ?? "")?.marker === marker;
}

async function remove(client: Client, id: number): Promise<void> {
  try {
    await client.call(DELETE, { comment_id: id }, z.unknown());
  } catch (error) {
    if (!(error instanceof UserError && error.kind === "not-found")) throw error;
  }
}

/** GitHub may end lines with CRLF and drops blanks at the end. */
function reads(one: Comment, text: string): boolean {
  return (one.body ?? "").replaceAll("\r\n", "\n").trimEnd() === text.replaceAll("\r\n", "\n").trimEnd();
}
