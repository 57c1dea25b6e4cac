import type { Octokit } from "@octokit/rest";

declare const request: Octokit["request"];

/** Method and path template of an endpoint as GitHub describes it, e.g. `GET /repos/{owner}/{repo}`. */
export type Route = Parameters<typeof request<never>>[0] | "POST /graphql";

type Described<R extends Route> = NonNullable<Parameters<typeof request<R>>[1]>;

type DeepReadonly<V> = V extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : V extends object
    ? { readonly [K in keyof V]: DeepReadonly<V[K]> }
    : V;

/**
 * What a request to a route takes, as GitHub describes it: what the template names goes into the path, the rest into
 * the query or the body. The client adds the repository's names.
 */
export type ParametersOf<R extends Route> = {
  readonly [K in keyof Described<R> as K extends "owner" | "repo" ? never : K]: DeepReadonly<Described<R>[K]>;
};
