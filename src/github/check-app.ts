import { Fault, UserError } from "../model/errors.ts";
import type { Problem } from "../model/operator.ts";
import type { AppFacts } from "./app.ts";
import { APP_PERMISSIONS } from "./permissions.ts";

/** What the App is checked against. */
export interface AppExpectation {
  readonly appId: number;
  /** Names of the events that Sluice acts on. */
  readonly events: readonly string[];
  /** GitHub's pages, without a slash at the end. */
  readonly webUrl: string;
  /** This machine's time, in milliseconds since the epoch. */
  readonly now: number;
}

/** How far a clock may be off before it is told, in milliseconds: GitHub refuses a token that is older than that. */
const clockMs = 60_000;

const strength = { read: 1, write: 2, admin: 3 } as const;

/**
 * What the operator has to put right so that GitHub takes the App's credentials and gives it what it needs. Throws what
 * is no answer to that question, such as a GitHub that is away.
 */
export async function checkApp(
  read: () => Promise<AppFacts>,
  expected: () => AppExpectation,
): Promise<readonly Problem[]> {
  try {
    return problemsOf(await read(), expected());
  } catch (error) {
    const refused = refusal(error, expected());
    if (refused === undefined) throw error;
    return [refused];
  }
}

function refusal(error: unknown, { appId, webUrl }: AppExpectation): Problem | undefined {
  if (!(error instanceof Fault || error instanceof UserError)) return undefined;
  const { status } = error.fields;
  if (status === 404)
    return {
      fatal: true,
      message: `GitHub knows no App with the id ${appId}, or the private key is another App's`,
      fix: `Compare APP_ID with the App's page, below ${webUrl}/settings/apps or the organization's settings.`,
    };
  if (status !== 401) return undefined;
  if (/'(?:iat|exp)'|issued at|expiration time|expired/i.test(error.message))
    return {
      fatal: true,
      message: "GitHub refuses the App's key because this machine's clock is off",
      fix: "Set the clock, for example by NTP.",
    };
  return {
    fatal: true,
    message: `GitHub refuses these credentials (401): APP_ID ${appId} with this PRIVATE_KEY`,
    fix: `Check both. A new key comes from the App's page, below ${webUrl}/settings/apps or the organization's settings.`,
  };
}

function problemsOf(app: AppFacts, { events, webUrl, now }: AppExpectation): readonly Problem[] {
  const page = pageOf(app, webUrl);
  const lacking = Object.entries(APP_PERMISSIONS).filter(
    ([name, access]) => levelOf(app.permissions[name]) < strength[access],
  );
  const unheard = events.filter((event) => !app.events.includes(event));
  const offMs = app.answeredAt === undefined ? 0 : now - app.answeredAt;
  return [
    ...(lacking.length === 0
      ? []
      : [
          {
            fatal: false,
            message: `the App lacks permissions: ${lacking.map((one) => one.join(": ")).join(", ")}`,
            fix: `Set them at ${page}/permissions, and have each account accept them.`,
          },
        ]),
    ...(unheard.length === 0
      ? []
      : [
          {
            fatal: false,
            message: `the App does not get the events ${unheard.join(", ")}`,
            fix: `Subscribe to them at ${page}/permissions.`,
          },
        ]),
    ...(Math.abs(offMs) < clockMs
      ? []
      : [
          {
            fatal: false,
            message: `this machine's clock is ${Math.round(Math.abs(offMs) / 1000)} seconds ${offMs > 0 ? "ahead of" : "behind"} GitHub's`,
            fix: "Set the clock, for example by NTP: gates wait by it.",
          },
        ]),
  ];
}

function levelOf(access: string | undefined): number {
  return access === "read" || access === "write" || access === "admin" ? strength[access] : 0;
}

/** Where the App's owner changes it. */
function pageOf({ slug, owner }: AppFacts, webUrl: string): string {
  const organization = owner?.type === "Organization" ? `/organizations/${owner.login}` : "";
  return `${webUrl}${organization}/settings/apps/${slug}`;
}
