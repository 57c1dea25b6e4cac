import type { CheckReport, Permission, PullRequest, Reaction } from "../../src/model/github.ts";
import type {
  BranchMove,
  CommitCheck,
  CommitStatus,
  Deployment,
  DeploymentStatus,
  GitHubRepository,
  MergeMethod,
  MergeResult,
  OwnIssue,
  Review,
} from "../../src/model/github-repository.ts";
import type { RepositoryName } from "../../src/model/tree.ts";
import { type MemoryRepository, memoryRepository } from "./memory-repository.ts";

/**
 * GitHub's side of one repository in memory, for unit tests: what is there is in the maps, which tests read and fill.
 * It keeps the promises of the port that races depend on: refs that exist, heads that moved, pull requests that are
 * adopted.
 */
export interface FakeGitHub extends GitHubRepository {
  /** Its branches are GitHub's. */
  readonly repository: MemoryRepository;
  /** Every call of the port so far, by its method's name. */
  readonly calls: string[];
  readonly pulls: Map<number, PullRequest>;
  /** By `NUMBER/MARKER`. */
  readonly comments: Map<string, string>;
  readonly checkReports: CheckReport[];
  /** `COMMENT REACTION`, each once. */
  readonly reactions: string[];
  readonly reviewsOf: Map<number, Review[]>;
  /** Logins, and slugs of teams, by the number of the pull request. */
  readonly requested: Map<number, readonly string[]>;
  readonly assignees: Map<number, readonly string[]>;
  /** By login; everybody else has none. */
  readonly permissions: Map<string, Permission>;
  /** Members by the team's slug. */
  readonly teams: Map<string, readonly string[]>;
  /** By commit. */
  readonly checksOf: Map<string, readonly CommitCheck[]>;
  /** Which files pull requests change. */
  readonly changedFilesOf: Map<number, readonly string[]>;
  /** By environment, newest first. */
  readonly deploymentsTo: Map<string, readonly Deployment[]>;
  readonly statusesOf: Map<number, readonly DeploymentStatus[]>;
  /** Where what was deployed is reached, by the Deployment. */
  readonly addressesOf: Map<number, string>;
  /** What the App said of commits, oldest first. */
  readonly commitStatuses: CommitStatus[];
  /** Of the App, by marker, oldest first; comments on them are in `comments`. */
  readonly issues: Map<string, OwnIssue[]>;
  /** Who pushed, by branch; Sluice itself is not among them. */
  readonly pushersOf: Map<string, readonly string[]>;
  /** When it was moved to what, by branch, newest first. */
  readonly movesOf: Map<string, readonly BranchMove[]>;
  /** Numbers of the pull requests in the merge queue. */
  readonly queued: Set<number>;
  /** The answer of the next merge; without one it merges. */
  nextMerge: MergeResult | undefined;
  /** Whether `main` takes merges through a merge queue only; nothing comes out of it. */
  mergeQueue: boolean;
  /**
   * Does something right before the next call of this method: what somebody else does at that moment, or an error that
   * is thrown. Once.
   */
  before(method: keyof GitHubRepository, act: () => void | Promise<void>): void;
  /** Opens a pull request as a person would. */
  addPull(pull: Partial<PullRequest> & { readonly head: PullRequest["head"] }): PullRequest;
  /** Closes one, as merged where `mergeCommit` is given. */
  closePull(number: number, mergeCommit?: string): PullRequest;
}

const app = "sluice[bot]";

/** What a world makes of a fake. */
export interface FakeGitHubOptions {
  /** Merges, and gives the commit that it made; without it a merge makes no commit. */
  land?(pull: PullRequest, method: MergeMethod): Promise<string>;
  /** Is told of each that Sluice closes. */
  closed?(pull: PullRequest): Promise<void>;
  /** When Sluice's commits are made and pull requests opened, in milliseconds; without it they are old. */
  now?(): number;
}

/**
 * Makes one whose default branch is `main`. Branches of `repository` are those of GitHub; nothing else is there yet.
 */
export function fakeGitHub(
  repository: MemoryRepository = memoryRepository(),
  name: RepositoryName = { owner: "acme", name: "gitops" },
  { land, closed, now }: FakeGitHubOptions = {},
): FakeGitHub {
  const acts = new Map<string, () => void | Promise<void>>();
  const { branches } = repository;
  const maps = {
    calls: [] as string[],
    pulls: new Map<number, PullRequest>(),
    comments: new Map<string, string>(),
    checkReports: [] as CheckReport[],
    reactions: [] as string[],
    reviewsOf: new Map<number, Review[]>(),
    requested: new Map<number, readonly string[]>(),
    assignees: new Map<number, readonly string[]>(),
    permissions: new Map<string, Permission>(),
    teams: new Map<string, readonly string[]>(),
    checksOf: new Map<string, readonly CommitCheck[]>(),
    changedFilesOf: new Map<number, readonly string[]>(),
    deploymentsTo: new Map<string, readonly Deployment[]>(),
    statusesOf: new Map<number, readonly DeploymentStatus[]>(),
    addressesOf: new Map<number, string>(),
    commitStatuses: [] as CommitStatus[],
    issues: new Map<string, OwnIssue[]>(),
    pushersOf: new Map<string, readonly string[]>(),
    movesOf: new Map<string, readonly BranchMove[]>(),
    queued: new Set<number>(),
  };
  const { pulls } = maps;

  const at = () => new Date(now?.() ?? 0).toISOString();
  const dated = () => (now === undefined ? {} : { date: new Date(now()).toISOString() });

  /** An open pull request follows its branch. */
  const current = (pull: PullRequest): PullRequest => {
    const sha = pull.state === "open" ? (branches.get(pull.head.ref) ?? pull.head.sha) : pull.head.sha;
    return { ...pull, head: { ...pull.head, sha } };
  };
  const get = (number: number): PullRequest => {
    const pull = pulls.get(number);
    if (pull === undefined) throw new Error(`there is no pull request ${number}`);
    return current(pull);
  };
  const set = (pull: PullRequest): PullRequest => {
    pulls.set(pull.number, pull);
    return pull;
  };
  const addPull: FakeGitHub["addPull"] = (pull) => {
    const number = pull.number ?? pulls.size + 1;
    return set({
      number,
      title: "Pull request",
      state: "open",
      draft: false,
      base: { sha: branches.get("main") ?? "", ref: "main" },
      defaultBranch: "main",
      fork: false,
      nodeId: `node-${number}`,
      url: `https://github.test/${name.owner}/${name.name}/pull/${number}`,
      body: "",
      author: app,
      byApp: (pull.author ?? app) === app,
      repositoryId: 1,
      merged: false,
      mergeCommit: undefined,
      openedAt: now?.() ?? 0,
      closedAt: undefined,
      labels: [],
      ...pull,
    });
  };
  const closePull = (number: number, mergeCommit?: string): PullRequest =>
    set({ ...get(number), state: "closed", merged: mergeCommit !== undefined, mergeCommit });
  const openOf = (branch: string): PullRequest | undefined =>
    [...pulls.values()].findLast(({ head, state }) => head.ref === branch && state === "open");

  const port: GitHubRepository = {
    repositoryId: async () => 1,
    about: async () => ({ repository: name, defaultBranch: "main", archived: false }),
    pullRequest: async (number) => get(number),
    upsertComment: async (number, marker, body, options = {}) => {
      if (!/^[a-z0-9][a-z0-9-]*$/.test(marker)) throw new Error(`not a marker: ${marker}`);
      if (options.onlyUpdate === true && !maps.comments.has(`${number}/${marker}`)) return { url: undefined };
      maps.comments.set(`${number}/${marker}`, body);
      const issue = [...maps.issues.values()].flat().find((one) => one.number === number);
      return { url: `${(issue ?? get(number)).url}#${marker}` };
    },
    changedFiles: async (number) => maps.changedFilesOf.get(number) ?? [],
    ownComment: async (number, marker) => maps.comments.get(`${number}/${marker}`),
    upsertCheck: async (report) => {
      maps.checkReports.push(report);
      return { url: `https://github.test/checks/${maps.checkReports.length}` };
    },
    react: async (commentId: number, reaction: Reaction) => {
      const one = `${commentId} ${reaction}`;
      if (!maps.reactions.includes(one)) maps.reactions.push(one);
    },
    permission: async (user) => maps.permissions.get(user) ?? "none",
    teamMember: async (team, user) => maps.teams.get(team)?.includes(user) ?? false,
    commit: async ({ parents, baseTree, changes, message, expectTree }) => {
      const sha = await repository.commitChanges(baseTree, changes, { parents, message, ...dated() });
      const tree = (await repository.tree(sha)).oid;
      if (expectTree !== undefined && expectTree !== tree) throw new Error(`the tree is ${tree}, not ${expectTree}`);
      return { sha, tree };
    },
    createBranch: async (branch, sha) => {
      if (branches.has(branch)) return "exists";
      branches.set(branch, sha);
      return "created";
    },
    advanceBranch: async (branch, sha) => {
      const head = branches.get(branch);
      if (head === undefined) return "missing";
      if (!(await repository.isAncestor(head, sha))) return "behind";
      branches.set(branch, sha);
      return "moved";
    },
    deleteBranch: async (branch, expected) => {
      const head = branches.get(branch);
      if (head !== undefined && expected !== undefined && head !== expected) return "moved";
      branches.delete(branch);
      return "deleted";
    },
    pushers: async (branch) => [app, ...(maps.pushersOf.get(branch) ?? [])],
    moves: async (branch) => maps.movesOf.get(branch) ?? [],
    writeFile: async (branch, { path, bytes, expected }, message) => {
      const head = branches.get(branch);
      if (head === undefined) return "missing";
      const tree = await repository.tree(head);
      if ((await tree.at(path))?.oid !== expected) return "conflict";
      const changes = [{ kind: "write", path, bytes, executable: false }] as const;
      branches.set(branch, await repository.commitChanges(tree.oid, changes, { parents: [head], message }));
      return "written";
    },
    openPullRequest: async ({ head, base, title, body }) => {
      const open = openOf(head);
      if (open !== undefined) return { pull: current(open), adopted: true };
      const sha = branches.get(head);
      if (sha === undefined || sha === branches.get(base)) return undefined;
      const pull = addPull({
        title,
        body,
        head: { sha, ref: head, repository: name },
        base: { sha: branches.get(base) ?? "", ref: base },
      });
      return { pull, adopted: false };
    },
    pullRequestOf: async (branch, base) => {
      const all = [...pulls.values()].filter(
        (pull) => pull.head.ref === branch && (base ?? pull.base.ref) === pull.base.ref,
      );
      const newest = all.findLast(({ state }) => state === "open") ?? all.at(-1);
      return newest && current(newest);
    },
    openPullRequests: async (base) => {
      const open = [...pulls.values()].filter((pull) => pull.state === "open" && pull.base.ref === base);
      return new Set(open.map(({ number }) => number));
    },
    updatePullRequest: async (number, change) => {
      const before = get(number);
      const after = set({ ...before, ...change });
      if (before.state === "open" && after.state === "closed") await closed?.(after);
      return after;
    },
    setLabelsAndAssignees: async (number, labels, assignees) => {
      set({ ...get(number), labels });
      maps.assignees.set(number, assignees);
    },
    requestReviewers: async (number, { users, teams }) => {
      maps.requested.set(number, [...users, ...teams]);
      return { refused: undefined };
    },
    reviews: async (number) => maps.reviewsOf.get(number) ?? [],
    dismissReview: async (number, review) => {
      const reviews = maps.reviewsOf.get(number) ?? [];
      maps.reviewsOf.set(
        number,
        reviews.map((one) => (one.id === review ? { ...one, state: "dismissed" } : one)),
      );
    },
    merge: async (number, head, method) => {
      const answer = fake.nextMerge;
      fake.nextMerge = undefined;
      if (answer !== undefined) return answer;
      if (fake.mergeQueue) return { kind: "queue", reason: "Changes must be made through the merge queue" };
      if (get(number).head.sha !== head) return { kind: "moved", reason: "Head branch was modified" };
      return { kind: "merged", sha: (await land?.(get(number), method)) ?? closePull(number, head).head.sha };
    },
    enqueue: async ({ number }) => {
      maps.queued.add(number);
      return { kind: "enqueued" };
    },
    dequeue: async ({ number }) => void maps.queued.delete(number),
    checks: async (sha) => maps.checksOf.get(sha) ?? [],
    ownCheck: async (sha, name) =>
      maps.checkReports.findLast((report) => report.headSha === sha && report.name === name),
    deployments: async (environment, limit, sha) =>
      (maps.deploymentsTo.get(environment) ?? []).filter((one) => sha === undefined || one.sha === sha).slice(0, limit),
    deploymentStatuses: async (id) => maps.statusesOf.get(id) ?? [],
    createDeployment: async ({ sha, environment, payload }) => {
      const before = maps.deploymentsTo.get(environment) ?? [];
      const id = [...maps.deploymentsTo.values()].flat().length + 1;
      const url = `https://github.test/${name.owner}/${name.name}/deployments/${environment}`;
      const made = { id, sha, environment, createdAt: at(), url, payload, byApp: true };
      maps.deploymentsTo.set(environment, [made, ...before]);
      return made;
    },
    addDeploymentStatus: async (id, { state, description, logUrl = "", environmentUrl }) => {
      if (environmentUrl !== undefined) maps.addressesOf.set(id, environmentUrl);
      const before = maps.statusesOf.get(id) ?? [];
      maps.statusesOf.set(id, [...before, { state, description, at: at(), url: logUrl, byApp: true }]);
    },
    setCommitStatus: async (status) => void maps.commitStatuses.push(status),
    ownIssue: async (marker) => {
      const all = maps.issues.get(marker) ?? [];
      return all.find(({ state }) => state === "open") ?? all.at(-1);
    },
    openIssue: async (marker, text) => {
      const number = 1_000 + [...maps.issues.values()].flat().length + 1;
      const url = `https://github.test/${name.owner}/${name.name}/issues/${number}`;
      const made = { ...text, number, state: "open", url } as const;
      maps.issues.set(marker, [...(maps.issues.get(marker) ?? []), made]);
      return made;
    },
    updateIssue: async (number, marker, change) => {
      const all = maps.issues.get(marker) ?? [];
      const before = all.find((one) => one.number === number);
      if (before === undefined) throw new Error(`there is no issue ${number}`);
      const after = { ...before, ...change };
      maps.issues.set(
        marker,
        all.map((one) => (one === before ? after : one)),
      );
      return after;
    },
  };
  const announced =
    <A extends readonly unknown[], R>(method: keyof GitHubRepository, call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      maps.calls.push(method);
      const act = acts.get(method);
      acts.delete(method);
      await act?.();
      return call(...args);
    };
  const fake: FakeGitHub = {
    ...maps,
    repository,
    nextMerge: undefined,
    mergeQueue: false,
    before: (method, act) => void acts.set(method, act),
    addPull,
    closePull,
    about: announced("about", port.about),
    repositoryId: port.repositoryId,
    pullRequest: announced("pullRequest", port.pullRequest),
    upsertComment: announced("upsertComment", port.upsertComment),
    changedFiles: announced("changedFiles", port.changedFiles),
    ownComment: announced("ownComment", port.ownComment),
    upsertCheck: announced("upsertCheck", port.upsertCheck),
    react: announced("react", port.react),
    permission: announced("permission", port.permission),
    teamMember: announced("teamMember", port.teamMember),
    commit: announced("commit", port.commit),
    createBranch: announced("createBranch", port.createBranch),
    advanceBranch: announced("advanceBranch", port.advanceBranch),
    deleteBranch: announced("deleteBranch", port.deleteBranch),
    pushers: announced("pushers", port.pushers),
    moves: announced("moves", port.moves),
    writeFile: announced("writeFile", port.writeFile),
    openPullRequest: announced("openPullRequest", port.openPullRequest),
    pullRequestOf: announced("pullRequestOf", port.pullRequestOf),
    openPullRequests: announced("openPullRequests", port.openPullRequests),
    updatePullRequest: announced("updatePullRequest", port.updatePullRequest),
    setLabelsAndAssignees: announced("setLabelsAndAssignees", port.setLabelsAndAssignees),
    requestReviewers: announced("requestReviewers", port.requestReviewers),
    reviews: announced("reviews", port.reviews),
    dismissReview: announced("dismissReview", port.dismissReview),
    merge: announced("merge", port.merge),
    enqueue: announced("enqueue", port.enqueue),
    dequeue: announced("dequeue", port.dequeue),
    checks: announced("checks", port.checks),
    ownCheck: announced("ownCheck", port.ownCheck),
    deployments: announced("deployments", port.deployments),
    deploymentStatuses: announced("deploymentStatuses", port.deploymentStatuses),
    createDeployment: announced("createDeployment", port.createDeployment),
    addDeploymentStatus: announced("addDeploymentStatus", port.addDeploymentStatus),
    setCommitStatus: announced("setCommitStatus", port.setCommitStatus),
    ownIssue: announced("ownIssue", port.ownIssue),
    openIssue: announced("openIssue", port.openIssue),
    updateIssue: announced("updateIssue", port.updateIssue),
  };
  return fake;
}
