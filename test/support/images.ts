import { z } from "zod";
import type { CheckRunSummary, LocalRegistry, PullSummary, RepositoryRef } from "../../sandbox/index.ts";
import { gitopsFiles } from "./gitops.ts";
import { openRooms, type Rooms, type RoomsOptions, secrets } from "./rooms.ts";
import { runSync } from "./run-sync.ts";
import { eventually } from "./wait.ts";
import type { Walk } from "./walk.ts";

/** A Sluice, a local GitHub and a local registry that tells Sluice what is pushed. */
export interface ImagePlay extends Omit<Rooms, "ahead"> {
  /** Lets time pass for the rooms, in milliseconds. Timers that run already take no less. */
  pass(ms: number): void;
  /**
   * A config repository whose images nobody else has; see `ImageSite`. `files` stand over the app `web`, `1.2.0` in
   * staging and `1.3.0` in prod.
   */
  site(images: string, files?: Readonly<Record<string, string>>): Promise<ImageSite>;
  /** Comments, and gives the reply without its hidden marker. */
  say(pull: PullSummary, command: string, by?: string): Promise<string>;
  /** The image check of the present head, as soon as it says this. */
  checkSays(pull: PullSummary, words: string): Promise<CheckRunSummary>;
  /**
   * What happened at GitHub and at the registry while this ran and until all was quiet, as `GET
   * /repos/{owner}/{repo}/pulls 200`.
   */
  cost(
    work: () => Promise<unknown>,
  ): Promise<{ readonly github: readonly string[]; readonly registry: readonly string[] }>;
}

/**
 * One config repository with images of its own. In its files and in what is read of it `{host}` stands for where they
 * are: `{host}/web`.
 */
export interface ImageSite {
  readonly repository: RepositoryRef;
  /** The full name of `web`, as configurations write it. */
  image(name: string): string;
  /** Pushes an image, as `web:1.4.0`. */
  push(reference: string, more?: Partial<Parameters<LocalRegistry["push"]>[0]>): Promise<{ readonly digest: string }>;
  /** Commits to `main` as a person. */
  commit(files: Readonly<Record<string, string | null>>, by?: string): Promise<string>;
  /** A file of a branch, with `{host}` again; empty when there is none. */
  file(path: string, branch?: string): string;
  /** The files that differ from `main` on a branch. */
  changed(branch: string): readonly string[];
  /** The names of Sluice's own branches. */
  branches(): readonly string[];
  /** The newest image pull request in that state, as soon as there is one; with words: in whose title they stand. */
  bump(state?: "open" | "closed", words?: string): Promise<PullSummary>;
  /** All image pull requests, oldest first. */
  bumps(state?: "open" | "closed"): readonly PullSummary[];
  /** What the event log says of an image. */
  log(name?: string): Promise<ImageLog>;
  /** The event log, as soon as the newest conclusion says this. */
  concluded(words: string, name?: string): Promise<ImageLog>;
}

const conclusion = z.object({
  repository: z.string(),
  summary: z.string(),
  pullRequest: z.number().optional(),
  tags: z.array(z.object({ tag: z.string(), outcome: z.string(), reason: z.string() })),
});
const logged = z.object({
  events: z.array(z.object({ id: z.string(), hook: z.string(), ignored: z.string().optional() })),
  answer: z.object({ results: z.array(conclusion) }),
});

/** What the event log says of one image. */
export interface ImageLog {
  readonly events: z.output<typeof logged>["events"];
  /** The newest of each configuration. */
  readonly results: readonly z.output<typeof conclusion>[];
}

let sites = 0;

/** See `openRooms`. */
export async function startImagePlay(options: RoomsOptions = {}): Promise<ImagePlay> {
  const walk = await openRooms(options);
  const { registry, quiet } = walk;
  let passed = 0;
  return {
    ...walk,
    pass: (ms) => {
      passed += ms;
      walk.ahead(passed);
    },
    site: (images, files = {}) => {
      sites += 1;
      return siteOf({ walk, registry, team: `team-${sites}` }, images, files);
    },
    async say(pull, body, by = "mona") {
      const { id } = await walk.github.comment({ ...pull, body, by });
      const marker = `<!-- sluice:reply-${id} -->`;
      return eventually(`a reply to ${body}`, () => {
        const reply = walk.github.comments(pull).find((one) => one.byApp && one.body.startsWith(marker));
        return reply?.body.slice(marker.length).trim();
      });
    },
    checkSays: (pull, words) => checkSays(walk, pull, words),
    async cost(work) {
      await quiet();
      const [before, asked] = [walk.github.requests.length, registry.requests.length];
      await work();
      await quiet();
      return {
        github: walk.github.requests
          .slice(before)
          .map(({ method, template, path, status }) => `${method} ${template ?? path} ${status}`),
        registry: registry.requests.slice(asked).map(({ method, path, status }) => `${method} ${path} ${status}`),
      };
    },
  };
}

function checkSays({ github }: Walk, pull: PullSummary, words: string): Promise<CheckRunSummary> {
  const check = (): CheckRunSummary | undefined => {
    const { headSha } = github.pull(pull);
    return github.checkRuns({ ...pull, sha: headSha }).find(({ name }) => name === "Sluice image");
  };
  return eventually(`the image check of #${pull.number} to say ${words}`, () => {
    const found = check();
    return `${found?.title}\n${found?.summary}`.includes(words) ? found : undefined;
  }).catch((error: unknown) => {
    throw new Error(`it says: ${check()?.title}\n${check()?.summary}`, { cause: error });
  });
}

interface Ground {
  readonly walk: Walk;
  readonly registry: LocalRegistry;
  readonly team: string;
}

async function siteOf(
  { walk, registry, team }: Ground,
  images: string,
  files: Readonly<Record<string, string>>,
): Promise<ImageSite> {
  const { github } = walk;
  const host = `${registry.host}/${team}`;
  const placed = (text: string): string => text.replaceAll("ghcr.io/acme/", "{host}/").replaceAll("{host}", host);
  const all = Object.entries({ ...gitopsFiles(), ...files }).map(([path, text]) => [
    path,
    placed(path === ".sluice.yaml" ? `${text}images:\n${images}` : text),
  ]);
  const repository = await walk.repository(Object.fromEntries(all));
  github.setPermission({ ...repository, login: "ada", permission: "write" });
  const git = (...args: readonly string[]): string => runSync("git", args, { cwd: github.gitDir(repository) }).stdout;
  const lines = (text: string): readonly string[] => text.split("\n").filter((line) => line !== "");
  const commit = (changes: Readonly<Record<string, string | null>>, by = "ada"): Promise<string> => {
    const texts = Object.entries(changes).map(([path, text]) => [path, text === null ? null : placed(text)]);
    return github.commit({ ...repository, branch: "main", files: Object.fromEntries(texts), by });
  };
  // A repository is made without a word; its next push tells what it asks for.
  await commit({ "README.md": "The beginning.\n" });
  const bumps: ImageSite["bumps"] = (state) =>
    github
      .pulls(repository)
      .filter((pull) => pull.headRef.startsWith("sluice/image/") && (state === undefined || pull.state === state));
  const log = async (name = "web"): Promise<ImageLog> => {
    const url = `${walk.sluice.url}/events.json?image=${encodeURIComponent(`${host}/${name}`)}`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${secrets.admin}` } });
    const { events, answer: found } = logged.parse(await answer.json());
    return { events, results: found.results };
  };
  return {
    repository,
    image: (name) => `${host}/${name}`,
    push: (reference, parts = {}) => {
      const [name = "", tag = ""] = reference.split(":");
      return registry.push({ repository: `${team}/${name}`, tag, ...parts });
    },
    commit,
    file: (path, branch = "main") => git("show", `${branch}:${path}`).replaceAll(host, "{host}"),
    changed: (branch) => lines(git("diff", "--name-only", `main...${branch}`)),
    branches: () => lines(git("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads/sluice/**")),
    bump: (state = "open", words = "") =>
      eventually(`an image pull request that is ${state}: ${words}`, () =>
        bumps(state).findLast(({ title }) => title.includes(words)),
      ),
    bumps,
    log,
    concluded: (words, name) =>
      eventually(`the event log to say ${words}`, async () => {
        const found = await log(name);
        return found.results.some(({ summary }) => summary.includes(words)) ? found : undefined;
      }).catch(async (error: unknown) => {
        throw new Error(`it says: ${JSON.stringify((await log(name)).results, undefined, 1)}`, { cause: error });
      }),
  };
}
