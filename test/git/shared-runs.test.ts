import { describe, expect, it } from "vitest";
import { type Run, SharedRuns } from "../../src/git/shared-runs.ts";

const never = new AbortController().signal;

/** A place where one run at a time has its turn, when the test says so, and then ends as the test says. */
function stage() {
  const turns: { readonly start: () => void; readonly end: PromiseWithResolvers<void> }[] = [];
  const carriedOut: (readonly string[])[] = [];
  const run: Run<string> = async (begin) => {
    const [turn, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    turns.push({ start: turn.resolve, end });
    await turn.promise;
    carriedOut.push([...begin()]);
    await end.promise;
  };
  const at = (index: number) => turns[index] ?? expect.fail(`there are ${turns.length} runs`);
  return { run, carriedOut, at, runs: () => turns.length };
}

/** Lets everything that waits for nothing outside go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("requests for the same work", () => {
  it("that come while a run waits for its turn are carried out by it", async () => {
    const { run, carriedOut, at, runs } = stage();
    const shared = new SharedRuns<string>();
    const first = shared.join("one", never, run);
    at(0).start();
    await settle();
    // The first is under way: what comes now is not in it.
    const others = ["two", "three", "four"].map((request) => shared.join(request, never, run));
    await settle();
    expect(runs()).toBe(2);
    at(0).end.resolve();
    at(1).start();
    at(1).end.resolve();
    await Promise.all([first, ...others]);
    expect(carriedOut).toEqual([["one"], ["two", "three", "four"]]);
  });

  it("are each made alone after their run failed, and only those that fail alone fail", async () => {
    const shared = new SharedRuns<string>();
    const [gate, tried] = [Promise.withResolvers<void>(), [] as string[]];
    const run: Run<string> = async (begin) => {
      await gate.promise;
      const requests = begin();
      tried.push(requests.join());
      if (requests.includes("bad")) throw new Error(`no ${requests.join()}`);
    };
    const all = ["good", "bad", "fine"].map((request) => shared.join(request, never, run));
    gate.resolve();
    expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    await expect(all[1]).rejects.toThrow("no bad");
    expect(tried.toSorted()).toEqual(["bad", "fine", "good", "good,bad,fine"]);
  });

  it("of others go on when the one whose run it is gives up before its turn", async () => {
    const shared = new SharedRuns<string>();
    const giveUp = new AbortController();
    const waiting: Run<string> = () =>
      new Promise((_, reject) => giveUp.signal.addEventListener("abort", () => reject(giveUp.signal.reason)));
    const carriedOut: string[] = [];
    const leader = shared.join("one", giveUp.signal, waiting);
    const other = shared.join("two", never, async (begin) => void carriedOut.push(...begin()));
    giveUp.abort(new Error("enough"));
    await expect(leader).rejects.toThrow("enough");
    await other;
    expect(carriedOut).toEqual(["two"]);
    await shared.join("three", never, async (begin) => void carriedOut.push(...begin()));
    expect(carriedOut).toEqual(["two", "three"]);
  });

  it("end at once for who gives up while another's run carries it out", async () => {
    const { run, at } = stage();
    const shared = new SharedRuns<string>();
    const leader = shared.join("one", never, run);
    const giveUp = new AbortController();
    const other = shared.join("two", giveUp.signal, run);
    giveUp.abort(new Error("enough"));
    await expect(other).rejects.toThrow("enough");
    await expect(shared.join("three", AbortSignal.abort(new Error("before")), run)).rejects.toThrow("before");
    at(0).start();
    at(0).end.resolve();
    await leader;
  });
});
