import { appRoutes } from "./app.ts";
import { checkRoutes } from "./checks.ts";
import { commentRoutes } from "./comments.ts";
import { contentRoutes } from "./contents.ts";
import { deploymentRoutes } from "./deployments.ts";
import { gitDataRoutes } from "./git-data.ts";
import { issueRoutes } from "./issues.ts";
import { miscRoutes } from "./misc.ts";
import { pullRoutes } from "./pulls.ts";
import { repositoryRoutes } from "./repositories.ts";
import { reviewRoutes } from "./reviews.ts";
import type { Route } from "./route.ts";
import { teamRoutes } from "./teams.ts";

/** Parameters that may span several path segments. */
const GREEDY = new Set(["ref", "path", "branch", "basehead"]);

interface Compiled {
  readonly route: Route;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

/** Every route, more specific ones before those that could swallow them. */
export const routes: readonly Route[] = [
  ...appRoutes,
  ...commentRoutes,
  ...issueRoutes,
  ...checkRoutes,
  ...pullRoutes,
  ...reviewRoutes,
  ...deploymentRoutes,
  ...teamRoutes,
  ...gitDataRoutes,
  ...contentRoutes,
  ...repositoryRoutes,
  ...miscRoutes,
];

const compiled: readonly Compiled[] = routes.map(compile);

function compile(route: Route): Compiled {
  const names = [...route.template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  const source = route.template
    .replace(/[.]/g, "\\.")
    .replace(/\{(\w+)\}/g, (_, name: string) => (GREEDY.has(name) ? "(.+)" : "([^/]+)"));
  return { route, pattern: new RegExp(`^${source}$`), names };
}

/** A route with the decoded parameters of a request. */
export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route of a request. */
export function matchRoute(method: string, path: string): Match | undefined {
  for (const { route, pattern, names } of compiled) {
    const match = route.method === method ? pattern.exec(path) : null;
    if (!match) continue;
    const params = names.map((name, at): [string, string] => [name, decode(match[at + 1] ?? "")]);
    return { route, params: Object.fromEntries(params) };
  }
  return undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A malformed escape names nothing that exists.
    return text;
  }
}
