import { describe, expect, it } from "vitest";
import { Fault, UserError } from "../../src/model/errors.ts";
import { createLogger } from "../../src/observe/index.ts";

function logged(options: Partial<Parameters<typeof createLogger>[0]> = {}) {
  const lines: string[] = [];
  const log = createLogger({
    level: "debug",
    pretty: false,
    destination: { write: (line) => lines.push(line) },
    ...options,
  });
  return { log, lines, last: (): unknown => JSON.parse(lines.at(-1) ?? "null") };
}

// Put together here, so that no scanner takes them for real ones.
const body = "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8";
const jwt = ["eyJhbGciOiJSUzI1NiJ9", "eyJpc3MiOiIxMjM0NTYifQ", "c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"].join(".");
const pem = ["-----BEGIN RSA ", "PRIVATE KEY-----\nMIIEow", "IBAAKCAQEA\n-----END RSA ", "PRIVATE KEY-----"].join("");

describe("the logger", () => {
  it("writes one JSON object per line, with level, time, fields and message", () => {
    const { log, last } = logged();
    log.child({ job: "j1" }).info({ count: 2, nested: { list: [1, "a"] } }, "done");
    expect(last()).toEqual({
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      job: "j1",
      count: 2,
      nested: { list: [1, "a"] },
      message: "done",
    });
  });

  it.each([
    ["an installation token", `ghs_${body}`],
    ["a personal token", `ghp_${body}`],
    ["a user token", `ghu_${body}`],
    ["a fine-grained token", `github_pat_11ABCDEFG_${body}`],
    ["a JWT", jwt],
    ["a URL with credentials", `https://x-access-token:${body}@github.com/acme/shop.git`],
    ["a database URL", `postgres://sluice:${body}@db:5432/sluice`],
    ["a PEM block", pem],
    ["a PEM block with escaped newlines", pem.replaceAll("\n", "\\n")],
    ["a PEM block that is cut off", pem.slice(0, 50)],
    ["an Authorization header", `authorization: basic ${body}`],
    ["a bearer token", `Bearer ${body}`],
  ])("masks %s wherever it stands", (_name, secret) => {
    const { log, lines } = logged();
    const error = new Fault("unavailable", `fetch of ${secret} failed`, {
      cause: new Error(`inner ${secret}`),
      fields: { url: secret },
    });
    log.error({ error, text: `before ${secret} after`, deep: [{ a: { b: secret } }] }, `message with ${secret}`);
    for (const part of secret
      .split(/\\n|\n/)
      .flatMap((line) => line.split(" "))
      .filter((word) => /^[A-Za-z0-9+/._-]{12,}$/.test(word))) {
      expect(lines.join("")).not.toContain(part);
    }
    expect(lines.join("")).not.toContain(body);
    expect(lines.join("")).toContain("[redacted]");
  });

  it("masks the secrets that it was told, and values under names of secrets", () => {
    const { log, lines, last } = logged({ redact: ["hunter2-hunter2"] });
    log.info({ token: "anything", headers: { authorization: "anything" } }, "the secret is hunter2-hunter2");
    expect(lines.join("")).not.toContain("hunter2");
    expect(last()).toMatchObject({ token: "[redacted]", headers: { authorization: "[redacted]" } });
  });

  it("leaves ordinary words alone", () => {
    const { log, last } = logged();
    log.info(
      { sha: "0123456789abcdef0123456789abcdef01234567", url: "https://github.com/acme/shop/pull/1" },
      "ghs_ and Bearer tokens",
    );
    expect(last()).toMatchObject({
      sha: "0123456789abcdef0123456789abcdef01234567",
      url: "https://github.com/acme/shop/pull/1",
      message: "ghs_ and Bearer tokens",
    });
  });

  it("tells of an error its kind, fields and causes; a stack only where the error is ours", () => {
    const { log, last } = logged();
    const cause = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
    log.warn({ error: new Fault("unavailable", "GitHub is away", { cause, fields: { status: 502 } }) }, "failed");
    expect(last()).toMatchObject({
      error: {
        name: "Fault",
        kind: "unavailable",
        message: "GitHub is away",
        fields: { status: 502 },
        stack: expect.stringContaining("log.test.ts"),
        cause: { name: "Error", message: "connect", code: "ECONNREFUSED" },
      },
    });
    log.warn({ error: new UserError("config", "unknown key") }, "refused");
    expect(last()).toEqual(
      expect.objectContaining({ error: { name: "UserError", kind: "config", message: "unknown key", fields: {} } }),
    );
  });

  it("never throws: rings, huge texts, bytes, bigints", () => {
    const { log, lines } = logged();
    const ring: { self?: unknown } = {};
    ring.self = ring;
    log.info(
      {
        ring,
        huge: "x".repeat(100_000),
        bytes: Buffer.alloc(10),
        big: 12n,
        none: undefined,
        date: new Date(Number.NaN),
      },
      "odd",
    );
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      bytes: "[10 bytes]",
      big: "12",
      none: null,
      date: "[invalid date]",
    });
    expect(lines[0]?.length).toBeLessThan(10_000);
  });

  it("writes short lines for people when it is told to, and nothing below its level", () => {
    const { log, lines } = logged({ pretty: true, level: "info" });
    log.debug({}, "unseen");
    log.warn({ job: "j1" }, "take care");
    expect(lines).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d WARN {2}take care \{"job":"j1"\}\n$/)]);
  });
});
