import { z } from "zod";
import type { Client } from "./client.ts";
import { orReadBack, refusedBy } from "./errors.ts";

/** A file to be written over the blob that is expected there (`undefined`: no file). */
export interface FileWrite {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly expected: string | undefined;
}

/** How it went. */
export type Written = "written" | "conflict" | "missing";

const ROUTE = "/repos/{owner}/{repo}/contents/{path}";
const file = z.object({ type: z.literal("file"), encoding: z.string(), content: z.string() });

/** See `GitHubRepository.writeFile`. */
export function writeFile(client: Client, branch: string, write: FileWrite, message: string): Promise<Written> {
  const content = Buffer.from(write.bytes).toString("base64");
  const put = async () => {
    const body = { path: write.path, branch, message, content, ...(write.expected && { sha: write.expected }) };
    const { refused } = await client.attempt(`PUT ${ROUTE}`, body, z.unknown(), [404, 409, 422]);
    if (refused === undefined) return "written";
    if (/rule violations|protected branch/i.test(refused.text))
      throw refusedBy(refused, `write ${write.path} on the branch ${branch}`);
    if (refused.status === 409 || /does not match|wasn't supplied/i.test(refused.text)) return "conflict";
    if (refused.status === 404 && /branch/i.test(refused.text)) return "missing";
    throw refused.error;
  };
  return orReadBack<Written>(put, async () => ((await reads(client, branch, write)) ? "written" : undefined));
}

async function reads(client: Client, branch: string, { path, bytes }: FileWrite): Promise<boolean> {
  const answer = await client.attempt(`GET ${ROUTE}`, { path, ref: branch }, file, [404]);
  if (answer.refused !== undefined || answer.data.encoding !== "base64") return false;
  return Buffer.from(answer.data.content, "base64").equals(bytes);
}
