import type { ProbotOctokit } from "probot";
import { z } from "zod";
import { Fault } from "../model/errors.ts";
import type { Clock, Logger, Metrics } from "../model/observe.ts";
import { type Asked, statusOf, toSluiceError } from "./errors.ts";
import { PER_PAGE } from "./limits.ts";

/** Parameters of a route: what its template names goes into the path, the rest into the query or the body. */
type Parameters = Readonly<Record<string, unknown>>;

/** GitHub's answer, not yet parsed. */
interface Answer {
  readonly data: unknown;
  /** Whether the list goes on. */
  readonly more: boolean;
  /** Where it goes on, for lists that are paged by cursor. */
  readonly cursor: string | undefined;
}

/** Sends one request; counts it and turns failures into our errors. */
export type Send = (octokit: ProbotOctokit, asked: Asked, parameters: Parameters) => Promise<Answer>;

/** Makes the function that all requests go through. */
export function createSend(options: { readonly log: Logger; readonly metrics: Metrics; readonly clock: Clock }): Send {
  const { log, metrics, clock } = options;
  return async (octokit, asked, parameters) => {
    const started = clock();
    const observe = (status: number) => {
      metrics.restCall(asked.repository, asked.route, status);
      log.debug({ ...asked, status, ms: clock() - started }, "asked GitHub");
    };
    try {
      const answer = await octokit.request(asked.route, parameters);
      observe(answer.status);
      const next = /<([^>]*)>;\s*rel="next"/.exec(answer.headers.link ?? "")?.[1];
      return { data: answer.data, more: next !== undefined, cursor: cursorOf(next) };
    } catch (error) {
      observe(statusOf(error));
      throw toSluiceError(error, asked, clock());
    }
  };
}

function cursorOf(next: string | undefined): string | undefined {
  return (next && URL.parse(next)?.searchParams.get("cursor")) || undefined;
}

/** GitHub's REST API for one repository, with a token that reaches nothing else. */
export interface Client {
  /** Asks and parses the answer. */
  call<T>(route: string, parameters: Parameters, schema: z.ZodType<T>): Promise<T>;
  /** Walks a list page by page. */
  pages<T>(route: string, parameters: Parameters, item: z.ZodType<T>): AsyncGenerator<readonly T[]>;
}

/** What a client is made of. */
export interface ClientParts {
  readonly octokit: ProbotOctokit;
  readonly send: Send;
  readonly owner: string;
  readonly repo: string;
  readonly token: () => Promise<string>;
  /** Tells that GitHub no longer takes this token. */
  readonly rejected: (token: string) => void;
}

/** Makes a client. A token that GitHub refuses is replaced once: the request was not carried out, so it may be sent again. */
export function createClient(parts: ClientParts): Client {
  const repository = `${parts.owner}/${parts.repo}`;
  const attempt = async (asked: Asked, parameters: Parameters): Promise<Answer | { readonly refused: Fault }> => {
    const token = await parts.token();
    const headers = { authorization: `token ${token}` };
    try {
      return await parts.send(parts.octokit, asked, { ...parameters, owner: parts.owner, repo: parts.repo, headers });
    } catch (error) {
      if (!(error instanceof Fault) || error.fields.status !== 401) throw error;
      parts.rejected(token);
      return { refused: error };
    }
  };
  const ask = async (route: string, parameters: Parameters): Promise<Answer> => {
    const asked = { repository, route };
    const first = await attempt(asked, parameters);
    if (!("refused" in first)) return first;
    const second = await attempt(asked, parameters);
    if ("refused" in second) throw second.refused;
    return second;
  };
  return {
    call: async (route, parameters, schema) => parse(schema, (await ask(route, parameters)).data, route),
    async *pages(route, parameters, item) {
      for (let page = 1, more = true; more; page++) {
        const answer = await ask(route, { ...parameters, per_page: PER_PAGE, page });
        yield parse(z.array(item), answer.data, route);
        more = answer.more;
      }
    },
  };
}

/** The parsed answer; one that is not as GitHub describes it is our bug. */
export function parse<T>(schema: z.ZodType<T>, data: unknown, route: string): T {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new Fault("bug", `GitHub's answer to ${route} is not as expected: ${z.prettifyError(parsed.error)}`, {
    fields: { route },
  });
}
