import { createGitHub } from "../github/index.ts";
import type { Logger } from "../model/observe.ts";
import type { Problem } from "../model/operator.ts";
import type { ServerSettings } from "../settings.ts";
import { NEEDED_EVENTS } from "./needed-events.ts";
import { openRepositories } from "./rulesets.ts";

/** What GitHub says of the App and its repositories. */
export interface GitHubExamination {
  /** As a server says them at `error`. */
  readonly problems: readonly Problem[];
  /** As a server says them at `warn`. */
  readonly unprotected: readonly Problem[];
}

/** Asks GitHub what a server asks at its start. Throws where GitHub cannot be asked. */
export async function examineGitHub(
  { appId: id, privateKey, githubApiUrl: apiUrl, githubUrl: webUrl }: ServerSettings,
  signal: AbortSignal,
): Promise<GitHubExamination> {
  const metrics = { restCall: drop, job: drop, webhook: drop, render: drop };
  const github = createGitHub({ app: { id, privateKey }, apiUrl, log: silent, metrics, clock: Date.now });
  const problems = await github.checkApp(NEEDED_EVENTS);
  if (problems.some(({ fatal }) => fatal)) return { problems, unprotected: [] };
  return { problems, unprotected: await Array.fromAsync(openRepositories({ ...github, webUrl }, signal)) };
}

const drop = () => undefined;
const silent: Logger = { debug: drop, info: drop, warn: drop, error: drop, child: () => silent };
