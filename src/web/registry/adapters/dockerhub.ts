import { z } from "zod";
import type { PathHook } from "../../../model/hooks.ts";
import { type Adapter, ignored } from "../adapter.ts";
import { pushedReading } from "../read-pushes.ts";
import { checkPath } from "../secrets.ts";

const schema = z.object({
  push_data: z.object({ tag: z.string().nullish() }),
  repository: z.object({
    repo_name: z.string().nullish(),
    namespace: z.string().nullish(),
    name: z.string().nullish(),
  }),
});

/**
 * Docker Hub: every request is a push. It signs nothing and sends no id; only the address can hold a secret
 * (docs.docker.com, "Webhooks").
 */
export const dockerHub: Adapter<PathHook> = {
  checkHead: (head, { secrets }) => checkPath(head, secrets),
  read(body) {
    const parsed = schema.safeParse(body);
    if (!parsed.success) return ignored("not an event as Docker Hub sends them");
    const { push_data: push, repository } = parsed.data;
    if (!push.tag) return ignored("the push has no tag");
    const name = repository.repo_name ?? [repository.namespace, repository.name].join("/");
    return pushedReading(undefined, [{ host: "docker.io", repository: name, tag: push.tag }]);
  },
};
