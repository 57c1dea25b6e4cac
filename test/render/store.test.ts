import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RenderStore } from "../../src/render/store.ts";
import { tempDir } from "../support/temp-git.ts";
import { memoryLog } from "./support/engines.ts";
import { bodyOf, keyOf, renderNumber } from "./support/sample-renders.ts";

describe("the store of renders", () => {
  let directory: string;
  let log: ReturnType<typeof memoryLog>;
  const stores: RenderStore[] = [];

  beforeEach(() => {
    directory = tempDir();
    log = memoryLog();
  });
  afterEach(() => {
    for (const store of stores.splice(0)) store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const open = (capacityBytes = 64 * 1024 * 1024, now = Date.now): RenderStore => {
    // On a busy machine another process may keep the lock for long.
    const store = new RenderStore({ directory, capacityBytes, log, now, busyMs: 600_000 });
    stores.push(store);
    return store;
  };
  const write = (store: RenderStore, numbers: readonly number[], bytes?: number): void =>
    store.write(
      numbers.map((number) => ({
        key: keyOf(number),
        cached: renderNumber(number, bytes),
        body: bodyOf(number, bytes),
      })),
      [],
    );
  /** Checks that all that is found is whole, and gives how much that is. */
  const countWhole = (store: RenderStore, upTo: number, damaged = false): number => {
    let count = 0;
    for (let number = 0; number < upTo; number += 10) {
      for (const stored of store.find(keyOf(number), 0)) {
        const original = [...Array(10).keys()]
          .map((step) => renderNumber(number + step))
          .find(({ sum }) => sum === stored.sum);
        expect(stored).toMatchObject(original ?? { sum: "none" });
        const body = store.body(stored.digest);
        expect([2000, ...(damaged ? [undefined] : [])]).toContain(body?.length);
        count += 1;
      }
    }
    return count;
  };
  const writer = async (first: number): Promise<ChildProcess> => {
    const script = join(import.meta.dirname, "support", "write-renders.ts");
    const child = spawn(process.execPath, [script, directory, String(first)], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    return child;
  };
  const disk = (): number =>
    readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);

  it("gives back what was written, once, also to another process's store", () => {
    write(open(), [1, 2, 3]);
    write(open(), [2, 3, 4]);
    const found = open().find(keyOf(1), 0);
    expect(found.map(({ trace }) => trace)).toEqual([1, 2, 3, 4].map((number) => renderNumber(number).trace));
    expect(found[0]?.remarks).toEqual(renderNumber(1).remarks);
    expect(Buffer.from(open().body(renderNumber(2).digest) ?? [])).toEqual(bodyOf(2));
    expect(open().find(keyOf(1), found[1]?.id ?? 0)).toHaveLength(2);
    expect(open().find(keyOf(100), 0)).toEqual([]);
  });

  it("stays whole when processes that write to it are killed at any moment", async () => {
    let first = 0;
    for (const delay of [0, 7, 30]) {
      const children = await Promise.all([writer(first), writer(first + 1_000_000)]);
      await new Promise((resolve) => setTimeout(resolve, delay));
      for (const child of children) child.kill("SIGKILL");
      await Promise.all(children.map((child) => once(child, "close")));
      first += 2000;
    }
    const store = open();
    expect(countWhole(store, 6000)).toBeGreaterThan(0);
    write(store, [7]);
    expect(log.lines).toEqual([]);
  });

  it("is shared by processes that write at the same time", async () => {
    const [store, one, two] = [open(), await writer(0), await writer(5000)];
    const both = (): boolean => store.find(keyOf(190), 0).length === 10 && store.find(keyOf(5190), 0).length === 10;
    for (let number = 10_000; !both(); number += 10) {
      write(store, [number]);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    for (const child of [one, two]) child.kill("SIGKILL");
    await Promise.all([once(one, "close"), once(two, "close")]);
    expect(countWhole(store, 10)).toBe(10);
    expect(log.lines).toEqual([]);
  });

  it("stays within its size and lets go of what was used least recently", () => {
    let now = 1_000_000_000_000;
    const capacity = 4 * 1024 * 1024;
    const store = open(capacity, () => now);
    for (let number = 0; number < 200; number += 1) {
      now += 1000;
      write(store, [number * 10], 100_000);
      store.write([], [{ key: keyOf(0), sum: renderNumber(0, 100_000).sum }]);
    }
    expect(disk()).toBeLessThan(capacity * 1.25 + 4 * 1024 * 1024);
    const cached = [...Array(200).keys()].filter((number) => store.find(keyOf(number * 10), 0).length > 0);
    expect(cached).toContain(0);
    expect(cached).toContain(199);
    expect(cached).not.toContain(1);
    expect(store.body(renderNumber(10, 100_000).digest)).toBeUndefined();
    store.close();
    expect(disk()).toBeLessThan(capacity * 1.25);
  });

  it("keeps the newest of very many renders of one target", () => {
    const store = open();
    for (let number = 0; number < 100; number += 1)
      store.write([{ key: keyOf(0), cached: renderNumber(number), body: bodyOf(number) }], []);
    const found = store.find(keyOf(0), 0);
    expect(found).toHaveLength(64);
    expect(found.at(-1)?.sum).toBe(renderNumber(99).sum);
  });

  it.each([
    ["garbage", (file: string) => writeFileSync(file, "no database ".repeat(1000))],
    ["cut off", (file: string) => truncateSync(file, 5000)],
    ["scribbled over", (file: string) => scribble(file)],
  ])("starts anew with a warning, or gives only what is whole, when the file is %s", (_, damage) => {
    const before = open();
    write(before, [...Array(300).keys()]);
    before.close();
    damage(join(directory, "renders-v1.sqlite"));
    const store = open();
    countWhole(store, 300, true);
    write(store, [1, 2]);
    write(store, [1, 2]);
    expect(store.find(keyOf(1), 0).length).toBeGreaterThan(0);
    expect(log.lines.length).toBeGreaterThan(0);
  });

  it("is as good as empty, and says so, where it cannot write", () => {
    writeFileSync(join(directory, "file"), "");
    const store = new RenderStore({
      directory: join(directory, "file", "below"),
      capacityBytes: 1,
      log,
      now: Date.now,
    });
    stores.push(store);
    write(store, [1]);
    expect(store.find(keyOf(1), 0)).toEqual([]);
    expect(log.lines[0]?.message).toBe("render cache failed");
  });
});

function scribble(file: string): void {
  const bytes = readFileSync(file);
  for (let at = 5000; at + 3000 < bytes.length; at += 20_000) bytes.fill(0x5a, at, at + 3000);
  writeFileSync(file, bytes);
}
