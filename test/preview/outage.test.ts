import { describe, expect, it } from "vitest";
import { fetchFailure } from "../../src/git/failure.ts";
import { Fault, UserError } from "../../src/model/errors.ts";
import { hiddenResult, readResult } from "../../src/preview/earlier-result.ts";
import { nextTry, outageOf, outageReport } from "../../src/preview/outage.ts";

const minute = 60_000;
const now = Date.UTC(2026, 10, 29, 23);
const outage = { peer: "charts.example.com", asked: false, retryAfterMs: 0 };

describe("an outage of somebody else", () => {
  it("is what names who did not answer", () => {
    const peer = "GitHub";
    expect(outageOf(new Fault("unavailable", "502", { peer }))).toEqual({ peer, asked: false, retryAfterMs: 0 });
    expect(outageOf(new Fault("throttled", "429", { peer, retryAfterMs: 5 }))).toMatchObject({
      ...{ asked: true, retryAfterMs: 5 },
    });
    for (const other of [
      new Fault("unavailable", "the engine ended"),
      new Fault("bug", "", { peer }),
      new UserError("limit", ""),
      "text",
    ])
      expect(outageOf(other)).toBeUndefined();
  });

  it("is what git says of a server, by the name of its host", () => {
    const error = (text: string, url: string) => outageOf(fetchFailure(`fatal: unable to access: ${text}`, url));
    const url = "https://x-access-token:secret@git.example/acme/shop.git";
    expect(error("The requested URL returned error: 502", url)).toMatchObject({ peer: "git.example", asked: false });
    expect(error("The requested URL returned error: 429", url)).toMatchObject({ peer: "git.example", asked: true });
    expect(error("The requested URL returned error: 502", "/srv/git/shop.git")).toBeUndefined();
    expect(error("The requested URL returned error: 403", url)).toBeUndefined();
  });

  it("is tried again after longer and longer waits, never sooner than was asked", () => {
    const waits = [0, 1, 2, 3, 4, 5, 20].map((times) => (nextTry(outage, times, now) - now) / minute);
    expect(waits).toEqual([15, 30, 60, 120, 240, 480, 480]);
    expect(nextTry({ ...outage, retryAfterMs: 20.5 * minute }, 0, now) - now).toBe(21 * minute);
  });

  it("says only what is known", () => {
    const head = "9de4d83".padEnd(40, "0");
    const facts = { head, outage, triedMs: undefined, nextAt: now + 15 * minute, now, earlier: undefined };
    expect(outageReport(facts).comment).toContain("needs files from there. Sluice tries again at 23:15 UTC.\n");
    expect(outageReport(facts).comment).not.toContain("<details>");
    const same = outageReport({ ...facts, earlier: { head, text: "No change in prod" } });
    expect(same.comment).toContain("<summary>An earlier result for this commit, 9de4d83</summary>");
    const asked = outageReport({ ...facts, outage: { ...outage, peer: "GitHub", asked: true } });
    expect(asked.check().title).toBe("Not checked: GitHub asked to wait");
  });
});

describe("the result that a comment keeps", () => {
  it("is read back whatever it says, and shows nothing", () => {
    const kept = { head: "a".repeat(40), text: '--> <b> `x` --!> \u2192 "q" \\u002d' };
    const line = hiddenResult(kept);
    expect(line.trim().slice(4, -3)).not.toContain("--");
    expect(readResult(`### text\n${line}`)).toEqual(kept);
    expect(readResult(`### text\r\n${line.trim()}`)).toEqual(kept);
  });

  it("is nothing where a person wrote something else there", () => {
    for (const text of ["", "text", "<!-- sluice:result {} -->", "<!-- sluice:result {x} -->"])
      expect(readResult(text)).toBeUndefined();
  });
});
