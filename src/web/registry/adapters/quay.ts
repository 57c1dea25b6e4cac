import { z } from "zod";
import type { QuayHook } from "../../../model/hooks.ts";
import { splitHost } from "../../../model/pushed-image.ts";
import { type Adapter, authentic, ignored, refused } from "../adapter.ts";
import { parseJson } from "../json.ts";
import { pushedReading } from "../read-pushes.ts";
import { checkPath, isSecret } from "../secrets.ts";

const schema = z.object({
  docker_url: z.string(),
  // Versions before 3 wrote a map from tags to image ids.
  updated_tags: z.union([z.array(z.string()), z.record(z.string(), z.unknown()).transform(Object.keys)]),
});

const marked = z.object({ secret: z.string() });

/**
 * Quay: a notification names every tag that was pushed, no digest and no kind; those of other events have no
 * `updated_tags`. It signs nothing: a secret is in the address, or in the field `secret` of the notification's
 * template, which has to be parsed before the sender is known (quay/quay, notifications/notificationmethod.py).
 */
export const quay: Adapter<QuayHook> = {
  checkHead: (head, { secrets }) => (secrets.length === 0 ? authentic : checkPath(head, secrets)),
  bodyCheck({ bodySecrets }) {
    if (bodySecrets.length === 0) return undefined;
    return (body) => {
      const parsed = marked.safeParse(parseJson(body.toString("utf8")));
      if (!parsed.success) return refused("the body has no secret: is it in the notification's template?");
      return isSecret(parsed.data.secret, bodySecrets) ? authentic : refused("the secret in the body is another one");
    };
  },
  read(body) {
    const parsed = schema.safeParse(body);
    if (!parsed.success) return ignored("not a push to a repository as Quay notifies of it");
    const { docker_url: url, updated_tags: tags } = parsed.data;
    if (tags.length === 0) return ignored("the push has no tag");
    return pushedReading(
      undefined,
      tags.map((tag) => ({ ...splitHost(url), tag })),
    );
  },
};
