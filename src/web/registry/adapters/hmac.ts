import type { HmacHook } from "../../../model/hooks.ts";
import type { Adapter } from "../adapter.ts";
import { readCiBody } from "../ci-body.ts";
import { checkSignature, checkSigned, type Signing } from "../secrets.ts";

function signing({ header }: HmacHook): Signing {
  return { algorithm: "sha256", header, prefix: "sha256=" };
}

/** A sender of one's own: HMAC-SHA256 over the body in a header, `sha256=` and 64 hexadecimal digits. */
export const hmac: Adapter<HmacHook> = {
  checkHead: (head, settings) => checkSigned(head, signing(settings)),
  bodyCheck: (settings) => (body, head) => checkSignature(body, head, signing(settings), settings.secrets),
  read: (body) => readCiBody(body),
};
