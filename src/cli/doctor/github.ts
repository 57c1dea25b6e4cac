import { messageOf, UserError } from "../../model/errors.ts";
import type { Problem } from "../../model/operator.ts";
import type { ServerSettings } from "../../settings.ts";
import type { GitHubExamination } from "../../wiring/examine-github.ts";
import type { Check, DoctorInput } from "./check.ts";
import { serverSettings } from "./settings.ts";

/** For everything that GitHub is asked, in milliseconds. */
const deadlineMs = 120_000;

/** Repositories without a ruleset that the report names. */
const maxNamed = 10;

/** What GitHub says of the App, where a server would start with these settings; its key is not tried otherwise. */
export async function checkGitHub(input: DoctorInput): Promise<readonly Check[]> {
  const settings = serverSettings(input);
  if (settings instanceof UserError) return [];
  const { examineGitHub } = await import("../../wiring/examine-github.ts");
  try {
    const deadline = AbortSignal.any([input.signal, AbortSignal.timeout(deadlineMs)]);
    return report(await examineGitHub(settings, deadline), settings);
  } catch (error) {
    const fix = `See that this machine reaches GITHUB_API_URL (${settings.githubApiUrl}).`;
    return [{ name: "github", status: "fail", detail: `cannot be asked: ${messageOf(error)}`, fix }];
  }
}

function report({ problems, unprotected }: GitHubExamination, { appId }: ServerSettings): readonly Check[] {
  const fine = `takes the key of the App ${appId}; permissions, events and clock are right`;
  const app: readonly Check[] =
    problems.length === 0
      ? [{ name: "github", status: "ok", detail: fine }]
      : problems.map((one) => checkOf("github", "fail", one));
  return problems.some(({ fatal }) => fatal) ? app : [...app, ...rulesets(unprotected)];
}

function rulesets(unprotected: readonly Problem[]): readonly Check[] {
  const name = "rulesets";
  if (unprotected.length === 0)
    return [
      {
        name,
        status: "ok",
        detail: "every repository of the App has one for Sluice's branches (GitHub does not tell who may bypass it)",
      },
    ];
  const more = unprotected.length - maxNamed;
  return [
    ...unprotected.slice(0, maxNamed).map((one) => checkOf(name, "warn", one)),
    ...(more > 0 ? [{ name, status: "warn", detail: `the same in ${more} more repositories` } as const] : []),
  ];
}

function checkOf(name: string, status: Check["status"], { message, fix }: Problem): Check {
  return { name, status, detail: message, fix };
}
