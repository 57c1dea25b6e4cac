import type { LookupAddress } from "node:dns";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Resolve } from "../../src/http/agent.ts";
import { defaultSourceLimits } from "../../src/model/source-settings.ts";
import type { SourceAddress, SourceRequest } from "../../src/model/sources.ts";
import { unpack } from "../../src/sources/archive.ts";
import { unpackChart } from "../../src/sources/chart.ts";
import { chart, type TarEntry, tar, tgz } from "./support/archives.ts";
import { httpsServer } from "./support/https-server.ts";
import { sourcesWorld } from "./support/world.ts";

const file = (url: string): SourceRequest => ({ kind: "file", url });
const git = (url: string): SourceRequest => ({ kind: "git", url, revision: { kind: "any", text: "main" } });

/** Every host is at these addresses, one list for each time it is asked. */
function at(...answers: readonly (readonly string[])[]): { readonly resolve: Resolve; readonly asked: string[] } {
  const asked: string[] = [];
  const resolve: Resolve = (hostname, _options, callback) => {
    const found = answers[Math.min(asked.push(hostname), answers.length) - 1] ?? [];
    callback(
      null,
      found.map((address): LookupAddress => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };
  return { resolve, asked };
}

describe("an address that a pull request names", () => {
  it.each([
    "http://example.com/a.yaml",
    "file:///etc/passwd",
    "ftp://example.com/a.yaml",
    "git://example.com/a",
    "https://user:SECRETSECRET@example.com/a.yaml",
    "../../etc/passwd",
    "ext::sh -c id",
    "--upload-pack=id",
  ])("is refused unless it is a plain https address: %s", async (url) => {
    const { refused } = sourcesWorld([]);
    for (const request of [file(url), git(url)]) {
      const failure = await refused(request);
      expect(failure.kind).toMatch(/refused/);
      expect(failure.message).not.toContain("SECRET");
    }
  });

  it.each([
    "127.0.0.1",
    "[::1]",
    "10.0.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "[::ffff:10.0.0.1]",
    "224.0.0.1",
    "2130706433",
    "0x7f.1",
  ])("is refused when it is a private one: %s", async (host) => {
    const { refused } = sourcesWorld([], { private: [] });
    expect(await refused(file(`https://${host}/a.yaml`))).toMatchObject({ kind: "refused" });
    expect(await refused(git(`https://${host}/a`))).toMatchObject({ kind: "refused" });
  });

  it.each(["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:192.168.0.1"])(
    "is refused when the name leads to a private one, also beside a public one: %s",
    async (address) => {
      const { refused } = sourcesWorld([], {}, { resolve: at(["93.184.216.34", address]).resolve });
      expect(await refused(file("https://inside.example.com/a.yaml"))).toMatchObject({
        kind: "refused",
        message: expect.stringContaining("private"),
      });
      expect(await refused(git("https://inside.example.com/a"))).toMatchObject({ kind: "refused" });
    },
  );

  it("is never a metadata address, whatever the operator calls private", async () => {
    const world = sourcesWorld(
      [],
      { private: ["169.254.169.254", "meta.example.com"] },
      { resolve: at(["169.254.169.254"]).resolve },
    );
    for (const url of ["https://169.254.169.254/latest/a.yaml", "https://meta.example.com/a.yaml"])
      expect(await world.refused(file(url))).toMatchObject({ kind: "refused" });
  });

  it("is looked at when it is connected to, so that a name that changes its address is of no use", async () => {
    const server = await httpsServer();
    server.files.set("/a.yaml", "a: 1\n");
    const { resolve } = at(["93.184.216.34"], ["127.0.0.1"]);
    const { sources } = sourcesWorld([server], { private: [] }, { resolve, requestMs: 600_000 });
    resolve("rebind.example.com", { all: true }, () => undefined);
    const answer = await sources.pin(
      file(`https://rebind.example.com:${server.port}/a.yaml`),
      { mayFetch: async () => true },
      AbortSignal.timeout(600_000),
    );
    expect(answer).toMatchObject({ ok: false, failure: { kind: "refused" } });
    expect(server.asked).toEqual([]);
  });

  it("leads nobody from the internet into a private network by a redirect", async () => {
    const inside = await httpsServer();
    inside.files.set("/secret.yaml", "a: 1\n");
    const outside = await httpsServer();
    outside.files.set("/a.yaml", {
      status: 302,
      headers: { location: `https://127.0.0.1:${inside.port}/secret.yaml` },
    });
    const { refused } = sourcesWorld([outside, inside], { private: [outside.host] });
    expect(await refused(file(`${outside.url}/a.yaml`))).toMatchObject({ kind: "refused" });
    expect(inside.asked).toEqual([]);
  });

  it("is followed through few redirects, and to https alone", async () => {
    const server = await httpsServer();
    server.files.set("/loop.yaml", { status: 302, headers: { location: "/loop.yaml" } });
    server.files.set("/plain.yaml", { status: 302, headers: { location: "http://example.com/a.yaml" } });
    const { refused } = sourcesWorld([server]);
    expect(await refused(file(`${server.url}/loop.yaml`))).toMatchObject({
      kind: "refused",
      message: expect.stringContaining("too often"),
    });
    expect(await refused(file(`${server.url}/plain.yaml`))).toMatchObject({
      kind: "refused",
      message: expect.stringContaining("not https"),
    });
  });

  it("of a new host is not fetched, nor one of a new path, until the base branch or the operator has it", async () => {
    const server = await httpsServer();
    server.files.set("/acme/a.yaml", "a: 1\n");
    const used = { mayFetch: async ({ address }: SourceAddress) => address === `${server.host}/acme` };
    const { pin, refused } = sourcesWorld([server]);
    const elsewhere = await refused(file("https://evil.example.com/a.yaml"), used);
    expect(elsewhere).toMatchObject({ kind: "not-allowed", message: expect.stringContaining("evil.example.com") });
    expect(await refused(file(`${server.url}/other/a.yaml`), used)).toMatchObject({ kind: "not-allowed" });
    expect(await pin(file(`${server.url}/acme/a.yaml`), used)).toMatchObject({ ok: true });
    const operator = sourcesWorld([server], { allow: [`${server.host}/acme/**`, `${server.host}/acme`] });
    expect(await operator.pin(file(`${server.url}/acme/a.yaml`), { mayFetch: async () => false })).toMatchObject({
      ok: true,
    });
  });

  it("does not get another host's credentials by looking like it", async () => {
    const server = await httpsServer();
    server.files.set("/a.yaml", "a: 1\n");
    const credentials = [
      { host: "127.0.0.1", token: "SECRETSECRET" },
      { host: `evil.${server.host}`, token: "SECRETSECRET" },
    ];
    await sourcesWorld([server], { credentials }).pinned(file(`${server.url}/a.yaml`));
    expect(server.asked.map(({ authorization }) => authorization)).toEqual([undefined]);
  });
});

describe("an answer", () => {
  it("that is too long, or that never ends, is cut off", async () => {
    const server = await httpsServer();
    server.files.set("/long.yaml", Buffer.alloc(200_000));
    server.files.set("/endless.yaml", (_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    });
    const { refused } = sourcesWorld([server], { limits: { downloadBytes: 100_000 } });
    expect(await refused(file(`${server.url}/long.yaml`))).toMatchObject({ kind: "limit" });
    expect(await refused(file(`${server.url}/endless.yaml`))).toMatchObject({ kind: "limit" });
  });

  it("that does not come is given up", async () => {
    const server = await httpsServer();
    server.files.set("/never.yaml", () => undefined);
    const { refused } = sourcesWorld([server], {}, { requestMs: 500 });
    expect(await refused(file(`${server.url}/never.yaml`))).toMatchObject({ kind: "unreachable" });
  });

  it("that is no repository and no index is refused", async () => {
    const server = await httpsServer();
    server.otherwise = (_request, response) => void response.end("<html>hello</html>");
    const { refused } = sourcesWorld([server]);
    expect(await refused(git(`${server.url}/a`))).toMatchObject({ kind: "refused" });
    expect(await refused({ kind: "helm", repository: server.url, chart: "web", version: "1.0.0" })).toMatchObject({
      kind: "refused",
    });
  });

  it.each([
    ["a version of blanks", `entries:\n  web:\n  - name: web\n    version: 1${" ".repeat(2_000_000)}x\n`],
    ["keys in keys", `entries:\n  web:\n  - version: 1.0.0\n    urls: [a]\n    x: ${"? ".repeat(2000)}\n`],
    [
      "keys in keys, for whoever reads it whole",
      `entries: {web: [{version: 1.0.0, urls: [a], x: {${"? ".repeat(2000)}}}]}`,
    ],
    ["one long version", `entries:\n  web:\n  - version: 1.0.0\n    urls: [a]\n${"    # much\n".repeat(100_000)}`],
    [
      "aliases of aliases",
      `entries:\n  web:\n  - version: 1.0.0\n    a: &a [${"x,".repeat(99)}]\n    b: &b [${"*a,".repeat(99)}]\n    urls: [${"*b,".repeat(99)}]\n`,
    ],
  ])("of an index with %s is refused, at once", async (_what, index) => {
    const server = await httpsServer();
    server.files.set("/index.yaml", index);
    const { refused } = sourcesWorld([server]);
    const failure = await refused({ kind: "helm", repository: server.url, chart: "web", version: "1.0.0" });
    expect(failure.kind).toMatch(/refused|limit|not-found/);
  });

  it("of an index with a chart at a file or over http is refused", async () => {
    const server = await httpsServer();
    for (const url of ["file:///etc/passwd", "http://example.com/web.tgz", "oci://example.com/web"]) {
      server.files.set("/index.yaml", `entries:\n  web:\n  - name: web\n    urls:\n    - ${url}\n    version: 1.0.0\n`);
      const { refused } = sourcesWorld([server]);
      expect(await refused({ kind: "helm", repository: server.url, chart: "web", version: "1.0.0" })).toMatchObject({
        kind: "refused",
      });
    }
  });
});

describe("an archive", () => {
  const open = async (entries: readonly TarEntry[]) => unpack(await tgz(entries), "the archive", defaultSourceLimits);

  it.each<readonly [string, readonly TarEntry[]]>([
    ["a path that leads out of it", [{ name: "a/../../etc/passwd", text: "x" }]],
    ["an absolute path", [{ name: "/etc/passwd", text: "x" }]],
    ["a path of Windows", [{ name: "C:/a", text: "x" }]],
    ["a backslash", [{ name: "a\\..\\b", text: "x" }]],
    ["a symbolic link", [{ name: "a", type: "symlink", linkname: "/etc/passwd" }]],
    ["a hard link", [{ name: "a", type: "link", linkname: "b" }]],
    ["a device", [{ name: "a", type: "character-device" }]],
    ["a pipe", [{ name: "a", type: "fifo" }]],
    ["files of Git", [{ name: "a/.git/config", text: "x" }]],
    ["files of Git in other letters", [{ name: "a/.GIT/config", text: "x" }]],
    ["files of Git for file systems that drop a dot", [{ name: ".git./config", text: "x" }]],
    ["files of Git for file systems that drop what is not seen", [{ name: ".g\u200cit/config", text: "x" }]],
    [
      "one name twice",
      [
        { name: "a", text: "x" },
        { name: "./a", text: "y" },
      ],
    ],
    [
      "one name in two cases",
      [
        { name: "a/Values.yaml", text: "x" },
        { name: "a/values.yaml", text: "y" },
      ],
    ],
    [
      "a file where a folder is",
      [
        { name: "a/b", text: "x" },
        { name: "a", text: "y" },
      ],
    ],
    ["a line break in a name", [{ name: "a\nb", text: "x" }]],
  ])("with %s is refused", async (_what, entries) => {
    await expect(open(entries)).rejects.toMatchObject({ name: "UserError", kind: "refused" });
  });

  it("that is a bomb is not unpacked", async () => {
    const bomb = gzipSync(await tar([{ name: "a", text: Buffer.alloc(64 * 1024 * 1024) }]));
    await expect(unpack(bomb, "the bomb", defaultSourceLimits)).rejects.toMatchObject({ kind: "limit" });
    await expect(unpack(bomb, "the bomb", { ...defaultSourceLimits, unpackedBytes: 1024 })).rejects.toMatchObject({
      kind: "limit",
    });
    const many = await tgz(Array.from({ length: 50 }, (_, index) => ({ name: `f${index}`, text: "x" })));
    await expect(unpack(many, "the archive", { ...defaultSourceLimits, files: 40 })).rejects.toMatchObject({
      kind: "limit",
    });
  });

  it("that is cut off, or none, is refused", async () => {
    const whole = await tgz([{ name: "a", text: "x".repeat(5000) }]);
    await expect(unpack(whole.subarray(0, 40), "it", defaultSourceLimits)).rejects.toMatchObject({ kind: "refused" });
    await expect(
      unpack(Buffer.from("PK\u0003\u0004 a zip".padEnd(2000)), "it", defaultSourceLimits),
    ).rejects.toMatchObject({ kind: "refused" });
  });

  it("with long names and a folder for each file is read as tar reads it", async () => {
    const long = `${"folder/".repeat(30)}values.yaml`;
    const files = await open([
      { name: "folder/", type: "directory" },
      { name: long, text: "a: 1\n" },
      { name: "run.sh", mode: 0o755, text: "x" },
    ]);
    expect(files.map(({ path, executable }) => [path, executable])).toEqual([
      [long, false],
      ["run.sh", true],
    ]);
  });

  it("of a chart with files beside the chart's folder is refused", async () => {
    const outside = await chart("web", "1.0.0", [{ name: "other/values.yaml", text: "a: 1" }]);
    await expect(unpackChart(outside, "the chart", defaultSourceLimits)).rejects.toMatchObject({ kind: "refused" });
    const none = await tgz([{ name: "web/values.yaml", text: "a: 1" }]);
    await expect(unpackChart(none, "the chart", defaultSourceLimits)).rejects.toMatchObject({ kind: "refused" });
  });
});
