import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/model/errors.ts";
import { readSettings, secretsOf } from "../../src/settings.ts";

const privateKey = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();
const good = { APP_ID: "7", PRIVATE_KEY: privateKey, WEBHOOK_SECRET: "0123456789abcdef0123" };
const noFile = (path: string): string => {
  throw Object.assign(new Error(`no file ${path}`), { code: "ENOENT" });
};
const files =
  (texts: Readonly<Record<string, string>>) =>
  (path: string): string =>
    texts[path] ?? noFile(path);

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

  it("take the address of the documents without a slash at its end, and whole numbers only", () => {
    expect(readSettings({ ...good, DOCS_URL: "https://docs.example/" }, noFile).docsUrl).toBe("https://docs.example");
    expect(refusal({ ...good, DOCS_URL: "docs" })).toContain("DOCS_URL must be an http:// or https:// URL");
    expect(refusal({ ...good, PORT: "abc" })).toContain('PORT is "abc", not a whole number in 0–65535');
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
    expect(readSettings(fromFile, files({ "/keys/app.pem": privateKey })).privateKey).toBe(privateKey.trim());
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

  it("take an administrator's token that is none of the usual ones", () => {
    expect(readSettings(good, noFile).adminToken).toBeUndefined();
    expect(readSettings({ ...good, ADMIN_TOKEN: "0123456789abcdef" }, noFile).adminToken).toBe("0123456789abcdef");
    expect(refusal({ ...good, ADMIN_TOKEN: "too-short-a-one" })).toContain("ADMIN_TOKEN is too short");
    expect(refusal({ ...good, ADMIN_TOKEN: "too-short-a-one" })).not.toContain("too-short-a-one");
    expect(refusal({ ...good, ADMIN_TOKEN: "changeme" })).toContain("ADMIN_TOKEN is a placeholder");
  });

  it("find what docker login has kept", () => {
    expect(readSettings({ ...good, HOME: "/home/me" }, noFile).dockerConfig).toBe("/home/me/.docker/config.json");
    const named = { ...good, HOME: "/home/me", DOCKER_CONFIG: "/etc/docker" };
    expect(readSettings(named, noFile).dockerConfig).toBe("/etc/docker/config.json");
    expect(readSettings(good, noFile).dockerConfig).toBeUndefined();
  });

  it("read sluice.server.yaml where there is one, and what SLUICE_SERVER_FILE names in any case", () => {
    expect(readSettings(good, noFile)).toMatchObject({ hooks: [], registries: [] });
    const text = `registries: [{ host: ghcr.io, token: '\${TOKEN}' }]`;
    const environment = { ...good, TOKEN: "token of the test" };
    const found = readSettings(environment, files({ "sluice.server.yaml": text }));
    expect(found.registries).toEqual([{ host: "ghcr.io", token: "token of the test" }]);
    const named = { ...environment, SLUICE_SERVER_FILE: "/etc/sluice.yaml" };
    expect(readSettings(named, files({ "/etc/sluice.yaml": text })).registries).toHaveLength(1);
    expect(refusal(named)).toContain("/etc/sluice.yaml cannot be read: no file /etc/sluice.yaml");
  });

  it("tell what is wrong with the file beside what is wrong with the environment", () => {
    const environment = { ...good, APP_ID: "x", WEBHOOK_SECRET: undefined };
    const read = () => readSettings(environment, files({ "sluice.server.yaml": "registries:\n  - hots: ghcr.io\n" }));
    expect(read).toThrow(/APP_ID must be.*WEBHOOK_SECRET is missing.*sluice\.server\.yaml:2:5: .*`host`/s);
  });

  it("say which secrets no log may hold", () => {
    const text = `registries: [{ host: ghcr.io, username: me, password: '\${PASSWORD}' }]`;
    const environment = { ...good, PASSWORD: "of the test", ADMIN_TOKEN: "0123456789abcdef" };
    const settings = readSettings(environment, files({ "sluice.server.yaml": text }));
    expect(secretsOf(settings)).toEqual([
      settings.privateKey,
      "0123456789abcdef0123",
      "0123456789abcdef",
      "of the test",
    ]);
  });
});
