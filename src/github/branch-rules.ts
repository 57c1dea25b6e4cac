import type { Octokit } from "@octokit/rest";
import { z } from "zod";
import type { BranchRules, InstalledRepository } from "../model/github.ts";
import { parse, type Send } from "./client.ts";
import { PER_PAGE } from "./limits.ts";
import type { NarrowTokens } from "./narrow-tokens.ts";

const ROUTE = "GET /repos/{owner}/{repo}/rules/branches/{branch}";
const rules = z.array(z.object({ type: z.string() }));

/** What the rules are read with. */
export interface BranchRulesParts {
  /** Adds no credentials. */
  readonly plain: Octokit;
  readonly send: Send;
  /** May read what everybody sees of a repository. */
  readonly tokens: NarrowTokens;
}

/** See `BranchRules`. */
export function createBranchRules({ plain, send, tokens }: BranchRulesParts): BranchRules {
  return async ({ installationId, repository }: InstalledRepository, branch, signal) => {
    const token = await tokens.get({ installationId, signal });
    if (token === undefined) return { refused: "the installation gives no token" };
    const { owner, name: repo } = repository;
    const names = { owner, repo, branch, per_page: PER_PAGE };
    const request = { ...names, headers: { authorization: `token ${token}` }, request: { signal } };
    const answer = await send(plain, { repository: `${owner}/${repo}`, route: ROUTE }, request, [403, 404]);
    if (answer.refused !== undefined) return { refused: answer.refused.text };
    return { rules: new Set(parse(rules, answer.data, ROUTE).map(({ type }) => type)) };
  };
}
