import { z } from "zod";
import type { GithubActionsHook } from "../../../model/hooks.ts";
import { matchesAny } from "../../../model/patterns.ts";
import { type Adapter, authentic, refused, type Verdict } from "../adapter.ts";
import { readCiBody } from "../ci-body.ts";
import { verifyToken } from "../oidc.ts";

const schema = z.object({
  repository: z.string(),
  ref: z.string().optional(),
  environment: z.string().optional(),
  job_workflow_ref: z.string().optional(),
});
type Claims = z.infer<typeof schema>;

/**
 * Workflows of GitHub Actions, without a secret: the token of the job says which repository, branch, environment and
 * workflow it runs for (docs.github.com, "OpenID Connect reference").
 */
export const githubActions: Adapter<GithubActionsHook> = {
  async checkHead(head, settings, keys, now) {
    const { issuer, audience } = settings;
    const jwksUrl = `${issuer}/.well-known/jwks`;
    const verified = await verifyToken(head, keys, { issuers: [issuer], audience, jwksUrl, now });
    if ("verdict" in verified) return verified.verdict;
    const parsed = schema.safeParse(verified.claims);
    return parsed.success ? mayCall(parsed.data, settings) : refused("the token is of no workflow");
  },
  read: (body) => readCiBody(body),
};

function mayCall(
  { repository, ref, environment, job_workflow_ref: workflow }: Claims,
  rules: GithubActionsHook,
): Verdict {
  // GitHub takes upper and lower case in names of repositories for the same, but not in those of branches.
  const names = rules.repositories.map((pattern) => pattern.toLowerCase());
  if (names.length === 0 || !matchesAny(repository.toLowerCase(), names))
    return refused(`workflows of ${repository} may not send`);
  if (!isAmong(ref, rules.refs)) return refused(`workflows on ${ref} may not send`);
  if (!isAmong(environment, rules.environments)) return refused("jobs of this environment may not send");
  if (!isAmong(workflow, rules.workflows)) return refused(`the workflow ${workflow} may not send`);
  return authentic;
}

/** What the token does not say is not among any patterns. */
function isAmong(claim: string | undefined, patterns: readonly string[]): boolean {
  return patterns.length === 0 || (claim !== undefined && matchesAny(claim, patterns));
}
