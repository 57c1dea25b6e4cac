import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { APP_PERMISSIONS } from "../../src/github/permissions.ts";
import { EVENTS } from "../../src/webhooks/register.ts";

const text = await readFile(new URL("../../app.yml", import.meta.url), "utf8");
const manifest: unknown = parseDocument(text).toJS();

/** GitHub sends these to every App; a manifest cannot ask for them. */
const UNASKED = new Set(["installation", "installation_repositories"]);
const events = Object.keys(EVENTS).filter((name) => !UNASKED.has(name));
describe("app.yml", () => {
  it("asks for exactly the permissions that tokens and events need, and the events that have a handler", () => {
    expect(manifest).toHaveProperty("default_permissions", APP_PERMISSIONS);
    expect(manifest).toHaveProperty("default_events", events.sort());
  });

  it("gives each of them a reason", () => {
    const lines = text.split("\n");
    for (const name of [
      ...Object.keys(APP_PERMISSIONS).map((one) => `  ${one}: `),
      ...events.map((one) => `  - ${one}`),
    ]) {
      const at = lines.findIndex((line) => line.startsWith(name));
      expect(lines[at - 1], name).toMatch(/^ {2}# \S/);
    }
  });
});
