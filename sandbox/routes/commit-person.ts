import { z } from "zod";

import type { Signature } from "../loose-commit.ts";
import { ensureAccount, nowIso } from "../world.ts";
import { actorOf, type Call } from "./route.ts";

/** An author or committer in a request. */
export const PersonBody = z.strictObject({ name: z.string(), email: z.string(), date: z.string().optional() });

type Person = z.infer<typeof PersonBody>;

/**
 * Author and committer of a commit made through the API. GitHub signs those of an App that names neither author nor
 * committer; they are committed by GitHub itself.
 */
export function signaturesOf(
  call: Call,
  body: { author?: Person | undefined; committer?: Person | undefined },
): { author: Signature; committer: Signature; signed: boolean } {
  const date = nowIso(call.world);
  const { login } = actorOf(call);
  const account = ensureAccount(call.world, login);
  const self: Signature = { name: login, email: `${account.id}+${login}@users.noreply.local`, date };
  const author = body.author ? signature(body.author, date) : self;
  const signed = body.author === undefined && body.committer === undefined && call.caller.kind === "installation";
  const web: Signature = { name: "GitHub", email: "noreply@github.com", date };
  const committer = body.committer ? signature(body.committer, date) : signed ? web : author;
  return { author, committer, signed };
}

function signature({ name, email, date }: Person, now: string): Signature {
  return { name, email, date: date ?? now };
}
