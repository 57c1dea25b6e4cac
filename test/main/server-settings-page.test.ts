import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exampleServerFile, serverSettingsPage } from "../../scripts/generate/server-settings-page.ts";
import { readServerFile } from "../../src/settings/file.ts";

describe("the page of the server's settings", () => {
  it("is current", async () => {
    const path = join(import.meta.dirname, "../../docs/server-settings.md");
    expect(await readFile(path, "utf8"), "run node scripts/generate.ts").toBe(serverSettingsPage());
  });

  it("shows an example that is read", () => {
    const secret = "0123456789abcdef";
    const environment = {
      HARBOR_HOOK_SECRET: secret,
      GHCR_TOKEN: secret,
      PROMETHEUS_TOKEN: secret,
      CHARTS_TOKEN: secret,
    };
    const read = readServerFile(exampleServerFile, { environment, readFile: () => secret, file: "sluice.server.yaml" });
    expect(read).toMatchObject({
      ok: true,
      settings: {
        hooks: [{}, {}],
        registries: [{}, {}],
        clusters: [{}],
        prometheus: [{}],
        sources: { credentials: [{}] },
      },
    });
  });

  it("describes every key", () => {
    for (const row of serverSettingsPage().matchAll(/^\| `.*$/gm)) expect(row[0]).toMatch(/\| [^|]{10,} \|$/);
  });
});
