import { checkRunOf, rerequest } from "./actions/checks.ts";
import { commentOf, createComment, editComment } from "./actions/comments.ts";
import { mergePull } from "./actions/merge.ts";
import { editPull, openPull, setPullState } from "./actions/pulls.ts";
import { renameRepository } from "./actions/rename.ts";
import { addRepository, commitFiles, DEFAULT_PERSON, forkRepository, install } from "./actions/repositories.ts";
import { redeliver } from "./deliver.ts";
import { emitPackage, emitPing } from "./events.ts";
import { releasePart } from "./handle-release.ts";
import type { Pull, Repository } from "./state.ts";
import { summarizeCheckRun, summarizeComment, summarizeIssue, summarizePull } from "./summaries.ts";
import type { LocalGitHub, PullSummary, RequestFilter, RequestRecord } from "./types.ts";
import type { PullRef } from "./types-common.ts";
import {
  apiUrl,
  ensureAccount,
  exclusively,
  findAccount,
  findInstallation,
  gitDirOf,
  htmlUrl,
  person,
  pullOf,
  repositoryOf,
  type World,
} from "./world.ts";

type Part<K extends keyof LocalGitHub> = Pick<LocalGitHub, K>;

/** The handle that `startLocalGitHub` gives out. */
export function makeHandle(world: World, close: () => Promise<void>): LocalGitHub {
  const { id, slug, privateKey, webhookSecret } = world.state.app;
  const installationOf = (owner: string): number => {
    const found = findInstallation(world, owner);
    if (!found) throw new Error(`the app is not installed on ${owner}`);
    return found.id;
  };
  return {
    url: world.origin,
    apiUrl: apiUrl(world),
    app: { id, slug, privateKey, webhookSecret },
    installationId: installationOf(world.options.owner ?? DEFAULT_OWNER),
    installationOf,
    ...repositoryPart(world),
    ...pullPart(world),
    ...conversationPart(world),
    ...webhookPart(world),
    ...releasePart(world, world.options.owner ?? DEFAULT_OWNER),
    publishPackage: ({
      package: name,
      tag = "",
      digest,
      labels = {},
      host = "ghcr.io",
      by = DEFAULT_PERSON,
      ...ref
    }) => {
      const repository = repositoryOf(world, ref);
      const version = { name: name ?? repository.name.toLowerCase(), tag, digest, labels, host };
      emitPackage(world, repository, version, person(world, by).login);
    },
    requests: world.requests,
    countRequests: (filter = {}) => world.requests.filter((one) => matches(one, filter)).length,
    injectFault: (fault) => {
      world.faults.push({ fault, left: fault.times ?? 1 });
    },
    close,
  };
}

/** The organization that exists from the start. */
export const DEFAULT_OWNER = "acme";

function repositoryPart(
  world: World,
): Part<"createRepository" | "renameRepository" | "fork" | "gitDir" | "gitUrl" | "user" | "setPermission" | "commit"> {
  return {
    async createRepository({
      owner,
      name,
      defaultBranch = "main",
      description,
      private: hidden = true,
      files,
      ...more
    }) {
      install(world, owner, findAccount(world, owner)?.type ?? "Organization");
      const input = {
        owner,
        name,
        defaultBranch,
        description: description ?? null,
        private: hidden,
        forkOf: null,
        ...more,
      };
      const repository = await addRepository(world, input);
      repository.roles[ensureAccount(world, DEFAULT_PERSON).login] = "admin";
      if (files) await commitFiles(world, { owner, name, branch: defaultBranch, files, message: "First commit" });
      return { owner, name };
    },
    async renameRepository({ to, ...ref }) {
      const sender = ensureAccount(world, DEFAULT_PERSON).login;
      await exclusively(world, () => renameRepository(world, repositoryOf(world, ref), to, sender));
      return { owner: ref.owner, name: to };
    },
    async fork({ by, ...ref }) {
      const fork = await forkRepository(world, repositoryOf(world, ref), by);
      return { owner: fork.owner, name: fork.name };
    },
    gitDir: (ref) => gitDirOf(world, repositoryOf(world, ref)),
    gitUrl: (ref, login) => {
      const url = new URL(`${htmlUrl(world, ref)}.git`);
      if (login !== undefined) {
        url.username = login;
        url.password = ensureAccount(world, login).token;
      }
      return url.href;
    },
    user: (login) => {
      const account = ensureAccount(world, login);
      return { login: account.login, id: account.id, token: account.token };
    },
    setPermission: ({ login, permission, ...ref }) => {
      repositoryOf(world, ref).roles[ensureAccount(world, login).login] = permission;
    },
    commit: (input) => commitFiles(world, input),
  };
}

function pullPart(
  world: World,
): Part<"openPull" | "pull" | "pulls" | "editPull" | "mergePull" | "closePull" | "reopenPull"> {
  const on = async (
    ref: PullRef,
    work: (repository: Repository, pull: Pull) => Promise<unknown>,
  ): Promise<PullSummary> => {
    const repository = repositoryOf(world, ref);
    const pull = pullOf(repository, ref.number);
    await work(repository, pull);
    return summarizePull(world, repository, pull);
  };
  return {
    async openPull({ head, base, title, body = "", draft = false, by, ...ref }) {
      const repository = repositoryOf(world, ref);
      const input = { head, base: base ?? repository.defaultBranch, title, body, draft };
      return summarizePull(
        world,
        repository,
        await openPull(world, repository, input, person(world, by ?? DEFAULT_PERSON)),
      );
    },
    pull: (ref) => {
      const repository = repositoryOf(world, ref);
      return summarizePull(world, repository, pullOf(repository, ref.number));
    },
    pulls: (ref) => {
      const repository = repositoryOf(world, ref);
      return repository.pulls.map((one) => summarizePull(world, repository, one));
    },
    editPull: ({ title, body, by, ...ref }) =>
      on(ref, (repository, pull) =>
        editPull(world, repository, pull, { title, body }, person(world, by ?? DEFAULT_PERSON)),
      ),
    mergePull: ({ method = "merge", by, ...ref }) =>
      on(ref, (repository, pull) =>
        mergePull(world, repository, pull, { method }, person(world, by ?? DEFAULT_PERSON)),
      ),
    closePull: ({ by, ...ref }) =>
      on(ref, (repository, pull) =>
        setPullState(world, repository, pull, "closed", person(world, by ?? DEFAULT_PERSON)),
      ),
    reopenPull: ({ by, ...ref }) =>
      on(ref, (repository, pull) => setPullState(world, repository, pull, "open", person(world, by ?? DEFAULT_PERSON))),
  };
}

function conversationPart(
  world: World,
): Part<"issues" | "comment" | "editComment" | "comments" | "checkRuns" | "rerequestCheckRun"> {
  return {
    issues: (ref) => {
      const repository = repositoryOf(world, ref);
      return (repository.issues ?? []).map((one) => summarizeIssue(world, repository, one));
    },
    async comment({ body, by, number, ...ref }) {
      const repository = repositoryOf(world, ref);
      const comment = createComment(world, repository, number, body, person(world, by ?? DEFAULT_PERSON));
      return summarizeComment(world, repository, comment);
    },
    async editComment({ id, body, by, ...ref }) {
      const repository = repositoryOf(world, ref);
      const comment = commentOf(repository, id);
      editComment(world, repository, comment, body, person(world, by ?? DEFAULT_PERSON));
      return summarizeComment(world, repository, comment);
    },
    comments: ({ number, ...ref }) => {
      const repository = repositoryOf(world, ref);
      return repository.comments
        .filter((one) => one.number === number)
        .map((one) => summarizeComment(world, repository, one));
    },
    checkRuns: ({ sha, ...ref }) => {
      const repository = repositoryOf(world, ref);
      return repository.checkRuns
        .filter((run) => sha === undefined || run.headSha === sha)
        .map((run) => summarizeCheckRun(world, repository, run));
    },
    async rerequestCheckRun({ id, by, ...ref }) {
      const repository = repositoryOf(world, ref);
      rerequest(world, repository, checkRunOf(repository, id), person(world, by ?? DEFAULT_PERSON).login);
    },
  };
}

function webhookPart(
  world: World,
): Part<"events" | "deliveries" | "setWebhookUrl" | "setDeliveryMode" | "redeliver" | "settled"> {
  return {
    events: world.state.events,
    deliveries: world.state.deliveries,
    setWebhookUrl: (url) => {
      world.webhook.url = url;
      emitPing(world);
    },
    setDeliveryMode: (mode) => {
      world.webhook.mode = mode;
      if (mode === "hold") return;
      for (const send of world.webhook.held.splice(0)) send();
    },
    redeliver: (id) => redeliver(world, id),
    settled: () => settled(world),
  };
}

/** Waits until nothing is being delivered; a delivery may cause another. */
export async function settled(world: World): Promise<void> {
  while (world.webhook.pending.size > 0) await Promise.all(world.webhook.pending);
}

function matches(record: RequestRecord, filter: RequestFilter): boolean {
  return (
    (filter.method ?? record.method) === record.method &&
    (filter.template === undefined || filter.template === record.template) &&
    (filter.status ?? record.status) === record.status &&
    record.actor.startsWith(filter.actor ?? "")
  );
}
