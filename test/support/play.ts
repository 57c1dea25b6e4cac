import type { CheckRunSummary, PullSummary, RepositoryRef } from "../../sandbox/index.ts";
import { readRefFiles } from "../../sandbox/ref-files.ts";
import { openRooms, type Rooms, type RoomsOptions } from "./rooms.ts";
import { runSync } from "./run-sync.ts";
import { eventually } from "./wait.ts";

/** A Sluice and a local GitHub on which promotions are played. */
export interface Play extends Rooms {
  /** A merged pull request into `main`, to give commands on. Without files it changes nothing that is deployed. */
  merged(repository: RepositoryRef, files?: Readonly<Record<string, string | null>>): Promise<PullSummary>;
  /** Comments, and gives the reply without its hidden marker. */
  say(pull: PullSummary, command: string, by?: string): Promise<string>;
  /** The open pull request of this branch, as soon as there is one. */
  promotion(repository: RepositoryRef, branch?: string): Promise<PullSummary>;
  /** The gates' check of the present head. */
  gates(pull: PullSummary): CheckRunSummary | undefined;
  /** The gates' check of the present head, as soon as its title and summary say this. */
  gatesSay(pull: PullSummary, words: string | RegExp): Promise<CheckRunSummary>;
  /** The sticky comment "where is this change". */
  chain(pull: PullSummary): string | undefined;
  /** A file of a branch; empty when there is none. */
  file(repository: RepositoryRef, branch: string, path: string): string;
  /** The names of the repository's branches that begin so. */
  branches(repository: RepositoryRef, prefix?: string): readonly string[];
  /** The newest commit of a branch. */
  head(
    repository: RepositoryRef,
    branch?: string,
  ): { readonly sha: string; readonly parents: number; readonly subject: string };
  /** Has Sluice look at everything of the repository, as any event of its default branch would. */
  nudge(repository: RepositoryRef): Promise<void>;
}

/** The branch of the app that most scenarios are about. */
export const WEB = "sluice/promote/prod/web";

/** See `openRooms`. */
export async function startPlay(options: RoomsOptions = {}): Promise<Play> {
  const walk = await openRooms(options);
  const { github } = walk;
  const branches = (repository: RepositoryRef, prefix: string): ReadonlyMap<string, string> => {
    const heads = [...readRefFiles(github.gitDir(repository), "refs/heads")].map(
      ([name, sha]) => [name.slice("refs/heads/".length), sha] as const,
    );
    return new Map(heads.filter(([name]) => name.startsWith(prefix)));
  };
  const said = new Map<string, string>();
  /** What git says of a commit never changes, and is asked for again and again while something is waited for. */
  const git = (repository: RepositoryRef, ...args: readonly string[]): string => {
    const cwd = github.gitDir(repository);
    const question = [cwd, ...args].join("\0");
    const text = said.get(question) ?? runSync("git", args, { cwd }).stdout;
    said.set(question, text);
    return text;
  };
  let changes = 0;

  const gates = (pull: PullSummary): CheckRunSummary | undefined => {
    const { headSha } = github.pull(pull);
    return github.checkRuns({ ...pull, sha: headSha }).find(({ name }) => name === "Sluice promotion");
  };

  return {
    ...walk,
    async merged(repository, files) {
      changes += 1;
      const pull = await walk.propose(repository, files ?? { [`docs/change-${changes}.md`]: "A change.\n" });
      return github.mergePull({ ...pull, method: "squash", by: "ada" });
    },
    async say(pull, body, by = "ada") {
      const { id } = await github.comment({ ...pull, body, by });
      const marker = `<!-- sluice:reply-${id} -->`;
      return eventually(`a reply to ${body}`, () => {
        const reply = github.comments(pull).find((one) => one.byApp && one.body.startsWith(marker));
        return reply?.body.slice(marker.length).trim();
      });
    },
    promotion: (repository, branch = WEB) =>
      eventually(`an open pull request of ${branch}`, () =>
        github.pulls(repository).find((pull) => pull.headRef === branch && pull.state === "open"),
      ),
    gates,
    gatesSay: (pull, words) =>
      eventually(`the gates of #${pull.number} to say ${words}`, () => {
        const check = gates(pull);
        const text = `${check?.title}\n${check?.summary}`;
        const fits = typeof words === "string" ? text.includes(words) : words.test(text);
        return fits ? check : undefined;
      }).catch((error: unknown) => {
        const check = gates(pull);
        throw new Error(`they say: ${check?.title}\n${check?.summary}`, { cause: error });
      }),
    chain: (pull) => github.comments(pull).find(({ body }) => body.startsWith("<!-- sluice:chain "))?.body,
    file(repository, branch, path) {
      const sha = branches(repository, branch).get(branch);
      return sha === undefined ? "" : git(repository, "show", `${sha}:${path}`);
    },
    branches: (repository, prefix = "sluice") => [...branches(repository, prefix).keys()],
    head(repository, branch = "main") {
      const sha = branches(repository, branch).get(branch) ?? "";
      const [parents = "", subject = ""] = git(repository, "log", "-1", "--format=%P%n%s", sha).split("\n");
      return { sha, parents: parents.split(" ").length, subject };
    },
    async nudge(repository) {
      await github.commit({ ...repository, branch: "main", files: { "docs/nudge.md": `${++changes}\n` } });
    },
  };
}
