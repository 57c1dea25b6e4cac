import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { Answer } from "../http/exchange.ts";
import { Fault, UserError } from "../model/errors.ts";
import type { Connection } from "./connection.ts";
import { isTag } from "./names.ts";
import { parseJson } from "./responses.ts";

/** ECR answers 405 to more than a thousand. */
const pageSize = 1000;
const maxPages = 1000;
const maxTags = 200_000;
const pageBytes = 8 * 1024 * 1024;
const maxBytes = 64 * 1024 * 1024;

const tagsBody = z.object({ tags: z.array(z.string()).nullish() });

interface Page {
  readonly tags: readonly string[];
  /** The query of the next page. */
  readonly next: string | undefined;
  readonly bytes: number;
}

/** A page as it was when it had this `ETag`. */
export type PageCache = LRUCache<string, Page & { readonly etag: string }>;

/** Makes room for pages with half a million tags in all. */
export function createPageCache(): PageCache {
  return new LRUCache({ maxSize: 500_000, sizeCalculation: ({ tags }) => tags.length + 1 });
}

/**
 * Every tag of a repository, over all pages; empty for a repository that does not exist. Throws what `Connection`
 * throws; `limit` UserErrors when there is no end, a `refused` one when the next page is at another host.
 */
export async function listTags(
  connection: Connection,
  pageCache: PageCache,
  repository: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const tags = new Set<string>();
  const seen = new Set<string>();
  let bytes = 0;
  let search: string | undefined = `?n=${pageSize}`;
  while (search !== undefined) {
    if (seen.has(search))
      throw new Fault("unavailable", `The registry ${connection.endpoint.host} repeats pages of tags`);
    seen.add(search);
    const page: Page = await readPage(connection, pageCache, repository, search, signal);
    for (const tag of page.tags) tags.add(tag);
    bytes += page.bytes;
    if (tags.size > maxTags || seen.size > maxPages || bytes > maxBytes) {
      throw new UserError(
        "limit",
        `${connection.endpoint.host}/${repository} has too many tags: more than ${maxTags}, or on more than ${maxPages} pages`,
      );
    }
    search = page.next;
  }
  return [...tags];
}

async function readPage(
  connection: Connection,
  pageCache: PageCache,
  repository: string,
  search: string,
  signal: AbortSignal,
): Promise<Page> {
  const key = `${connection.endpoint.host}/${repository}${search}`;
  const known = pageCache.get(key);
  const headers = { accept: "application/json", ...(known && { "if-none-match": known.etag }) };
  const request = { method: "GET", repository, path: "tags/list", search, headers, limit: pageBytes } as const;
  const answer = await connection.send(request, signal);
  if (answer.status === 304 && known !== undefined) return known;
  if (answer.status === 404) return { tags: [], next: undefined, bytes: 0 };
  if (answer.status !== 200) throw connection.refusal(answer, `the tags of ${repository}`);
  const body = tagsBody.safeParse(parseJson(answer.body));
  if (!body.success) {
    throw new Fault("unavailable", `The registry ${connection.endpoint.host} sent no list of tags for ${repository}`);
  }
  const tags = (body.data.tags ?? []).filter(isTag);
  const page: Page = { tags, next: nextPage(connection, answer), bytes: answer.body.length };
  const etag = answer.header("etag");
  if (etag !== undefined && etag.length <= 256) pageCache.set(key, { ...page, etag });
  return page;
}

/**
 * Of the link to the next page only the query is used: Artifactory's lacks the name of the virtual repository
 * (RTFACT-18971), and a registry behind a proxy may take itself for http. A link to another host is an attempt to have
 * the credentials sent there.
 */
function nextPage(connection: Connection, answer: Answer): string | undefined {
  for (const line of answer.lines("link")) {
    const match = /<([^<>]{1,4096})>\s*;[^<]*\brel="?next"?/i.exec(line);
    if (match === null) continue;
    const url = URL.parse(match[1] ?? "", answer.url);
    if (url !== null && (url.host === answer.url.host || url.host === connection.endpoint.origin.host)) {
      return url.search === "" ? undefined : url.search;
    }
    const where = url === null ? "no address" : url.host;
    throw new UserError("refused", `The registry ${connection.endpoint.host} has the next page of tags at ${where}`);
  }
  return undefined;
}
