import { describe, expect, it } from "vitest";
import { mayHaveHappened, orReadBack, refusedBy, statusOf, toRefusal, toSluiceError } from "../../src/github/errors.ts";
import { Fault, UserError } from "../../src/model/errors.ts";

const ASKED = { repository: "acme/gitops", route: "GET /repos/{owner}/{repo}" };
const NOW = 1_700_000_000_000;

function refusal(status: number, message = "no", headers: Record<string, string> = {}): Error {
  return Object.assign(new Error(message), { name: "HttpError", status, response: { headers } });
}

function kindOf(error: unknown, asked = ASKED): string {
  return toSluiceError(error, asked, NOW).kind;
}

describe("what GitHub answers", () => {
  it.each([
    [401, "unavailable"],
    [403, "permission"],
    [404, "not-found"],
    [409, "unavailable"],
    [410, "not-found"],
    [422, "bug"],
    [429, "throttled"],
    [451, "permission"],
    [400, "bug"],
    [500, "unavailable"],
    [502, "unavailable"],
  ])("%i is %s", (status, kind) => {
    expect(kindOf(refusal(status))).toBe(kind);
    expect(statusOf(refusal(status))).toBe(status);
  });

  it("422 for a token means that something was not granted, 422 for haste means to wait", () => {
    expect(kindOf(refusal(422), { ...ASKED, route: "POST /app/installations/{installation_id}/access_tokens" })).toBe(
      "permission",
    );
    expect(kindOf(refusal(422, "was submitted too quickly"))).toBe("throttled");
  });

  it.each([
    ["retry-after", refusal(403, "secondary rate limit", { "retry-after": "30" }), 30_000],
    [
      "the reset of the hourly limit",
      refusal(403, "API rate limit exceeded", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000120" }),
      120_000,
    ],
    [
      "a reset that is past",
      refusal(429, "", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1600000000" }),
      1000,
    ],
    ["no header", refusal(403, "You have exceeded a secondary rate limit"), 60_000],
    ["a header that is no number", refusal(429, "", { "retry-after": "soon" }), 60_000],
  ])("a limit with %s says how long to wait", (_name, error, ms) => {
    expect(toSluiceError(error, ASKED, NOW)).toMatchObject({ kind: "throttled", retryAfterMs: ms });
  });

  it("keeps the route and the status, and says what it was about", () => {
    const error = toSluiceError(refusal(404, "Not Found"), ASKED, NOW);
    expect(error.message).toBe("GitHub answered 404 to GET /repos/{owner}/{repo} of acme/gitops: Not Found");
    expect(error.fields).toEqual({ ...ASKED, status: 404 });
  });
});

describe("no answer", () => {
  const timeout = new DOMException("The operation was aborted due to timeout", "TimeoutError");
  const wrapped = (cause: unknown) =>
    Object.assign(new Error("fetch failed", { cause }), { name: "HttpError", status: 500 });

  it("in time is a timeout, at all is unavailable, and both may have been carried out", () => {
    const late = toSluiceError(wrapped(timeout), ASKED, NOW);
    const cut = toSluiceError(wrapped(new Error("ECONNRESET")), ASKED, NOW);
    expect([late.kind, cut.kind]).toEqual(["timeout", "unavailable"]);
    expect([late, cut].map(mayHaveHappened)).toEqual([true, true]);
    expect(statusOf(wrapped(timeout))).toBe(0);
  });

  it("because of a mistake of ours is a bug", () => {
    expect(kindOf(new TypeError("undefined is not a function"))).toBe("bug");
    expect(kindOf("thrown text")).toBe("bug");
  });

  it("leaves our own errors as they are", () => {
    const fault = new Fault("bug", "x");
    const user = new UserError("refused", "y");
    expect(toSluiceError(fault, ASKED, NOW)).toBe(fault);
    expect(toSluiceError(user, ASKED, NOW)).toBe(user);
    expect([fault, user].map(mayHaveHappened)).toEqual([false, false]);
  });
});

describe("a refusal that was to be reckoned with", () => {
  const withBody = (status: number, data: unknown, headers = {}): Error =>
    Object.assign(new Error("for the log"), { name: "HttpError", status, response: { headers, data } });
  const textOf = (data: unknown) => toRefusal(withBody(422, data), [422], ASKED, NOW)?.text;

  it("is told in GitHub's own words, the details included, on one line", () => {
    expect(textOf({ message: "Reference already exists" })).toBe("Reference already exists");
    expect(
      textOf({ message: "Validation Failed", errors: [{ code: "custom", message: "No commits between a and b" }] }),
    ).toBe("Validation Failed: No commits between a and b");
    expect(textOf({ message: "Validation Failed", errors: [{ field: "head", code: "invalid" }, "and so on"] })).toBe(
      "Validation Failed: head is invalid: and so on",
    );
    expect(textOf({ message: "Rule violations\n\nUse  the merge queue." })).toBe(
      "Rule violations: Use the merge queue.",
    );
    expect(textOf({ message: "x".repeat(900) })).toHaveLength(500);
    expect(textOf("<html>")).toBe("for the log");
  });

  it("has the error that it is to those who did not expect it", () => {
    expect(toRefusal(withBody(409, { message: "moved" }), [409], ASKED, NOW)?.error).toMatchObject({
      kind: "unavailable",
    });
  });

  it("is none with another status, for a limit, and without an answer", () => {
    expect(toRefusal(withBody(422, { message: "no" }), [404], ASKED, NOW)).toBeUndefined();
    expect(toRefusal(withBody(403, {}, { "retry-after": "5" }), [403], ASKED, NOW)).toBeUndefined();
    expect(toRefusal(refusal(422, "was submitted too quickly"), [422], ASKED, NOW)).toBeUndefined();
    expect(toRefusal(new Error("reset"), [422], ASKED, NOW)).toBeUndefined();
  });

  it("that a rule stands behind is a person's to mend", () => {
    const refused = toRefusal(withBody(422, { message: "Repository rule violations found" }), [422], ASKED, NOW);
    if (refused === undefined) throw new Error("it was one");
    expect(refusedBy(refused, "make a branch")).toMatchObject({
      kind: "refused",
      message: "GitHub refused to make a branch: Repository rule violations found",
      fix: expect.stringContaining("bypass"),
    });
  });
});

describe("what must not be done twice", () => {
  const lost = new Fault("timeout", "no answer");

  it("is looked for after an answer that tells nothing, and only then", async () => {
    expect(
      await orReadBack(
        () => Promise.reject(lost),
        async () => "found",
      ),
    ).toBe("found");
    const looks: string[] = [];
    const look = async () => {
      looks.push("looked");
      return undefined;
    };
    await expect(orReadBack(() => Promise.reject(lost), look)).rejects.toBe(lost);
    const refused = new UserError("permission", "no");
    await expect(orReadBack(() => Promise.reject(refused), look)).rejects.toBe(refused);
    expect(await orReadBack(async () => 1, look)).toBe(1);
    expect(looks).toEqual(["looked"]);
  });
});
