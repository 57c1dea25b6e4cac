import { type AckRequest, ackRequest, confirmedText, findingKey, isNamed } from "../../change/acknowledgement.ts";
import { LIMITS } from "../../change/command-arguments.ts";
import type { ChangePorts } from "../../change/ports.ts";
import { assertAllowed, assertAllows, byAllow } from "../../change/rights.ts";
import type { Config } from "../../config/index.ts";
import type { Command, CommandCall } from "../../model/command.ts";
import { UserError } from "../../model/errors.ts";
import { eventId } from "../../model/events.ts";
import type { PullRequest } from "../../model/github.ts";
import type { GitHubRepository } from "../../model/github-repository.ts";
import { nearest } from "../../model/nearest.ts";
import type { Finding } from "../../model/preview.ts";
import type { RenderSource } from "../../model/render.ts";
import { codeList } from "../../model/text/markdown.ts";
import type { Repository } from "../../model/tree.ts";
import { configured, identityOnGitHub, isUnconfigured, type PlanReads } from "../../targets/index.ts";
import { canBeMeant } from "../acknowledgements.ts";
import { computePreview } from "../compute.ts";

/** What the preview's commands act through. */
export interface PreviewCommandPorts extends ChangePorts {
  readonly fingerprintKey: Uint8Array;
  /** Pull requests from forks are rendered too. */
  readonly previewForks: boolean;
}

/** `/ack`. */
export const ackCommand: Command<PreviewCommandPorts> = {
  name: "ack",
  usage: "<finding> [reason…]",
  words: [1, LIMITS.reason],
  flags: [],
  summary: "Confirms that a danger is meant",
  details: [
    "The comment of a preview and the gates of a promotion name each danger with the command that confirms it. The first part of a name, before the",
    "colon, stands for all findings of that kind. It counts for the commit that is there now only: after the next push, what is still there asks again.",
    'A danger that is confirmed turns the check "Sluice preview" from red to neutral, and no longer stops a promotion. What could not be rendered',
    "cannot be confirmed.",
  ].join("\n"),
  examples: [
    { line: "/ack deleted-persistent-volume-claim", does: "confirms all findings of this kind" },
    {
      line: "/ack deleted-persistent-volume-claim:webapp/PersistentVolumeClaim/data it is backed up",
      does: "confirms this one, with a reason",
    },
  ],
  ...byAllow,
  run: (given, call, ports) => acknowledge(ports, call, ackRequest(given)),
};

/** What a person commented on: the pull request as it is compared. */
interface Compared {
  readonly github: GitHubRepository;
  readonly pull: PullRequest;
  readonly repository: Repository;
  readonly mergeBase: string;
  /** Those that a person can say are meant. */
  readonly findings: readonly Finding[];
}

/** Confirms findings of the preview at this head, in every environment that they are in. */
async function acknowledge(ports: PreviewCommandPorts, call: CommandCall, asked: AckRequest): Promise<string> {
  const compared = await compare(ports, call);
  const named = namedFindings(compared, asked.finding);
  await assertMayConfirm(ports, call, compared, named);
  for (const [environment, findings] of Map.groupBy(named, (one) => one.environment)) {
    await record(ports, call, compared, { ...asked, environment, apps: distinct(findings.map(({ app }) => app)) });
  }
  const { pull } = compared;
  await ports.queue.add({ type: "preview", ...whereOf(call), pullRequest: pull.number });
  const { owner, name } = call.repository;
  const commit = `[\`${pull.head.sha.slice(0, 7)}\`](${ports.webUrl}/${owner}/${name}/commit/${pull.head.sha})`;
  return confirmedText(commit, distinct(named.map(findingKey)), asked.reason);
}

async function compare(ports: PreviewCommandPorts, call: CommandCall): Promise<Compared> {
  const github = await ports.github(call.installationId, call.repository);
  const pull = await github.pullRequest(call.pullRequest);
  if (pull.state !== "open")
    throw new UserError("refused", "this pull request is closed", { fix: "comment on an open one" });
  if (pull.fork && !ports.previewForks)
    throw new UserError("refused", "this pull request comes from a fork, which Sluice does not render here", {
      fix: "push the branch to this repository, and comment on the pull request of that",
    });
  const base = `refs/heads/${pull.base.ref}`;
  const want = [base, `refs/heads/${pull.defaultBranch}`, `refs/pull/${pull.number}/head`, pull.head.sha];
  const repository = await ports.mirrors.open({ repository: call.repository, want: distinct(want) }, call.signal);
  const { fingerprintKey } = ports;
  const identity = identityOnGitHub(ports.webUrl, call.repository, pull.base.ref, pull.defaultBranch);
  const request = { repository, base, head: pull.head.sha, fingerprintKey, identity, signal: call.signal };
  const outcome = await computePreview(request, ports);
  if (outcome.kind === "config")
    throw new UserError("config", "`.sluice.yaml` is broken, so nothing is compared", { fix: "fix it first" });
  const findings = outcome.preview.findings.filter(canBeMeant);
  return { github, pull, repository, mergeBase: outcome.commits.mergeBase, findings };
}

function namedFindings({ findings, pull }: Compared, name: string): readonly Finding[] {
  const named = findings.filter((one) => isNamed(findingKey(one), name));
  if (named.length > 0) return named;
  const known = distinct(findings.map(({ id }) => id));
  const list = known.length === 0 ? "nothing here has to be confirmed" : `the findings are ${codeList(known, 10)}`;
  const meant = nearest(name, known);
  throw new UserError("not-found", `there is no finding \`${name}\` at \`${pull.head.sha.slice(0, 7)}\``, {
    fix: meant === undefined ? list : `did you mean \`${meant}\`? ${list}`,
  });
}

/**
 * By `allow` of the default branch's configuration, whatever the branch says that is merged into: who may push can make
 * another one. Where that knows nothing of an environment, whoever may write.
 */
async function assertMayConfirm(
  ports: PreviewCommandPorts,
  call: CommandCall,
  { github, pull, repository }: Compared,
  findings: readonly Finding[],
): Promise<void> {
  const tree = await repository.tree(await repository.resolve(`refs/heads/${pull.defaultBranch}`));
  const reads = {
    ...ports,
    repository: identityOnGitHub(ports.webUrl, call.repository, pull.defaultBranch),
    signal: call.signal,
  };
  const config = await configIn({ tree, objects: repository.objects }, reads);
  for (const [environment, own] of Map.groupBy(findings, (one) => one.environment)) {
    const apps = distinct(own.map(({ app }) => app));
    if (config?.environments.some(({ name }) => name === environment))
      await assertAllowed({ config, github }, call, environment, apps);
    else await assertAllows(github, call, [{ permission: "write" }], `act on \`${environment}\``);
  }
}

/** `undefined` where there is none. */
async function configIn(source: RenderSource, reads: PlanReads): Promise<Config | undefined> {
  try {
    return (await configured(source, reads)).config;
  } catch (error) {
    if (error instanceof UserError && isUnconfigured(error)) return undefined;
    throw error;
  }
}

async function record(
  ports: PreviewCommandPorts,
  call: CommandCall,
  { pull, mergeBase }: Compared,
  { finding, reason, environment, apps }: AckRequest & { readonly environment: string; readonly apps: string[] },
): Promise<void> {
  const about = { environment, apps, pullRequest: pull.number, head: pull.head.sha, finding };
  const said = reason === "" ? {} : { reason };
  const at = new Date(call.at).toISOString();
  const decision = {
    ...about,
    ...said,
    kind: "acknowledged",
    id: call.id,
    at,
    by: call.actor,
    commit: mergeBase,
  } as const;
  await ports.state.record(whereOf(call), decision, call.signal);
  ports.events.announce({
    ...{ ...about, ...said, ...whereOf(call), at: ports.clock() },
    kind: "finding.acknowledged",
    id: eventId("finding.acknowledged", call.repository, call.id, environment),
    actor: { kind: "person", login: call.actor },
  });
}

function whereOf({ installationId, repository }: CommandCall) {
  return { installationId, repository };
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
}
