import { RegistryError } from "./errors.ts";
import type { RegistryCall, RegistryReply } from "./world.ts";

/**
 * `GET` of a repository's tags: `n` of them after `last`, as Distribution does it since 3.0.0 (before it gave all of
 * them whatever was asked), with a `Link` that has no origin.
 */
export function listTags(call: RegistryCall, name: string): RegistryReply {
  const all = call.world.store.tags(name);
  if (!all) throw new RegistryError("NAME_UNKNOWN", "repository name not known to registry", { name });
  const { searchParams, pathname } = call.url;
  const asked = searchParams.get("n") ?? "";
  const size = asked === "" ? all.length : Number(asked);
  if (!Number.isInteger(size) || size < 0)
    throw new RegistryError("PAGINATION_NUMBER_INVALID", "invalid number of results requested", { n: asked });
  const last = searchParams.get("last") ?? "";
  const rest = all.filter((tag) => tag > last);
  const page = rest.slice(0, size);
  const end = page.at(-1);
  const more = end !== undefined && rest.length > page.length;
  const query = new URLSearchParams({ last: end ?? "", n: String(size) });
  return {
    status: 200,
    headers: {
      "content-type": "application/json",
      ...(more ? { link: `<${pathname}?${query}>; rel="next"` } : {}),
    },
    body: `${JSON.stringify({ name, tags: page })}\n`,
  };
}
