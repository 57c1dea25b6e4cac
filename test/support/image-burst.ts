import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { ImagePlay } from "./images.ts";
import { secrets } from "./rooms.ts";
import { runSync } from "./run-sync.ts";
import { eventually } from "./wait.ts";

const manifestType = "application/vnd.oci.image.manifest.v1+json";

/**
 * How many images are pushed how often, and how long it takes from one round of pushes to the next, in milliseconds.
 */
export interface Burst {
  readonly images: number;
  readonly tags: number;
  readonly everyMs?: number;
}

/** What a burst came to. */
export interface BurstFigures {
  readonly events: number;
  readonly pullRequests: number;
  /** Pull requests that bring the newest tag. */
  readonly newest: number;
  /** Commits on their branches, that is how often they advanced. */
  readonly commits: number;
  /** REST calls, by what they were. */
  readonly rest: Readonly<Record<string, number>>;
  /** Requests that Sluice made of the registry, by what they were. */
  readonly registry: Readonly<Record<string, number>>;
  /** Until the last event was taken, and until the last pull request brought the newest tag, in milliseconds. */
  readonly takenMs: number;
  readonly doneMs: number;
}

/**
 * Pushes a new tag of each image and tells Sluice so, round after round; gives what came of it when
 * all is quiet. The registry itself tells nobody.
 */
export async function playBurst(play: ImagePlay, { images, tags, everyMs = 0 }: Burst): Promise<BurstFigures> {
  play.registry.setNotifications(undefined);
  const hook = `${play.sluice.url}/registry/local`;
  const names = Array.from({ length: images }, (_, index) => `service-${index}`);
  const wishes = names.map(
    (name) => `  - { image: "{host}/${name}", policy: { semver: "^1.0" }, environments: [staging] }\n`,
  );
  const site = await play.site(wishes.join(""), Object.assign({}, ...names.map(appFiles)));
  for (const name of names) await site.push(`${name}:1.0.0`);
  const pushers = await Promise.all(names.map((name) => pusherOf(site.image(name))));
  await play.quiet();
  const { github, registry } = play;
  const [calls, asked, started] = [github.requests.length, registry.requests.length, performance.now()];
  for (let round = 1; round <= tags; round += 1) {
    const due = started + (round - 1) * everyMs;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    await Promise.all(
      pushers.map(async (push, index) => {
        const [image, tag] = [site.image(names[index] ?? ""), `1.${round}.0`];
        await push(tag);
        await tell(hook, image, tag);
      }),
    );
  }
  const takenMs = performance.now() - started;
  const isNewest = ({ title }: { readonly title: string }): boolean => title.endsWith(` → 1.${tags}.0`);
  await eventually("every image's newest tag", () => site.bumps("open").filter(isNewest).length === images);
  const doneMs = performance.now() - started;
  await play.quiet();
  const pulls = site.bumps();
  return {
    events: images * tags,
    pullRequests: pulls.length,
    newest: pulls.filter(isNewest).length,
    commits: pulls.reduce((sum, { headRef }) => sum + commitsOf(github.gitDir(site.repository), headRef), 0),
    rest: counted(github.requests.slice(calls).map(({ method, template, path }) => `${method} ${template ?? path}`)),
    registry: counted(registry.requests.slice(asked).flatMap(({ method, path }) => readOf(method, path))),
    takenMs,
    doneMs,
  };
}

/** All of them together. */
export function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/**
 * Pushes tags of an image of which there is one already: manifests of their own over the same layers, which is one
 * request each.
 */
async function pusherOf(image: string): Promise<(tag: string) => Promise<void>> {
  const { host, repository } = addressOf(image);
  const manifests = `http://${host}/v2/${repository}/manifests`;
  const answer = await fetch(`${manifests}/1.0.0`, { headers: { accept: manifestType } });
  const first = z.looseObject({ schemaVersion: z.number() }).parse(await answer.json());
  return async (tag) => {
    const body = JSON.stringify({ ...first, annotations: { tag } });
    const put = await fetch(`${manifests}/${tag}`, { method: "PUT", headers: { "content-type": manifestType }, body });
    await put.body?.cancel();
    if (put.status !== 201) throw new Error(`the registry answered ${put.status}`);
  };
}

/** As Distribution does, with an id of its own for each event. */
async function tell(hook: string, image: string, tag: string): Promise<void> {
  const { host, repository } = addressOf(image);
  const event = { id: randomUUID(), action: "push", target: { repository, tag }, request: { host } };
  const answer = await fetch(hook, {
    method: "POST",
    headers: { authorization: secrets.hook, "content-type": "application/vnd.docker.distribution.events.v2+json" },
    body: JSON.stringify({ events: [event] }),
  });
  await answer.body?.cancel();
  if (answer.status !== 202) throw new Error(`the door answered ${answer.status}`);
}

function addressOf(image: string): { readonly host: string; readonly repository: string } {
  const end = image.indexOf("/");
  return { host: image.slice(0, end), repository: image.slice(end + 1) };
}

function commitsOf(cwd: string, branch: string): number {
  return Number(runSync("git", ["rev-list", "--count", `main..${branch}`], { cwd }).stdout);
}

function appFiles(name: string): Record<string, string> {
  const container = `{ name: main, image: "{host}/${name}:1.0.0" }`;
  const deployment = `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\nspec:\n  template:\n    spec:\n      containers:\n        - ${container}\n`;
  return {
    [`apps/${name}/overlays/staging/kustomization.yaml`]: "resources:\n  - deployment.yaml\n",
    [`apps/${name}/overlays/staging/deployment.yaml`]: deployment,
  };
}

/** Pushing asks for blobs by HEAD; whatever else only reads is Sluice's. */
function readOf(method: string, path: string): readonly string[] {
  if (method !== "GET" && method !== "HEAD") return [];
  const kind = /\/(tags|manifests|blobs)\//.exec(path)?.[1] ?? path;
  return method === "HEAD" && kind === "blobs" ? [] : [`${method} ${kind}`];
}

function counted(words: readonly string[]): Record<string, number> {
  const counts = [...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length] as const);
  return Object.fromEntries(counts.toSorted((a, b) => b[1] - a[1]));
}
