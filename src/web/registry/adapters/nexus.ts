import { z } from "zod";
import type { NexusHook } from "../../../model/hooks.ts";
import { type Adapter, ignored } from "../adapter.ts";
import { pushedReading } from "../read-pushes.ts";
import { checkSignature, checkSigned, type Signing } from "../secrets.ts";

const signing: Signing = { algorithm: "sha1", header: "x-nexus-webhook-signature", prefix: "" };

const schema = z.object({
  action: z.string(),
  component: z.object({ format: z.string(), name: z.string(), version: z.string().nullish() }),
});

/**
 * Sonatype Nexus Repository, a webhook of the kind "Repository" for the event "component" (help.sonatype.com, "Enabling
 * A Repository Webhook Capability"). It signs with HMAC-SHA1 the body "without whitespace", which is how it sends it.
 * The delivery's id is in a header, which is not signed.
 */
export const nexus: Adapter<NexusHook> = {
  checkHead: (head) => checkSigned(head, signing),
  bodyCheck:
    ({ secrets }) =>
    (body, head) =>
      checkSignature(withoutWhitespace(body), head, signing, secrets),
  read(body, head, { host, repository }) {
    const id = head.header("x-nexus-webhook-delivery");
    const kind = head.header("x-nexus-webhook-id") ?? "";
    if (kind !== "rm:repository:component") return ignored(`an event of the kind ${kind.slice(0, 64)}`, id);
    const parsed = schema.safeParse(body);
    if (!parsed.success) return ignored("not an event of a component as Nexus sends them", id);
    const { action, component } = parsed.data;
    if (component.format !== "docker") return ignored(`a component of the format ${component.format.slice(0, 64)}`, id);
    if (action !== "CREATED" && action !== "UPDATED") return ignored(`a component was ${action.slice(0, 64)}`, id);
    if ((component.version ?? "") === "") return ignored("the component has no tag", id);
    const name = repository === undefined ? component.name : `${repository}/${component.name}`;
    return pushedReading(id, [{ host, repository: name, tag: component.version }]);
  },
};

const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/** JSON's bytes without the white space between its tokens; what is in texts stays. */
function withoutWhitespace(json: Buffer): Buffer {
  const kept = Buffer.alloc(json.length);
  let [size, inText, escaped] = [0, false, false];
  for (const byte of json) {
    if (!inText && (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d))) continue;
    if (byte === QUOTE && !escaped) inText = !inText;
    escaped = inText && byte === BACKSLASH && !escaped;
    kept[size++] = byte;
  }
  return kept.subarray(0, size);
}
