import { checkRunOf, createCheckRun, foreignReporter, updateCheckRun } from "./actions/checks.ts";
import { playDeployment } from "./actions/deployments.ts";
import { runMergeQueue } from "./actions/merge-queue.ts";
import { DEFAULT_PERSON } from "./actions/repositories.ts";
import { dismissReview, reviewOf, submitReview } from "./actions/reviews.ts";
import { createStatus } from "./actions/statuses.ts";
import { emitGranted } from "./events.ts";
import { revParse } from "./git.ts";
import type { Repository } from "./state.ts";
import { MERGE_METHODS, type RestrictingRule } from "./state-parts.ts";
import { summarizeCheckRun, summarizeDeployment, summarizeReview } from "./summaries.ts";
import { findTeam } from "./teams.ts";
import type { ReleaseControls } from "./types-release.ts";
import {
  branchHead,
  ensureAccount,
  findInstallation,
  gitDirOf,
  nextId,
  nowIso,
  person,
  pullOf,
  repositoryOf,
  type World,
} from "./world.ts";

type Part<K extends keyof ReleaseControls> = Pick<ReleaseControls, K>;

/** How long a merge queue that runs by itself waits. */
const QUEUE_AFTER_MS = 300;

/** The rules of a ruleset that says nothing else. */
const RESTRICTING: readonly RestrictingRule[] = ["creation", "update", "deletion", "non_fast_forward"];

/** What the handle can do about releases. `owner` is the first one. */
export function releasePart(world: World, owner: string): ReleaseControls {
  return {
    ...reviewPart(world),
    ...reportPart(world),
    ...rulePart(world),
    grant: (permissions, account = owner) => {
      const installation = findInstallation(world, account);
      if (!installation) throw new Error(`the app is not installed on ${account}`);
      installation.permissions = permissions;
      emitGranted(world, installation, ensureAccount(world, DEFAULT_PERSON).login);
    },
  };
}

function reviewPart(world: World): Part<"review" | "reviews" | "dismissReview"> {
  return {
    async review({ by, event, body = "", number, ...ref }) {
      const repository = repositoryOf(world, ref);
      const pull = pullOf(repository, number);
      return summarizeReview(await submitReview(world, repository, pull, { event, body }, person(world, by)));
    },
    reviews: ({ number, ...ref }) =>
      repositoryOf(world, ref)
        .reviews.filter((one) => one.number === number)
        .map(summarizeReview),
    async dismissReview({ id, message, by = DEFAULT_PERSON, number, ...ref }) {
      const repository = repositoryOf(world, ref);
      const pull = pullOf(repository, number);
      dismissReview(world, repository, pull, reviewOf(repository, pull, id), message, person(world, by));
    },
  };
}

/** The full id of a commit of the repository; throws when there is none. */
async function commitOf(world: World, repository: Repository, revision: string): Promise<string> {
  const sha = await revParse(gitDirOf(world, repository), revision);
  if (sha === undefined) throw new Error(`there is no commit ${revision}`);
  return sha;
}

function reportPart(world: World): Part<"deploy" | "deployments" | "reportCheck" | "status"> {
  return {
    async deploy({ environment, sha, state, description, url, by = DEFAULT_PERSON, ...ref }) {
      const repository = repositoryOf(world, ref);
      const at = await commitOf(world, repository, sha ?? repository.defaultBranch);
      const status = { state, description, logUrl: url };
      const where = { sha: at, environment };
      return summarizeDeployment(playDeployment(world, repository, where, status, person(world, by)));
    },
    deployments: ({ environment, ...ref }) =>
      repositoryOf(world, ref)
        .deployments.filter((one) => environment === undefined || one.environment === environment)
        .reverse()
        .map(summarizeDeployment),
    async reportCheck({ sha, check, conclusion, app = "ci", title, summary, ...ref }) {
      const repository = repositoryOf(world, ref);
      const head = await commitOf(world, repository, sha);
      const reporter = foreignReporter(world, app);
      const known = repository.checkRuns.findLast(
        (one) => one.headSha === head && one.name === check && one.appId === reporter.appId,
      );
      const output = { title: title ?? check, summary: summary ?? conclusion ?? "under way" };
      const input = conclusion === undefined ? { status: "in_progress", output } : { conclusion, output };
      const run =
        known && known.status !== "completed"
          ? checkRunOf(repository, known.id)
          : createCheckRun(world, repository, head, check, input, reporter);
      if (run === known) updateCheckRun(world, repository, run, input, reporter);
      return summarizeCheckRun(world, repository, run);
    },
    async status({ sha, context, state, description, url, by = DEFAULT_PERSON, ...ref }) {
      const repository = repositoryOf(world, ref);
      const input = { state, context, description: description ?? null, targetUrl: url ?? null };
      const at = await commitOf(world, repository, sha);
      await createStatus(world, repository, at, input, person(world, by).login);
    },
  };
}

function rulePart(world: World): Part<"team" | "protect" | "addRuleset" | "runMergeQueue"> {
  return {
    team: ({ org, slug, members, permission = "read" }) => {
      const logins = members.map((login) => ensureAccount(world, login).login);
      const known = findTeam(world, org, slug);
      if (known) {
        known.members = logins;
        known.permission = permission;
        return;
      }
      const { login } = ensureAccount(world, org, "Organization");
      const createdAt = nowIso(world);
      world.state.teams.push({
        id: nextId(world),
        org: login,
        slug,
        name: slug,
        createdAt,
        members: logins,
        permission,
      });
    },
    protect: ({ branch, requiredApprovals = 0, requiredChecks = [], mergeQueue, methods, ...ref }) => {
      const repository = repositoryOf(world, ref);
      const name = branch ?? repository.defaultBranch;
      if (branchHead(repository, name) === undefined) throw new Error(`there is no branch ${name}`);
      const at = repository.protections.findIndex((one) => one.branch === name);
      if (at >= 0) repository.protections.splice(at, 1);
      repository.protections.push({
        branch: name,
        requiredApprovals,
        requiredChecks,
        mergeQueue: mergeQueue !== undefined,
        queueAfterMs: mergeQueue === "by-itself" ? QUEUE_AFTER_MS : null,
      });
      if (methods) repository.mergeMethods = MERGE_METHODS.filter((one) => methods.includes(one));
    },
    addRuleset: ({ branches, rules = RESTRICTING, ...ref }) => {
      const repository = repositoryOf(world, ref);
      repository.rulesets = [...(repository.rulesets ?? []), { id: nextId(world), branches, rules }];
    },
    runMergeQueue: (ref) => runMergeQueue(world, repositoryOf(world, ref)),
  };
}
