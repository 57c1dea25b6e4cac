import { z } from "zod";
import type { HeaderHook } from "../../../model/hooks.ts";
import type { ReportedPush } from "../../../model/pushed-image.ts";
import { type Adapter, ignored, type Reading } from "../adapter.ts";
import { pushedReading } from "../read-pushes.ts";
import { checkHeader } from "../secrets.ts";

const schema = z.object({
  id: z.string().nullish(),
  action: z.string(),
  target: z
    .object({ repository: z.string().nullish(), tag: z.string().nullish(), digest: z.string().nullish() })
    .nullish(),
  request: z.object({ host: z.string().nullish() }).nullish(),
});

/**
 * What one event of Azure Container Registry says, from its webhook or in an event of Event Grid; a sentence when it is
 * no push of a tag.
 */
export function saidByAcr(
  event: unknown,
  given?: string,
): { readonly id?: string | null; readonly said: ReportedPush | string } {
  const parsed = schema.safeParse(event);
  if (!parsed.success) return { said: "not an event as Azure Container Registry sends them" };
  const { id = null, action, target, request } = parsed.data;
  if (action !== "push") return { id, said: `an event of the kind ${action.slice(0, 64)}` };
  if ((target?.tag ?? "") === "") return { id, said: "the push has no tag" };
  return { id, said: { ...target, host: given ?? request?.host ?? "", repository: target?.repository ?? "" } };
}

/**
 * Azure Container Registry's own webhooks (learn.microsoft.com, "Azure Container Registry webhook reference"). Proves
 * itself by a custom header.
 */
export const acr: Adapter<HeaderHook> = {
  checkHead: (head, { header, secrets }) => checkHeader(head, header, secrets),
  read(body, _head, { host }): Reading {
    const { id, said } = saidByAcr(body, host);
    const own = id ?? undefined;
    return typeof said === "string" ? ignored(said, own) : pushedReading(own, [said]);
  },
};
