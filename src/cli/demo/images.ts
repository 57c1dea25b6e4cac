import { type LocalRegistry, type PullSummary, startLocalRegistry } from "../../../sandbox/index.ts";
import { Fault } from "../../model/errors.ts";
import { assertHolds, command, merge, openPull, show, statusCommentOf } from "./acts.ts";
import { type DemoStage, GUARDED, REPOSITORY, SAMPLE_REGISTRY } from "./repository.ts";
import { checksOf, happens, previewOf } from "./wait-for.ts";

const SOURCE = { owner: REPOSITORY.owner, name: "orders" } as const;
const IMAGE = "acme/orders";

/**
 * From a push to an open pull request, in milliseconds: what the demo holds Sluice to, generously for a busy machine.
 */
const PATIENCE = 15_000;

/** Starts the registry with the version that staging has. */
export async function startRegistry(revision: string, sourceUrl: string): Promise<LocalRegistry> {
  const registry = await startLocalRegistry();
  await registry.push({ repository: IMAGE, tag: "2.1.0", labels: labelsOf(revision, sourceUrl) });
  return registry;
}

/** A repository that the image is built from, with the commit of its first version. */
export async function makeSource({ github }: Pick<DemoStage, "github">): Promise<string> {
  await github.createRepository({ ...SOURCE, files: { "main.go": "package main\n" } });
  github.addRuleset({ ...SOURCE, branches: GUARDED });
  const sha = await github.commit({
    ...SOURCE,
    branch: "main",
    message: "Take orders",
    files: { "orders.go": "package main // 2.1.0\n" },
  });
  return sha;
}

function labelsOf(revision: string, sourceUrl: string): Readonly<Record<string, string>> {
  return { "org.opencontainers.image.source": sourceUrl, "org.opencontainers.image.revision": revision };
}

/**
 * A new image is pushed: the registry reports it, one pull request brings it to staging, and from there it goes on
 * like any change.
 */
export async function playImages(registry: LocalRegistry, stage: DemoStage): Promise<void> {
  const { steps, context } = stage;
  steps.say("", context.paint.bold("A new image"));
  const pull = await pushImage(registry, stage);
  await steps.step("The pull request shows what the one value changes", async () => {
    const { comment } = await previewOf(stage.github, pull, context.signal);
    assertHolds(comment.body, ["orders in staging", "2.2.0"]);
    await happens("the check holds it against the registry", () => verified(pull, stage), context.signal);
  });
  show(stage, withoutRecord(stage.github.pull(pull).body));
  await merge("It is merged, and Sluice deploys it", pull, stage);
  await steps.step("The pull request shows where its change is", () =>
    happens("the status comment", () => statusCommentOf(pull, stage), context.signal),
  );
  const promotion = await command("/promote prod orders", pull, stage, {
    branch: "sluice/promote/prod/orders",
    expects: "Opened #",
  });
  assertHolds(promotion.body, ["All ", "acme/orders"]);
}

async function pushImage(registry: LocalRegistry, stage: DemoStage): Promise<PullSummary> {
  const { github, steps, context } = stage;
  const url = `${github.url}/${SOURCE.owner}/${SOURCE.name}`;
  const began = performance.now();
  let took = 0;
  const pull = await steps.step(
    `CI pushes ${SAMPLE_REGISTRY}/${IMAGE}:2.2.0, the registry reports it to Sluice`,
    async () => {
      const files = { "orders.go": "package main // 2.2.0\n" };
      const sha = await github.commit({ ...SOURCE, branch: "main", message: "Refund orders", files });
      await registry.push({ repository: IMAGE, tag: "2.2.0", labels: labelsOf(sha, url) });
      const opened = () =>
        github.pulls(REPOSITORY).find(({ headRef, state }) => headRef.startsWith("sluice/image/") && state === "open");
      const found = await happens("an image pull request opens", opened, context.signal);
      took = performance.now() - began;
      return found;
    },
    ({ url: page }) => context.paint.link(page, page),
  );
  steps.say(
    `  ${pull.title} ${context.paint.dim(`(${(took / 1_000).toFixed(2)} s from the push to the pull request)`)}`,
  );
  if (took > PATIENCE) throw new Fault("bug", `the pull request came ${took} ms after the push`);
  assertHolds(pull.body, ["2.1.0", "2.2.0", "Refund orders"]);
  if (openPull(stage, pull.headRef)?.number !== pull.number) throw new Fault("bug", "there are two of them");
  return pull;
}

function verified(pull: PullSummary, { github }: DemoStage): true | undefined {
  return checksOf(github, pull, "Sluice image").some(({ conclusion }) => conclusion === "success") || undefined;
}

function withoutRecord(body: string): string {
  return body.replace(/^<!--.*-->\n/, "");
}
