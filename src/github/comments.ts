import { z } from "zod";
import { Fault, UserError } from "../model/errors.ts";
import type { Client } from "./client.ts";
import { mayHaveHappened } from "./errors.ts";
import { COMMENT_LIMIT } from "./limits.ts";
import { parseMarked, printMarked } from "./marker.ts";
import { recent } from "./recent.ts";

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

/** Makes the App's comment with a marker read so. See `GitHub.upsertComment`. */
export type UpsertComment = (number: number, marker: string, body: string) => Promise<{ readonly url: string }>;

/** Makes the function for one repository. It remembers the comments it saw, which spares the list when one is to be changed. */
export function createUpsertComment(client: Client, appId: number): UpsertComment {
  const seen = recent<Comment>(200);

  const update = async (id: number, text: string): Promise<Comment> =>
    client.call(UPDATE, { comment_id: id, body: text }, comment);

  const create = async (number: number, marker: string, text: string): Promise<Comment> => {
    try {
      return await client.call(CREATE, { issue_number: number, body: text }, comment);
    } catch (error) {
      if (!mayHaveHappened(error)) throw error;
      const [made] = await find(client, appId, number, marker);
      if (made === undefined) throw error;
      return made;
    }
  };

  /** Changes the comment that was seen last; `undefined` when there is none, it is gone, or it reads so already as far as we know. */
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

  const upsert = async (number: number, marker: string, text: string): Promise<Comment> => {
    const [first, ...surplus] = await find(client, appId, number, marker);
    for (const one of surplus) await remove(client, one.id);
    if (first === undefined) return create(number, marker, text);
    return reads(first, text) ? first : update(first.id, text);
  };

  return async (number, marker, body) => {
    const text = printMarked({ marker, body });
    if (text.length > COMMENT_LIMIT)
      throw new Fault("bug", `a comment of ${text.length} characters; GitHub takes ${COMMENT_LIMIT}`);
    const key = `${number}/${marker}`;
    const written = (await updateSeen(key, text)) ?? (await upsert(number, marker, text));
    seen.set(key, written);
    return { url: written.html_url };
  };
}

/** The App's comments with this marker, oldest first. A person's comment with a copied marker is not one of them. The first page that has any ends the search. */
async function find(client: Client, appId: number, number: number, marker: string): Promise<readonly Comment[]> {
  for await (const page of client.pages(LIST, { issue_number: number }, comment)) {
    const mine = page.filter(
      (one) => one.performed_via_github_app?.id === appId && parseMarked(one.body ?? "")?.marker === marker,
    );
    if (mine.length > 0) return mine;
  }
  return [];
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
