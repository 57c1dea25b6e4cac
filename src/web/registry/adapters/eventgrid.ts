import { z } from "zod";
import type { EventGridHook } from "../../../model/hooks.ts";
import { type Adapter, ignored } from "../adapter.ts";
import { idOfAll, pushedReading } from "../read-pushes.ts";
import { checkHeader, checkPath } from "../secrets.ts";
import { saidByAcr } from "./acr.ts";

const event = z.object({
  id: z.string(),
  // Event Grid's own schema and CloudEvents' name it differently.
  eventType: z.string().optional(),
  type: z.string().optional(),
  data: z.unknown(),
});
type Event = z.infer<typeof event>;

const schema = z.union([z.array(event), event.transform((one) => [one])]);
const validation = z.object({ validationCode: z.string().min(1).max(512) });

/**
 * Azure Container Registry by Event Grid, in Event Grid's schema and in CloudEvents' (learn.microsoft.com, "Azure
 * Container Registry as an Event Grid source"). The secret is in the address or in a delivery property. A new
 * subscription asks whether it may send, with an event in the one schema and with OPTIONS in the other; both are
 * answered once the secret is right.
 */
export const eventGrid: Adapter<EventGridHook> = {
  handshake: true,
  checkHead(head, { header, secrets }) {
    return head.pathSecret === undefined ? checkHeader(head, header, secrets) : checkPath(head, secrets);
  },
  read(body) {
    const parsed = schema.safeParse(body);
    if (!parsed.success) return ignored("not events as Event Grid sends them");
    const asked = parsed.data.find((one) => kindOf(one) === "Microsoft.EventGrid.SubscriptionValidationEvent");
    const code = validation.safeParse(asked?.data).data?.validationCode;
    if (code !== undefined) return { kind: "answer", body: { validationResponse: code } };
    const pushes = parsed.data.filter((one) => /^(?:Microsoft\.ContainerRegistry\.)?ImagePushed$/.test(kindOf(one)));
    const id = idOfAll((pushes.length > 0 ? pushes : parsed.data).map((one) => one.id));
    if (pushes.length === 0) return ignored("no image was pushed", id);
    const said = pushes.flatMap((one) => {
      const read = saidByAcr(one.data).said;
      return typeof read === "string" ? [] : [read];
    });
    return said.length === 0 ? ignored("the push has no tag", id) : pushedReading(id, said);
  },
};

function kindOf({ eventType, type }: Event): string {
  return eventType ?? type ?? "";
}
