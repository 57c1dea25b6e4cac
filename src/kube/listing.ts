import { Fault, UserError } from "../model/errors.ts";
import { numbersBelow } from "../model/exact-json.ts";
import { isJsonObject } from "../model/json.ts";
import type { ListQuery, LiveObject } from "../model/kube.ts";
import type { Calls } from "./calls.ts";
import type { KubeRequest } from "./connection.ts";
import { query } from "./paths.ts";
import type { Call } from "./refusals.ts";

/** Objects of a page; fewer where so many are more than is read at once. */
const pageSizes = [500, 50, 5];
/** Far more than anybody has of one kind that Sluice looks at; a server that never ends its list ends here. */
const maxObjects = 100_000;
const metadataOnlyAccept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/** What `keep` gives for all objects that match, over all pages. */
export async function listAll<T>(
  calls: Calls,
  wanted: ListQuery,
  keep: (object: LiveObject) => T,
  signal: AbortSignal,
): Promise<readonly T[]> {
  const call = calls.describeAll("list", wanted.kind);
  const all = (): ReturnType<typeof pages<T>> => pages(calls, call, wanted, keep, signal);
  // A page's token holds for some minutes; who was too slow begins again, once.
  const objects = (await all()) ?? (await all());
  if (objects !== undefined) return objects;
  throw new Fault("unavailable", `Cluster ${call.cluster} changes too fast to ${call.what}`);
}

/** `undefined` when the server no longer knows the state that the first page was of. */
async function pages<T>(
  calls: Calls,
  call: Call,
  wanted: ListQuery,
  keep: (object: LiveObject) => T,
  signal: AbortSignal,
): Promise<readonly T[] | undefined> {
  const objects: T[] = [];
  let next: string | undefined;
  do {
    const page = await nextPage(calls, call, { ...wanted, next }, signal);
    if (page === undefined) return undefined;
    objects.push(...itemsOf(page, wanted).map(keep));
    if (objects.length > maxObjects)
      throw new UserError("limit", `Cluster ${call.cluster} has more than ${maxObjects} objects to ${call.what}`);
    next = continuation(page);
  } while (next !== "");
  return objects;
}

type PageQuery = ListQuery & { readonly next: string | undefined };

async function nextPage(
  calls: Calls,
  call: Call,
  wanted: PageQuery,
  signal: AbortSignal,
  [size = 1, ...smaller]: readonly number[] = pageSizes,
): Promise<LiveObject | undefined> {
  const { labels, fields, next, metadataOnly } = wanted;
  const search = query({ limit: size, labelSelector: labels, fieldSelector: fields, continue: next });
  const request = (path: string): KubeRequest => ({
    method: "GET",
    path: `${path}${search}`,
    ...(metadataOnly && { accept: metadataOnlyAccept }),
  });
  try {
    const answer = await calls.sendToAll(call, wanted, request, signal);
    return answer.status === 410 ? undefined : calls.object(call, answer);
  } catch (error) {
    const isTooLong = error instanceof UserError && error.kind === "limit" && smaller.length > 0;
    if (!isTooLong) throw error;
    return nextPage(calls, call, wanted, signal, smaller);
  }
}

function continuation({ object: { metadata } }: LiveObject): string {
  return isJsonObject(metadata) && typeof metadata.continue === "string" ? metadata.continue : "";
}

/** Lists of the built-in kinds leave out what their items are; lists of metadata say that they are metadata. */
function itemsOf({ object, numbers }: LiveObject, { apiVersion, kind }: ListQuery): readonly LiveObject[] {
  const items = Array.isArray(object.items) ? object.items : [];
  return items.flatMap((item, index) => {
    if (!isJsonObject(item)) return [];
    const own = numbersBelow(numbers, `/items/${index}`);
    return [{ object: { ...item, apiVersion, kind }, ...(own && { numbers: own }) }];
  });
}
