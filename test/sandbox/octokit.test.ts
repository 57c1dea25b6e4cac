import { ProbotOctokit } from "probot";
import { expect, it } from "vitest";

import { useLocalGitHub } from "./support/suite.ts";

const suite = useLocalGitHub();

function octokit(installationId?: number): ProbotOctokit {
  const { id, privateKey } = suite.github.app;
  const auth = { appId: id, privateKey, ...(installationId === undefined ? {} : { installationId }) };
  return new ProbotOctokit({
    auth,
    baseUrl: suite.github.apiUrl,
    throttle: { enabled: false },
    retry: { enabled: false },
  });
}

it("is understood by Octokit: app and installation authentication, paging, slashes in refs", async () => {
  const pull = await suite.pull("octokit");
  const repo = { owner: "acme", repo: "octokit" };
  const app = await octokit().rest.apps.getAuthenticated();
  expect(app.data?.id).toBe(suite.github.app.id);
  const client = octokit(suite.github.installationId);
  for (const body of ["one", "two", "three"])
    await client.rest.issues.createComment({ ...repo, issue_number: pull.number, body });
  const comments = await client.paginate(client.rest.issues.listComments, {
    ...repo,
    issue_number: pull.number,
    per_page: 2,
  });
  expect(comments.map((one) => one.body)).toEqual(["one", "two", "three"]);
  await client.rest.git.createRef({ ...repo, ref: "refs/heads/sluice/x", sha: pull.headSha });
  const ref = await client.rest.git.getRef({ ...repo, ref: "heads/sluice/x" });
  expect(ref.data.object.sha).toBe(pull.headSha);
  const repositories = await client.paginate(client.rest.apps.listReposAccessibleToInstallation);
  expect(repositories.map((one) => one.name)).toEqual(["octokit"]);
});

it("tells Octokit what went wrong", async () => {
  await suite.pull("wrong");
  const client = octokit(suite.github.installationId);
  const merge = client.rest.pulls.merge({ owner: "acme", repo: "wrong", pull_number: 1, sha: "0".repeat(40) });
  await expect(merge).rejects.toMatchObject({ status: 409 });
});
