/** What `fetch` is to Octokit. */
export type Transport = (url: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** Answers that have no body: giving one to `Response` is an error. */
const BODILESS = new Set([204, 205, 304]);

/**
 * `fetch` with one deadline for the whole exchange. The body is read here because Octokit takes a body that breaks off
 * or stalls for an empty one; here it is an error like any other of the network.
 */
export function transport(deadlineMs: number): Transport {
  return async (url, init) => {
    const deadline = AbortSignal.timeout(deadlineMs);
    const signal = init?.signal ? AbortSignal.any([init.signal, deadline]) : deadline;
    const answer = await fetch(url, { ...init, signal });
    const body = await answer.arrayBuffer();
    return new Response(BODILESS.has(answer.status) ? null : body, {
      status: answer.status,
      statusText: answer.statusText,
      headers: answer.headers,
    });
  };
}
