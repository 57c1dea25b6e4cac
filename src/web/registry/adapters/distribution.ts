import { z } from "zod";
import type { HeaderHook } from "../../../model/hooks.ts";
import { isImageHost } from "../../../model/pushed-image.ts";
import { type Adapter, ignored } from "../adapter.ts";
import { idOfAll, pushedReading } from "../read-pushes.ts";
import { checkHeader } from "../secrets.ts";

const event = z.object({
  id: z.string().nullish(),
  action: z.string(),
  target: z
    .object({ repository: z.string().nullish(), tag: z.string().nullish(), digest: z.string().nullish() })
    .nullish(),
  request: z.object({ host: z.string().nullish() }).nullish(),
});

const schema = z.object({ events: z.array(event) });

/**
 * Notifications of the Distribution registry, which GitLab's registry sends too: several events in one request, most of
 * them layers and pulls. Their form is the same in both media types,
 * `application/vnd.docker.distribution.events.v1+json` up to 2.8 and `….v2+json` since 3.0. Proves itself by headers
 * from its configuration.
 */
export const distribution: Adapter<HeaderHook> = {
  checkHead: (head, { header, secrets }) => checkHeader(head, header, secrets),
  read(body, _head, settings) {
    const parsed = schema.safeParse(body);
    if (!parsed.success) return ignored("not an envelope of events as the registry sends them");
    // A layer has no tag, and neither has the manifest of one platform, whose index comes later.
    const tagged = parsed.data.events.filter(({ action, target }) => action === "push" && (target?.tag ?? "") !== "");
    if (tagged.length === 0) return { kind: "noise", reason: "no push of a tag" };
    const id = idOfAll(tagged.map((one) => one.id));
    const said = tagged.flatMap(({ target, request }) => {
      const host = settings.host ?? request?.host;
      return isImageHost(host) ? [{ ...target, host, repository: target?.repository ?? "" }] : [];
    });
    if (said.length === 0) return ignored("the events tell no host that images can have: set `host` for this hook", id);
    return pushedReading(id, said);
  },
};
