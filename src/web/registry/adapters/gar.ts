import { z } from "zod";
import type { GarHook } from "../../../model/hooks.ts";
import { splitHost, splitReference } from "../../../model/pushed-image.ts";
import { type Adapter, authentic, ignored, type RequestHead, refused } from "../adapter.ts";
import { parseJson } from "../json.ts";
import { verifyToken } from "../oidc.ts";
import { pushedReading } from "../read-pushes.ts";

const ISSUERS = ["https://accounts.google.com", "accounts.google.com"];

const wrapped = z.object({
  message: z.object({ data: z.string().nullish(), messageId: z.string().nullish(), message_id: z.string().nullish() }),
});
const notice = z.object({ action: z.string(), tag: z.string().nullish(), digest: z.string().nullish() });

/**
 * Google Artifact Registry and Container Registry by a push subscription of Pub/Sub (docs.cloud.google.com, "Configure
 * Pub/Sub notifications"). Proves itself by a token of its service account: signature, time, issuer, audience, and the
 * account's e-mail address, verified by Google.
 */
export const gar: Adapter<GarHook> = {
  async checkHead(head, settings, keys, now) {
    const { audience, jwksUrl, email } = settings;
    const verified = await verifyToken(head, keys, { issuers: ISSUERS, audience, jwksUrl, now });
    if ("verdict" in verified) return verified.verdict;
    const { claims } = verified;
    if (claims.email_verified !== true) return refused("the token's e-mail address is not verified");
    return claims.email === email ? authentic : refused("the token is of another service account");
  },
  read(body, head) {
    const { id, data } = unwrap(body, head);
    const parsed = notice.safeParse(data);
    if (!parsed.success) return ignored("not a message as Artifact Registry publishes them", id);
    const { action, tag, digest } = parsed.data;
    if (action !== "INSERT") return ignored(`an event of the kind ${action.slice(0, 64)}`, id);
    if ((tag ?? "") === "") return ignored("the push has no tag", id);
    const pushed = splitReference(tag ?? "");
    return pushedReading(id, [
      { ...splitHost(pushed.name), tag: pushed.tag, digest: splitReference(digest ?? "").digest },
    ]);
  },
};

/** Subscriptions send the message in an envelope, or by itself with its id in a header. */
function unwrap(body: unknown, head: RequestHead): { readonly id: string | undefined; readonly data: unknown } {
  const parsed = wrapped.safeParse(body);
  if (!parsed.success) return { id: head.header("x-goog-pubsub-message-id"), data: body };
  const { data, messageId, message_id: older } = parsed.data.message;
  return { id: messageId ?? older ?? undefined, data: parseJson(Buffer.from(data ?? "", "base64").toString("utf8")) };
}
