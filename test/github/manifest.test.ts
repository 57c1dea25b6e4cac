import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { TOKEN_PERMISSIONS } from "../../src/github/permissions.ts";
import { EVENTS } from "../../src/webhooks/register.ts";

const text = await readFile(new URL("../../app.yml", import.meta.url), "utf8");
const manifest: unknown = parseDocument(text).toJS();

describe("app.yml", () => {
  it("asks for exactly the permissions that tokens ask for, and the events that have a handler", () => {
    expect(manifest).toHaveProperty("default_permissions", TOKEN_PERMISSIONS);
    expect(manifest).toHaveProperty("default_events", Object.keys(EVENTS).sort());
  });

  it("gives each of them a reason", () => {
    const lines = text.split("\n");
    for (const name of [
      ...Object.keys(TOKEN_PERMISSIONS).map((one) => `  ${one}: `),
      ...Object.keys(EVENTS).map((one) => `  - ${one}`),
    ]) {
      const at = lines.findIndex((line) => line.startsWith(name));
      expect(lines[at - 1], name).toMatch(/^ {2}# \S/);
    }
  });
});
