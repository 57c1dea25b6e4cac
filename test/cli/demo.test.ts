import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { checkDemoFiles } from "../../src/cli/demo.ts";
import { databaseIn, emptyDatabase } from "../support/embedded-database.ts";
import { tempDir } from "../support/temp-git.ts";
import { sluice } from "./support/run.ts";

const env = { PATH: process.env.PATH ?? "" };

let folder: string;
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("sluice demo", () => {
  it("says where to run it when the installation lacks its parts", () => {
    folder = tempDir("sluice-demo-test-");
    mkdirSync(join(folder, "examples"));
    expect(() => checkDemoFiles(folder)).toThrow(
      expect.objectContaining({
        kind: "usage",
        message: `the demo is not part of this installation: ${folder} has no sandbox`,
        fix: expect.stringContaining("npm run demo"),
      }),
    );
    mkdirSync(join(folder, "sandbox"));
    expect(() => checkDemoFiles(folder)).not.toThrow();
  });

  it("plays the life of a change, shows the comments, and stays up with its pages until it is interrupted", async () => {
    folder = tempDir("sluice-demo-test-");
    const interrupt = new AbortController();
    let page: Promise<Response> | undefined;
    const database = await emptyDatabase();
    const queue = join(folder, "data/sluice/queue");
    const place = databaseIn(queue);
    const onOut = (text: string) => {
      // In the folder that the demo found empty, and before the server starts in it, which takes seconds to make one.
      if (!existsSync(place)) cpSync(database, place, { recursive: true });
      const url = /http:\/\/127\.0\.0\.1:\d+\/acme\/shop\/pull\/1/.exec(text)?.[0];
      if (page !== undefined || url === undefined || !text.includes("Ctrl-C ends the demo.")) return;
      page = fetch(url).finally(() => interrupt.abort());
    };
    const argv = ["demo", "--data", join(folder, "data")];
    const { code, out, err } = await sluice(argv, { env, signal: interrupt.signal, onOut });
    // A loaded machine may be slow enough for a warning.
    expect([code, err.replaceAll(/^warning: .*\n/gm, "")]).toEqual([0, "Stopping.\n"]);
    expect(out).not.toContain("✗");
    expect(out).toContain("✓ A GitHub on this machine");
    expect(out.match(/✓ Sluice comments and completes its check/g)).toHaveLength(3);
    expect(out).toMatch(/│ +-image: ghcr\.io\/acme\/webapp:1\.4\.0\n│ +\+image: ghcr\.io\/acme\/webapp:1\.5\.0\n/);
    expect(out).toContain("✓ Sluice renders again and updates the same comment and check");
    const answer = await page;
    expect(answer?.status).toBe(200);
    expect(await answer?.text()).toContain("Give webapp more memory");
    expect(existsSync(join(folder, "data/github"))).toBe(true);
    // The copy is what the server used, and it made none of its own beside it.
    expect(readdirSync(queue)).toEqual(["queue"]);
  });

  it("ends with an exit code that is not 0 when a step fails", async () => {
    folder = tempDir("sluice-demo-test-");
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { code, out, err } = await sluice(["demo", "--exit", "--port", String(port)], { env });
    await new Promise((resolve) => taken.close(resolve));
    expect(code).toBe(1);
    expect(out).toMatch(/^✗ A GitHub on this machine/);
    expect(err).toContain("EADDRINUSE");
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
