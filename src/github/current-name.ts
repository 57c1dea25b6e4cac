import type { Octokit } from "@octokit/rest";
import { z } from "zod";
import type { RepositoryName } from "../model/tree.ts";
import { parse, type Send } from "./client.ts";
import type { NarrowTokens } from "./narrow-tokens.ts";

const ROUTE = "GET /repos/{owner}/{repo}";
const wire = z.object({ name: z.string(), owner: z.object({ login: z.string() }) });

/** See `CurrentName`. GitHub answers under an earlier name with a redirect, which is followed. */
export async function readCurrentName(
  { tokens, plain, send }: { readonly tokens: NarrowTokens; readonly plain: Octokit; readonly send: Send },
  installationId: number,
  { owner, name }: RepositoryName,
): Promise<RepositoryName | undefined> {
  const token = await tokens.get({ installationId });
  if (token === undefined) return undefined;
  const parameters = { owner, repo: name, headers: { authorization: `token ${token}` } };
  const { data, refused } = await send(plain, { repository: `${owner}/${name}`, route: ROUTE }, parameters, [403, 404]);
  if (refused !== undefined) return undefined;
  const found = parse(wire, data, ROUTE);
  return { owner: found.owner.login, name: found.name };
}
