import { z } from "zod";
import type { HeaderHook } from "../../../model/hooks.ts";
import { type Adapter, ignored } from "../adapter.ts";
import { pushedReading } from "../read-pushes.ts";
import { checkHeader } from "../secrets.ts";

const schema = z.object({
  id: z.string(),
  source: z.literal("aws.ecr"),
  "detail-type": z.literal("ECR Image Action"),
  account: z.string().regex(/^\d{12}$/),
  region: z.string().regex(/^[a-z0-9-]{1,32}$/),
  detail: z.object({
    result: z.string(),
    "action-type": z.string(),
    "repository-name": z.string(),
    "image-tag": z.string().nullish(),
    "image-digest": z.string().nullish(),
  }),
});

const anyEvent = z.object({ id: z.string() });

/**
 * Amazon ECR by a rule of EventBridge and an API destination (docs.aws.amazon.com, "Amazon ECR events and
 * EventBridge"). Proves itself by the destination's connection: Basic, or a key in a header.
 */
export const ecr: Adapter<HeaderHook> = {
  checkHead: (head, { header, secrets }) => checkHeader(head, header, secrets),
  read(body, _head, settings) {
    const parsed = schema.safeParse(body);
    if (!parsed.success) return ignored("not an action on an image as ECR tells it", anyEvent.safeParse(body).data?.id);
    const { id, account, region, detail } = parsed.data;
    const { "action-type": action, "image-tag": tag, "image-digest": digest } = detail;
    if (action !== "PUSH" || detail.result !== "SUCCESS") return ignored("not a push that went well", id);
    if ((tag ?? "") === "") return ignored("the push has no tag", id);
    const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
    const host = settings.host ?? `${account}.dkr.ecr.${region}.${domain}`;
    return pushedReading(id, [{ host, repository: detail["repository-name"], tag, digest }]);
  },
};
