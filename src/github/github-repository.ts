import type { GitHubRepository } from "../model/github-repository.ts";
import type { Clock } from "../model/observe.ts";
import { readAbout, readRepositoryId } from "./about.ts";
import { advanceBranch, createBranch, deleteBranch } from "./branches.ts";
import { readChangedFiles } from "./changed-files.ts";
import { createChecks } from "./checks.ts";
import type { Client } from "./client.ts";
import { createComments } from "./comments.ts";
import { readChecks } from "./commit-checks.ts";
import { setCommitStatus } from "./commit-statuses.ts";
import { makeCommit } from "./commits.ts";
import { addDeploymentStatus, createDeployment, readDeploymentStatuses, readDeployments } from "./deployments.ts";
import { dequeuePullRequest, enqueuePullRequest } from "./enqueue.ts";
import { writeFile } from "./files.ts";
import { openIssue, readOwnIssue, updateIssue } from "./issues.ts";
import { setLabelsAndAssignees } from "./labels.ts";
import { mergePullRequest } from "./merge.ts";
import { openPullRequest } from "./open-pull.ts";
import { addReaction, readPermission } from "./people.ts";
import { openPullRequests, pullRequestOf, readPullRequest, updatePullRequest } from "./pulls.ts";
import { readMoves, readPushers } from "./pushers.ts";
import { dismissReview, readReviews, requestReviewers } from "./reviews.ts";
import { createTeamMember } from "./teams.ts";

/** Makes the port for one repository. It does not read what it created itself just now. */
export function createGitHubRepository(client: Client, appId: number, clock: Clock): GitHubRepository {
  const comments = createComments(client, appId, clock);
  const checks = createChecks(client, appId, clock);
  return {
    about: () => readAbout(client),
    repositoryId: () => readRepositoryId(client),
    pullRequest: (number) => readPullRequest(client, number),
    upsertComment: (number, marker, body, options) => comments.upsert(number, marker, body, options),
    changedFiles: (number) => readChangedFiles(client, number),
    ownComment: (number, marker) => comments.read(number, marker),
    upsertCheck: (report) => checks.upsert(report),
    react: (commentId, reaction) => addReaction(client, commentId, reaction),
    permission: (user) => readPermission(client, user),
    teamMember: createTeamMember(client, clock),

    async commit(request) {
      const made = await makeCommit(client, request);
      checks.justCreated(made.sha);
      return made;
    },
    createBranch: (branch, sha) => createBranch(client, branch, sha),
    advanceBranch: (branch, sha) => advanceBranch(client, branch, sha),
    deleteBranch: (branch, expected) => deleteBranch(client, branch, expected),
    pushers: (branch) => readPushers(client, branch),
    moves: (branch) => readMoves(client, branch),
    writeFile: (branch, file, message) => writeFile(client, branch, file, message),

    async openPullRequest(draft) {
      const opened = await openPullRequest(client, draft);
      if (opened !== undefined && !opened.adopted) comments.justCreated(opened.pull.number);
      return opened;
    },
    openPullRequests: (base) => openPullRequests(client, base),
    pullRequestOf: (branch, base) => pullRequestOf(client, branch, base),
    updatePullRequest: (number, change) => updatePullRequest(client, number, change),
    setLabelsAndAssignees: (number, labels, assignees) => setLabelsAndAssignees(client, number, labels, assignees),
    requestReviewers: (number, who) => requestReviewers(client, number, who),
    reviews: (number) => readReviews(client, number),
    dismissReview: (number, review, message) => dismissReview(client, number, review, message),
    merge: (number, head, method) => mergePullRequest(client, number, head, method),
    enqueue: (pull, head) => enqueuePullRequest(client, pull, head),
    dequeue: (pull) => dequeuePullRequest(client, pull),

    checks: (sha) => readChecks(client, appId, sha),
    ownCheck: (sha, name) => checks.read(sha, name),
    deployments: (environment, limit, sha) => readDeployments(client, appId, { environment, limit, sha }),
    deploymentStatuses: (id) => readDeploymentStatuses(client, appId, id),
    createDeployment: (draft) => createDeployment(client, appId, draft),
    addDeploymentStatus: (id, status) => addDeploymentStatus(client, appId, id, status),
    setCommitStatus: (status) => setCommitStatus(client, status),
    ownIssue: (marker) => readOwnIssue(client, appId, marker),
    openIssue: (marker, text) => openIssue(client, appId, marker, text),
    updateIssue: (number, marker, change) => updateIssue(client, number, marker, change),
  };
}
