import { z } from "zod";
import type { Declaration } from "../model/declaration.ts";
import type { JsonObject } from "../model/json.ts";
import type { Render } from "../model/render.ts";

const named = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().default("") }),
});

/** The object of a declaration as a render has it; `undefined` where the render has none, or fails. */
export function objectIn(render: Render | undefined, { kind, namespace, name }: Declaration): JsonObject | undefined {
  const resources = render?.ok === true ? render.resources() : [];
  return resources.find(({ object }) => {
    const { data } = named.safeParse(object);
    const isThere = data?.metadata.namespace === namespace || data?.metadata.namespace === "";
    return data?.kind === kind && data.metadata.name === name && isThere;
  })?.object;
}
