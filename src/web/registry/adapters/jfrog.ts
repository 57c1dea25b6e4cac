import { z } from "zod";
import type { JfrogHook } from "../../../model/hooks.ts";
import { isImageHost } from "../../../model/pushed-image.ts";
import { type Adapter, ignored } from "../adapter.ts";
import { pushedReading } from "../read-pushes.ts";
import { checkHeader, checkSignature, checkSigned, type Signing } from "../secrets.ts";

const HEADER = "x-jfrog-event-auth";
const signing: Signing = { algorithm: "sha256", header: HEADER, prefix: "" };

const schema = z.object({
  domain: z.string(),
  event_type: z.string(),
  jpd_origin: z.string().nullish(),
  data: z.object({
    repo_key: z.string(),
    path: z.string().nullish(),
    image_name: z.string(),
    tag: z.string(),
    sha256: z.string().nullish(),
  }),
});

const anyEvent = z.object({ domain: z.string(), event_type: z.string() });

/**
 * JFrog Artifactory (docs.jfrog.com, "Event Types", domain docker). One header holds the HMAC-SHA256 of the body where
 * the webhook signs, and the secret itself where it does not: the hook takes the one that it is set up for and never
 * the other.
 */
export const jfrog: Adapter<JfrogHook> = {
  checkHead: (head, { signed, secrets }) => (signed ? checkSigned(head, signing) : checkHeader(head, HEADER, secrets)),
  bodyCheck: ({ signed, secrets }) =>
    signed ? (body, head) => checkSignature(body, head, signing, secrets) : undefined,
  read(body, _head, settings) {
    const any = anyEvent.safeParse(body);
    if (!any.success) return ignored("not an event as Artifactory sends them");
    const { domain, event_type: type } = any.data;
    if (domain !== "docker" || type !== "pushed")
      return ignored(`an event of the kind ${`${domain}/${type}`.slice(0, 64)}`);
    const parsed = schema.safeParse(body);
    if (!parsed.success) return ignored("not a push of an image as Artifactory sends them");
    const { data, jpd_origin: origin } = parsed.data;
    const host = settings.host ?? (URL.canParse(origin ?? "") ? new URL(origin ?? "").host : "");
    if (!isImageHost(host))
      return ignored("the event tells no host: set `host` for this hook, or Artifactory's custom base URL");
    const key = settings.repository ?? data.repo_key;
    const repository = [key, nameOf(data.path, data.image_name)].filter((part) => part !== "").join("/");
    const digest = data.sha256 ? `sha256:${data.sha256}` : undefined;
    return pushedReading(undefined, [{ host, repository, tag: data.tag, digest }]);
  },
};

/** The image's name with its folders, from the path of its manifest: `<name>/<tag>/manifest.json`. */
function nameOf(path: string | null | undefined, name: string): string {
  const folders = (path ?? "").split("/").slice(0, -2);
  return folders.length > 0 ? folders.join("/") : name;
}
