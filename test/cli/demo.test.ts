import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { tempDir } from "../support/temp-git.ts";
import { sluice } from "./support/run.ts";

let folder: string;
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("sluice demo", () => {
  it("plays the life of a change to its end and shows the comment", async () => {
    folder = tempDir("sluice-demo-test-");
    const { code, out, err } = await sluice(["demo", "--exit", "--data", join(folder, "data")], {
      env: process.env as Record<string, string>,
    });
    expect([code, err]).toEqual([0, ""]);
    expect(out).not.toContain("✗");
    expect(out).toContain("✓ A GitHub on this machine");
    expect(out.match(/✓ Sluice comments and completes its check/g)).toHaveLength(3);
    expect(out).toContain("│ -        image: ghcr.io/acme/webapp:1.4.0".trimEnd().slice(2, 20));
    expect(out).toContain("✓ Still one comment with the preview");
    expect(existsSync(join(folder, "data/github"))).toBe(true);
  });

  it("stays up until it is interrupted, its pages readable", async () => {
    folder = tempDir("sluice-demo-test-");
    const interrupt = new AbortController();
    let page: Promise<Response> | undefined;
    const { code, out } = await sluice(["demo"], {
      env: process.env as Record<string, string>,
      signal: interrupt.signal,
      onOut: (text) => {
        const url = /http:\/\/127\.0\.0\.1:\d+\/acme\/shop\/pull\/1/.exec(text)?.[0];
        if (page || !url || !text.includes("Try next")) return;
        page = fetch(url).finally(() => interrupt.abort());
      },
    });
    expect(code).toBe(0);
    expect(out).toContain("Ctrl-C ends the demo.");
    expect((await page)?.status).toBe(200);
  });

  it("refuses a folder that holds something", async () => {
    folder = tempDir("sluice-demo-test-");
    mkdirSync(join(folder, "data"));
    writeFileSync(join(folder, "data/mine.txt"), "precious");
    const { code, err } = await sluice(["demo", "--exit", "--data", join(folder, "data")]);
    expect(code).toBe(2);
    expect(err).toContain("is not empty");
  });
});
