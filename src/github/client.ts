import type { Octokit } from "@octokit/rest";
import { z } from "zod";
import { Fault, UserError } from "../model/errors.ts";
import type { Clock, Logger, Metrics } from "../model/observe.ts";
import { graphqlBase, webUrl } from "./addresses.ts";
import type { AppLogin } from "./app-login.ts";
import { type ApiCall, type Refusal, statusOf, toRefusal, toSluiceError } from "./errors.ts";
import { MAX_PAGES, PER_PAGE } from "./limits.ts";
import { type Grant, type Token, wantsMore } from "./permissions.ts";
import type { ParametersOf, Route } from "./routes.ts";

/** Parameters of a route: what its template names goes into the path, the rest into the query or the body. */
type Parameters = Readonly<Record<string, unknown>>;

/** GitHub's answer, not yet parsed. */
interface Answer {
  readonly data: unknown;
  /** GitHub said no, in one of the ways that the caller expects. */
  readonly refused: Refusal | undefined;
  /** Whether the list goes on. */
  readonly more: boolean;
  /** Where it goes on, for lists that are paged by cursor. */
  readonly cursor: string | undefined;
  /** What GitHub's clock said; milliseconds since the epoch. */
  readonly date?: number | undefined;
}

/**
 * Sends one request; counts it and turns failures into our errors, except for refusals with one of the `expected`
 * statuses.
 */
export type Send = (
  octokit: Octokit,
  call: ApiCall,
  parameters: Parameters,
  expected?: readonly number[],
) => Promise<Answer>;

/** Makes the function that all requests go through. */
export function createSend(options: { readonly log: Logger; readonly metrics: Metrics; readonly clock: Clock }): Send {
  const { log, metrics, clock } = options;
  return async (octokit, call, parameters, expected = []) => {
    const started = clock();
    const observe = (status: number) => {
      metrics.restCall(call.repository, call.route, status);
      log.debug({ ...call, status, ms: clock() - started }, "called GitHub");
    };
    try {
      const answer = await octokit.request(call.route, parameters);
      observe(answer.status);
      const next = /<([^>]*)>;\s*rel="next"/.exec(answer.headers.link ?? "")?.[1];
      return {
        data: answer.data,
        refused: undefined,
        more: next !== undefined,
        cursor: cursorOf(next),
        date: dateOf(answer.headers.date),
      };
    } catch (error) {
      observe(statusOf(error));
      const refused = toRefusal(error, expected, call, clock());
      if (refused !== undefined) return { data: undefined, refused, more: false, cursor: undefined };
      throw toSluiceError(error, call, clock());
    }
  };
}

function dateOf(header: string | undefined): number | undefined {
  const at = Date.parse(header ?? "");
  return Number.isNaN(at) ? undefined : at;
}

function cursorOf(next: string | undefined): string | undefined {
  return (next && URL.parse(next)?.searchParams.get("cursor")) || undefined;
}

/** What came of a request that GitHub may well refuse. */
export type Attempt<T> = { readonly refused: undefined; readonly data: T } | { readonly refused: Refusal };

/** GitHub's REST API for one repository, with a token that reaches nothing else. */
export interface Client {
  /** Of the repository: an organization or a person. */
  readonly owner: string;
  /** The repository's page. */
  readonly page: string;
  /** Below this lies `/graphql`. */
  readonly graphqlBase: string;
  /** Asks and parses the answer. */
  call<R extends Route, T>(route: R, parameters: ParametersOf<R>, schema: z.ZodType<T>): Promise<T>;
  /** Asks; a refusal with one of the statuses is an answer, not an error. */
  attempt<R extends Route, T>(
    route: R,
    parameters: ParametersOf<R>,
    schema: z.ZodType<T>,
    statuses: readonly number[],
  ): Promise<Attempt<T>>;
  /** Walks a list page by page. `field` is where the items stand in an answer that is no bare list. */
  pages<R extends Route, T>(
    route: R,
    parameters: ParametersOf<R>,
    item: z.ZodType<T>,
    field?: string,
  ): AsyncGenerator<readonly T[]>;
  /** What the repository's token may do. */
  grant(): Promise<Grant>;
  /** GitHub's number of the repository, where the token's answer said it. */
  tokenRepositoryId(): Promise<number | undefined>;
  /** This App's own login. */
  readonly appLogin: AppLogin;
}

/** What a client needs. */
export interface ClientParts {
  readonly apiUrl: string;
  readonly octokit: Octokit;
  readonly send: Send;
  readonly owner: string;
  readonly repo: string;
  readonly token: () => Promise<Token>;
  /** Tells that GitHub no longer takes this token. */
  readonly rejected: (token: string) => void;
  /** Tells that this token was not enough, and that more was wanted for it than was granted. */
  readonly insufficient: (token: string) => void;
  readonly appLogin: AppLogin;
}

/**
 * Makes a client. A token that GitHub refuses is replaced once: the request was not carried out, so it may be sent
 * again.
 */
export function createClient(parts: ClientParts): Client {
  const repository = `${parts.owner}/${parts.repo}`;
  const once = async (call: ApiCall, parameters: Parameters, expected: readonly number[]): Promise<Answer> => {
    const { token, grant } = await parts.token();
    const names = call.route.includes("{owner}") ? { owner: parts.owner, repo: parts.repo } : {};
    const headers = { authorization: `token ${token}` };
    try {
      return await parts.send(parts.octokit, call, { ...parameters, ...names, headers }, expected);
    } catch (error) {
      if (isUnauthorized(error)) parts.rejected(token);
      if (!(error instanceof UserError) || error.kind !== "permission" || grant.missing.length === 0) throw error;
      parts.insufficient(token);
      throw wantsMore(grant, error.message, error.fields);
    }
  };
  const ask = async (route: string, parameters: Parameters, expected: readonly number[] = []): Promise<Answer> => {
    const call = { repository, route };
    try {
      return await once(call, parameters, expected);
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
      return once(call, parameters, expected);
    }
  };
  return {
    owner: parts.owner,
    page: `${webUrl(parts.apiUrl)}/${repository}`,
    graphqlBase: graphqlBase(parts.apiUrl),
    call: async (route, parameters, schema) => parse(schema, (await ask(route, parameters)).data, route),
    async attempt(route, parameters, schema, statuses) {
      const { refused, data } = await ask(route, parameters, statuses);
      return refused === undefined ? { refused, data: parse(schema, data, route) } : { refused };
    },
    async *pages(route, parameters, item, field) {
      for (let page = 1, more = true; more; page++) {
        assertPage(page, route);
        const answer = await ask(route, { ...parameters, per_page: PER_PAGE, page });
        yield field === undefined
          ? parse(z.array(item), answer.data, route)
          : (parse(z.object({ [field]: z.array(item) }), answer.data, route)[field] ?? []);
        more = answer.more;
      }
    },
    grant: async () => (await parts.token()).grant,
    tokenRepositoryId: async () => (await parts.token()).repositoryId,
    appLogin: parts.appLogin,
  };
}

/** Throws where a list does not end. */
export function assertPage(page: number, route: string): void {
  if (page > MAX_PAGES)
    throw new Fault("unavailable", `GitHub's list ${route} has no end: over ${MAX_PAGES} pages`, { fields: { route } });
}

function isUnauthorized(error: unknown): boolean {
  return error instanceof Fault && error.fields.status === 401;
}

/** The parsed answer; one that is not as GitHub describes it is our bug. */
export function parse<T>(schema: z.ZodType<T>, data: unknown, route: string): T {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new Fault("bug", `GitHub's answer to ${route} is not as expected: ${z.prettifyError(parsed.error)}`, {
    fields: { route },
  });
}
