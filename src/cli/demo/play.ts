import { join } from "node:path";
import {
  type LocalGitHub,
  type LocalRegistry,
  type LocalSources,
  type PullSummary,
  startLocalGitHub,
} from "../../../sandbox/index.ts";
import { Fault } from "../../model/errors.ts";
import { type Git, gitOf } from "../git.ts";
import { commandLog } from "../log.ts";
import { within } from "../wait.ts";
import { CLUSTER_EDITS, type DemoCluster, startCluster } from "./cluster.ts";
import { makeSource, playImages, startRegistry } from "./images.ts";
import { markdownForTerminal } from "./markdown-terminal.ts";
import { playOperations } from "./operations.ts";
import { playPromotion } from "./promotion.ts";
import { DEMO_PULLS, playPull } from "./pulls.ts";
import { type DemoStage, framed, GUARDED, HOOK, PEOPLE, REPOSITORY } from "./repository.ts";
import { type Clone, type Edits, pushSample } from "./sample.ts";
import type { SampleName } from "./sample-names.ts";
import { SAMPLES, serveSources } from "./samples.ts";
import { demoSettings } from "./settings.ts";
import { createSteps, type Steps } from "./steps.ts";
import { checkWrites, previewAgain, replyTo } from "./wait-for.ts";

/** Where the demo is played. */
export interface Stage {
  /** An empty folder for everything that the demo writes. */
  readonly folder: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly context: DemoStage["context"];
  /** Deploys to a Kubernetes cluster on this machine; else to branches. */
  readonly cluster: boolean;
  /** Which sample is played with; the shop of `examples/gitops`, with all that can be done to it, when absent. */
  readonly sample?: SampleName;
}

/** A demo that was played to its end and is still up. */
export interface Played {
  readonly url: string;
  /** Where the event log is read. */
  readonly eventLog: string;
  /** Of the cluster, if there is one. */
  readonly kubeconfig?: string;
  close(): Promise<void>;
}

/** Where Sluice takes webhooks. */
const WEBHOOK_PATH = "/api/github/webhooks";

/** Running jobs get their grace, then the rest ends quickly; in milliseconds. */
const CLOSE_DEADLINE = 40_000;
const lateClose = () => new Fault("timeout", `the demo did not end within ${CLOSE_DEADLINE / 1_000} s`);

/**
 * Plays the life of a change and leaves everything up. When a step fails, everything is ended and the step's error
 * thrown.
 */
export async function play(stage: Stage): Promise<Played> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const end of closers.splice(0).reverse()) await within(end(), CLOSE_DEADLINE, lateClose);
  };
  try {
    return { ...(await acts(stage, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function acts(stage: Stage, closers: (() => Promise<void>)[]): Promise<Omit<Played, "close">> {
  const { context, folder } = stage;
  const { paint, signal } = context;
  const steps = createSteps(context.stdout, paint, context.progress, () => performance.now());
  const { openLauncher } = await import("../../wiring/launcher.ts");
  const launcher = openLauncher();
  closers.push(async () => launcher.close());
  const github = await steps.step(
    "A GitHub on this machine",
    () => startLocalGitHub({ dataDir: join(folder, "github"), port: stage.port, startProgram: launcher.start }),
    ({ url }) => paint.link(url, url),
  );
  closers.push(() => github.close());
  const cluster = stage.cluster ? await steps.step("A Kubernetes cluster on this machine", startCluster) : undefined;
  if (cluster) closers.push(() => cluster.close());
  const edits = cluster ? CLUSTER_EDITS : {};
  const clone = await steps.step(
    "The sample repository, pushed with git",
    () => pushRepository(github, stage, gitOf({ signal, start: launcher.start }), edits),
    () => {
      const url = `${github.url}/${REPOSITORY.owner}/${REPOSITORY.name}`;
      return paint.link(url, url);
    },
  );
  const registry = await steps.step(
    "A container registry on this machine",
    async () => startRegistry(await makeSource({ github }), `${github.url}/acme/orders`),
    ({ url }) => paint.link(url, url),
  );
  closers.push(() => registry.close());
  const sample = stage.sample && SAMPLES[stage.sample];
  const sources =
    sample && (await steps.step("Charts and a repository that the sample fetches", () => serveSources(folder)));
  if (sources) closers.push(() => sources.close());
  const sluice = await steps.step("Sluice, with its store embedded", () =>
    startServer({ github, registry, cluster, sources }, stage, closers),
  );
  const all: DemoStage = { github, clone, steps, context };
  const pulls: PullSummary[] = [];
  for (const pull of sample?.pulls ?? DEMO_PULLS) pulls.push(await playPull(pull, all));
  if (sample === undefined) await playShop(pulls, { registry, cluster }, all);
  ending(pulls, steps, paint);
  const { kubeconfig } = cluster ?? {};
  return { url: github.url, eventLog: `${sluice}/events`, ...(kubeconfig !== undefined && { kubeconfig }) };
}

/** What only the shop has: environments that are promoted and deployed, and images. */
async function playShop(
  [first, release]: readonly PullSummary[],
  { registry, cluster }: Pick<Around, "registry" | "cluster">,
  stage: DemoStage,
): Promise<void> {
  if (first) await playCommands(first, stage);
  if (release) await playPromotion(release, stage);
  await playImages(registry, stage);
  if (cluster) await playOperations(cluster, stage);
}

interface Around {
  readonly github: LocalGitHub;
  readonly registry: LocalRegistry;
  readonly cluster: DemoCluster | undefined;
  readonly sources: LocalSources | undefined;
}

async function startServer(
  { github, registry, cluster, sources }: Around,
  stage: Stage,
  closers: (() => Promise<void>)[],
): Promise<string> {
  const { startSluice } = await import("../../wiring/server.ts");
  const settings = demoSettings(github, registry, stage.folder, {
    clusters: cluster ? [cluster.settings] : [],
    sources,
  });
  const sluice = await startSluice(settings, { log: commandLog(stage.context.stderr, stage.context.debug) });
  closers.push(() => sluice.close());
  github.setWebhookUrl(`${sluice.url}${WEBHOOK_PATH}`);
  registry.setNotifications({
    url: `${sluice.url}/registry/${HOOK.name}`,
    headers: { authorization: HOOK.secret },
    ignoreActions: ["pull"],
  });
  return sluice.url;
}

async function pushRepository(github: LocalGitHub, stage: Stage, git: Git, edits: Edits): Promise<Clone> {
  await github.createRepository({ ...REPOSITORY, description: "The shop's GitOps repository" });
  github.addRuleset({ ...REPOSITORY, branches: GUARDED });
  const { login, token } = github.user(PEOPLE.author);
  for (const one of [login, PEOPLE.reviewer]) github.setPermission({ ...REPOSITORY, login: one, permission: "write" });
  const sample = stage.sample && SAMPLES[stage.sample];
  const content = sample === undefined ? { sample: "gitops", edits } : { sample: sample.name, address: sample.address };
  const remote = { url: github.gitUrl(REPOSITORY), login, token };
  return pushSample(join(stage.folder, "clone"), content, remote, git);
}

async function playCommands(pull: PullSummary, stage: DemoStage): Promise<void> {
  const { github, steps, context } = stage;
  steps.say("", context.paint.bold("Commands"));
  await playCommand("/help", pull, stage);
  const before = checkWrites(github);
  await playCommand("/diff", pull, stage);
  await steps.step("Sluice renders again and updates the same comment and check", async () => {
    await previewAgain(github, pull, before, context.signal);
    onceEach(github, pull);
  });
}

async function playCommand(command: string, pull: PullSummary, { github, steps, context }: DemoStage): Promise<void> {
  const reply = await steps.step(`${PEOPLE.author} comments ${command}, Sluice replies`, async () => {
    const comment = await github.comment({ ...pull, body: command, by: PEOPLE.author });
    return replyTo(github, pull, comment, context.signal);
  });
  steps.say("", ...framed(markdownForTerminal(reply.body, context.paint), context.paint), "");
}

/**
 * However often a pull request is previewed, its preview is one comment and one check; two commands got one reply
 * each.
 */
function onceEach(github: LocalGitHub, pull: PullSummary): void {
  const comments = github.comments(pull).filter((one) => one.byApp).length;
  const checks = github.checkRuns({ ...pull, sha: pull.headSha }).length;
  if (comments !== 3) throw new Fault("bug", `Sluice wrote ${comments} comments, not one and two replies`);
  if (checks !== 1) throw new Fault("bug", `the head has ${checks} checks, not one`);
}

function ending(pulls: readonly PullSummary[], steps: Steps, paint: Stage["context"]["paint"]): void {
  steps.say(
    "",
    paint.bold("The pull requests"),
    ...pulls.map((pull) => `  ${paint.link(pull.url, pull.url)}  ${pull.title}`),
  );
}
