import { z } from "zod";
import type { HeaderHook } from "../../../model/hooks.ts";
import { isImageHost, splitHost } from "../../../model/pushed-image.ts";
import { type Adapter, ignored, type Reading } from "../adapter.ts";
import { pushedReading } from "../read-pushes.ts";
import { checkHeader } from "../secrets.ts";

const data = z.object({
  resources: z
    .array(z.object({ tag: z.string().nullish(), digest: z.string().nullish(), resource_url: z.string().nullish() }))
    .nullish(),
  repository: z.object({ repo_full_name: z.string() }),
});

const schema = z.union([
  z
    .object({ specversion: z.string(), id: z.string(), type: z.string(), data: z.unknown() })
    .transform(({ id, type, data: about }) => ({ id, type, about })),
  z
    .object({ type: z.string(), event_data: z.unknown() })
    .transform(({ type, event_data: about }) => ({ id: undefined, type, about })),
]);

/** Of the default format, of the one before 2.0, and of CloudEvents. */
const PUSHES: readonly string[] = ["PUSH_ARTIFACT", "pushImage", "harbor.artifact.pushed"];

/**
 * Harbor, in its default format and in CloudEvents (goharbor.io, "Configure Webhook Notifications"). Proves itself by
 * its "Auth Header", which it sends as `Authorization`.
 */
export const harbor: Adapter<HeaderHook> = {
  checkHead: (head, { header, secrets }) => checkHeader(head, header, secrets),
  read: (body, _head, { host }) => readHarbor(body, host),
};

/** Reads what Harbor sends; `given` replaces the host in it. */
export function readHarbor(body: unknown, given: string | undefined): Reading {
  const event = schema.safeParse(body);
  if (!event.success) return ignored("not an event as Harbor sends them");
  const { id, type, about } = event.data;
  if (!PUSHES.includes(type)) return ignored(`an event of the kind ${type.slice(0, 64)}`, id);
  const parsed = data.safeParse(about);
  if (!parsed.success) return ignored("not a push as Harbor sends them", id);
  const { repository, resources } = parsed.data;
  const said = (resources ?? []).flatMap(({ tag, digest, resource_url: url }) => {
    const host = given ?? splitHost(url ?? "").host;
    // Without a tag, Harbor writes the digest in its place.
    return isImageHost(host) && !(tag ?? "").includes(":")
      ? [{ host, repository: repository.repo_full_name, tag, digest }]
      : [];
  });
  return said.length === 0 ? ignored("the push has no tag, or no host", id) : pushedReading(id, said);
}
