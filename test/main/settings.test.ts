import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/model/errors.ts";
import { readSettings } from "../../src/settings.ts";

const privateKey = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();
const good = { APP_ID: "7", PRIVATE_KEY: privateKey, WEBHOOK_SECRET: "0123456789abcdef0123" };
const noFile = (path: string): string => {
  throw new Error(`no file ${path}`);
};

function refusal(environment: Record<string, string | undefined>): string {
  try {
    readSettings(environment, noFile);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return "started";
}

describe("the server's settings", () => {
  it("start with the three secrets and embedded defaults", () => {
    const settings = readSettings(good, noFile);
    expect(settings).toMatchObject({
      appId: 7,
      role: "all",
      port: 3000,
      store: { kind: "embedded" },
      previewForks: false,
    });
    expect(settings.privateKey).toContain("BEGIN PRIVATE KEY");
  });

  it("name everything that is missing at once", () => {
    const message = refusal({});
    expect(message).toContain("APP_ID is missing");
    expect(message).toContain("PRIVATE_KEY is missing");
    expect(message).toContain("WEBHOOK_SECRET is missing");
  });

  it.each(["development", "changeme", "CHANGE_ME", "<secret>", "your-webhook-secret", "xxxxxxxxxxxxxxxxxxxx"])(
    "do not start with the placeholder %s",
    (secret) => {
      expect(refusal({ ...good, WEBHOOK_SECRET: secret })).toContain("WEBHOOK_SECRET is a placeholder");
    },
  );

  it("never quote a secret", () => {
    const message = refusal({ ...good, WEBHOOK_SECRET: "tooshort", PRIVATE_KEY: "not-a-key-value" });
    expect(message).toContain("WEBHOOK_SECRET is too short");
    expect(message).toContain("PRIVATE_KEY is not a private key");
    expect(message).not.toContain("tooshort");
    expect(message).not.toContain("not-a-key-value");
  });

  it("take the key as base64, with escaped newlines, or from a file", () => {
    const base64 = Buffer.from(privateKey).toString("base64");
    expect(readSettings({ ...good, PRIVATE_KEY: base64 }, noFile).privateKey).toBe(privateKey);
    const escaped = privateKey.replaceAll("\n", "\\n");
    expect(readSettings({ ...good, PRIVATE_KEY: escaped }, noFile).privateKey.trim()).toBe(privateKey.trim());
    const fromFile = { ...good, PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: "/keys/app.pem" };
    expect(readSettings(fromFile, () => privateKey).privateKey).toBe(privateKey.trim());
  });

  it("refuse roles that share a store which only one process can open", () => {
    expect(refusal({ ...good, ROLE: "web" })).toContain("set REDIS_URL or DATABASE_URL");
    expect(readSettings({ ...good, ROLE: "web", REDIS_URL: "redis://localhost:6379" }, noFile).store.kind).toBe(
      "redis",
    );
    expect(readSettings({ ...good, ROLE: "worker", DATABASE_URL: "postgres://localhost/x" }, noFile).store.kind).toBe(
      "postgres",
    );
  });
});
