import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Lookup } from "../../src/model/render.ts";
import { engineBinary } from "../../src/render/binary.ts";
import { encodeFrame, FrameReader, OversizedFrame } from "../../src/render/frames.ts";
import { JobQueue } from "../../src/render/job-queue.ts";
import { parseResources } from "../../src/render/parse-resources.ts";
import { Flights } from "../../src/render/single-flight.ts";
import { decodeTrace, encodeTrace, parseTrace } from "../../src/render/trace-codec.ts";
import { tempDir } from "../support/temp-git.ts";

const oid = fc.oneof(fc.stringMatching(/^[0-9a-f]{40}$/), fc.stringMatching(/^[0-9a-f]{64}$/));
const path = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0"));
const lookup: fc.Arbitrary<Lookup> = fc.oneof(
  fc.tuple(path, fc.constantFrom("file", "tree", "link", "module"), oid),
  fc.tuple(path, fc.constantFrom("dir", "absent")),
);

describe("frames", () => {
  it("come out as they went in, whatever the chunks", () => {
    const frame = fc.record({
      header: fc.dictionary(fc.string(), fc.string()),
      body: fc.uint8Array({ maxLength: 300 }),
    });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 5 }), fc.integer({ min: 1, max: 100 }), (frames, size) => {
        const bytes = Buffer.concat(frames.map(({ header, body }) => encodeFrame(header, body)));
        const reader = new FrameReader(1000);
        const read: unknown[] = [];
        for (let at = 0; at < bytes.length; at += size) {
          read.push(
            ...reader.push(bytes.subarray(at, at + size)).map(({ header, body }) => ({ header, body: [...body] })),
          );
        }
        expect(read).toEqual(frames.map(({ header, body }) => ({ header: { ...header }, body: [...body] })));
      }),
      { numRuns: 50 },
    );
  });

  it("are refused when they announce too much or are no JSON", () => {
    expect(() => new FrameReader(10).push(encodeFrame({}, Buffer.alloc(11)).subarray(0, 8))).toThrow(OversizedFrame);
    expect(() => new FrameReader(10).push(Buffer.from([255, 0, 0, 0, 0, 0, 0, 0]))).toThrow(/header of/);
    expect(() => new FrameReader(10).push(Buffer.from("\0\0\0\x02\0\0\0\0{x"))).toThrow(/no JSON/);
  });
});

describe("traces as bytes", () => {
  it("come back as they were", () => {
    fc.assert(
      fc.property(fc.array(lookup), (trace) => {
        expect(decodeTrace(encodeTrace(trace))).toEqual(trace);
        expect(parseTrace(JSON.parse(JSON.stringify(trace)))).toEqual(trace);
      }),
      { numRuns: 100 },
    );
  });

  it.each([[null], [[["a"]]], [[["a", "what"]]], [[["a", "file"]]], [[["a", "file", "zz"]]], [[[1, "dir"]]], ["x"]])(
    "refuse %j",
    (value) => {
      expect(() => parseTrace(value)).toThrow(/malformed/);
    },
  );
});

describe("the queue of renders", () => {
  const job = (name: string, since = 0): { path: string; since: number } => ({ path: name, since });

  it("gives each engine its own stretch of paths, in order", () => {
    const queue = new JobQueue<{ path: string; since: number }>();
    for (const name of ["d", "a", "c", "b", "f", "e"]) queue.add(job(name));
    const taken: [string[], string[]] = [[], []];
    for (let turn = 0; turn < 3; turn += 1) {
      for (const [engine, own] of taken.entries()) own.push(queue.take(own.at(-1), engine / 2, 0)?.path ?? "");
    }
    expect(taken).toEqual([
      ["a", "b", "c"],
      ["d", "e", "f"],
    ]);
    expect(queue.take("c", 0, 0)).toBeUndefined();
  });

  it("goes back to the beginning, and lets nothing wait for ever", () => {
    const queue = new JobQueue<{ path: string; since: number }>();
    for (const name of ["b", "a", "c"]) queue.add(job(name));
    expect(queue.take("x", 0, 0)?.path).toBe("a");
    queue.add(job("bb", 6000));
    expect(queue.take("bb", 0, 6000)?.path).toBe("b");
    expect(queue.take("bb", 0, 6000)?.path).toBe("c");
    expect(queue.size).toBe(1);
  });

  it("takes out what is not wanted any more, also among equal paths", () => {
    const queue = new JobQueue<{ path: string; since: number }>();
    const [one, two] = [job("same"), job("same")];
    queue.add(one);
    queue.add(two);
    expect(queue.remove(one)).toBe(true);
    expect(queue.remove(one)).toBe(false);
    expect(queue.take(undefined, 0.9, 0)).toBe(two);
    queue.add(one);
    expect(queue.drain()).toEqual([one]);
    expect(queue.size).toBe(0);
  });
});

describe("work under way", () => {
  it("is aborted when the last one who waits for it leaves, and not before", async () => {
    const flights = new Flights<string>();
    const [one, two] = [new AbortController(), new AbortController()];
    let aborted = false;
    const start = (signal: AbortSignal): Promise<string> =>
      new Promise(() => {
        signal.addEventListener("abort", () => {
          aborted = true;
        });
      });
    const waiting = [one, two].map(({ signal }) => flights.join("k", signal, start));
    one.abort(new Error("one"));
    await expect(waiting[0]).rejects.toThrow("one");
    expect(aborted).toBe(false);
    two.abort(new Error("two"));
    await expect(waiting[1]).rejects.toThrow("two");
    expect(aborted).toBe(true);
    expect(await flights.join("k", AbortSignal.timeout(600_000), async () => "again")).toBe("again");
  });
});

describe("the engine's binary", () => {
  it("is the one that SLUICE_ENGINE names, and the error names the ways", () => {
    const folder = tempDir();
    const file = join(folder, "engine");
    writeFileSync(file, "");
    chmodSync(file, 0o755);
    expect(engineBinary({ SLUICE_ENGINE: file })).toBe(file);
    expect(() => engineBinary({ SLUICE_ENGINE: `${file}-none` })).toThrow(/does not exist/);
    rmSync(folder, { recursive: true });
  });
});

describe("a result's body", () => {
  it("is refused when it is no list of resources", () => {
    expect(parseResources(Buffer.from('[{"object":{"kind":"A"},"numbers":{"/x":"1"}}]'))).toHaveLength(1);
    for (const body of ["{}", "[1]", '[{"object":[]}]', '[{"object":{},"file":1}]']) {
      expect(() => parseResources(Buffer.from(body))).toThrow(/no list of resources/);
    }
  });
});
