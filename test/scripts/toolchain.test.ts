import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pinnedRelease, type Release, ToolchainError } from "../../scripts/lib/release.ts";
import { installToolchain } from "../../scripts/lib/toolchain.ts";
import { tempDir } from "../support/temp-git.ts";
import { type ZipFile, zipOf } from "./support/zip.ts";

const module = "v0.0.1-go1.99.0.plan9-mips";
const top = `golang.org/toolchain@${module}`;
const path = `/golang.org/toolchain/@v/${module}.zip`;

const good = zipOf([
  { name: `${top}/bin/go`, content: "#!/bin/sh\n" },
  { name: `${top}/pkg/tool/plan9_mips/compile`, content: "compile" },
  { name: `${top}/src/_go.mod`, content: "module std\n" },
  { name: `${top}/src/fmt/print.go`, content: "package fmt\n" },
]);

function releaseOf(zip: Buffer): Release {
  const sha256 = createHash("sha256").update(zip).digest("hex");
  return { version: "go1.99.0", platform: "plan9-mips", module, bytes: zip.length, sha256 };
}

type Answer = (response: ServerResponse, request: IncomingMessage) => void;
const give =
  (content: Buffer): Answer =>
  (response) =>
    response.end(content);
const status =
  (code: number): Answer =>
  (response) =>
    response.writeHead(code).end();

let folder = "";
let servers: Server[] = [];
beforeEach(() => {
  folder = tempDir("sluice-toolchain-");
  servers = [];
});
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  rmSync(folder, { recursive: true, force: true });
});

/** A module proxy that answers every request so. */
async function proxy(answer: Answer): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    answer(response, request);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return { url: `http://127.0.0.1:${port}`, asked };
}

const install = (goproxy: string, release = releaseOf(good), options: { stall?: number; limit?: number } = {}) =>
  installToolchain(release, { folder, goproxy, progress: () => undefined, ...options });

describe("the Go toolchain", () => {
  it("comes from the module proxy with its run bits and its go.mod, and from the cache the next time", async () => {
    const { url, asked } = await proxy(give(good));
    const bin = join(folder, "go1.99.0.plan9-mips", "bin");
    expect(await install(url)).toEqual({ bin, version: "go1.99.0", from: url });
    expect(await install(url)).toEqual({ bin, version: "go1.99.0", from: "the cache" });
    expect(asked).toEqual([path]);
    expect(readdirSync(folder)).toEqual(["go1.99.0.plan9-mips"]);
    const home = join(bin, "..");
    expect(readFileSync(join(home, "src", "go.mod"), "utf8")).toBe("module std\n");
    if (process.platform === "win32") return;
    const programs = ["bin/go", "pkg/tool/plan9_mips/compile", "src/fmt/print.go"];
    expect(programs.map((name) => statSync(join(home, name)).mode & 0o111)).toEqual([0o111, 0o111, 0]);
  });

  it("replaces a folder of that name without a go, and is kept from other people", async () => {
    const { url, asked } = await proxy(give(good));
    const cache = join(folder, "cache");
    const options = { folder: cache, goproxy: url, progress: () => undefined };
    await installToolchain(releaseOf(good), options);
    if (process.platform !== "win32") expect(statSync(cache).mode & 0o777).toBe(0o700);
    rmSync(join(cache, "go1.99.0.plan9-mips", "bin", "go"));
    const { bin } = await installToolchain(releaseOf(good), options);
    expect(readdirSync(bin)).toEqual(["go"]);
    expect(readdirSync(cache)).toEqual(["go1.99.0.plan9-mips"]);
    expect(asked).toHaveLength(2);
  });

  it("cannot be kept in a file", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const installed = installToolchain(releaseOf(good), { folder: file, goproxy: "off", progress: () => undefined });
    await expect(installed).rejects.toThrow(ToolchainError);
    await expect(installed).rejects.toThrow(`${file} cannot keep a toolchain`);
  });

  it("is fetched by two processes at once without harm", async () => {
    const { url } = await proxy(give(good));
    const [one, other] = await Promise.all([install(url), install(url)]);
    expect(one).toEqual(other);
    expect(readdirSync(folder)).toEqual(["go1.99.0.plan9-mips"]);
  });

  it("says how far it is", async () => {
    const { url } = await proxy(give(good));
    const heard: string[] = [];
    await installToolchain(releaseOf(good), { folder, goproxy: url, progress: (text) => heard.push(text) });
    expect(new Set(heard)).toEqual(new Set(["0 of 0 MiB", "unpacking"]));
  });

  it("comes from a folder, too", async () => {
    const modules = join(folder, "modules");
    mkdirSync(join(modules, path, ".."), { recursive: true });
    writeFileSync(join(modules, path), good);
    const url = pathToFileURL(modules).href;
    expect((await install(`${pathToFileURL(join(folder, "none")).href},${url}`)).from).toBe(url);
  });

  it("is asked for with the user and password of the address", async () => {
    const { url } = await proxy((response, { headers }) =>
      headers.authorization === `Basic ${btoa("robot:secret")}` ? response.end(good) : response.writeHead(401).end(),
    );
    const from = `${url.replace("//", "//robot:secret@")}`;
    expect((await install(from)).from).toBe(url);
    await expect(install(from.replace("secret", "wrong"), { ...releaseOf(good), version: "go1.99.1" })).rejects.toThrow(
      `${url}: answered 401 Unauthorized`,
    );
  });
});

describe("a Go toolchain that cannot be had", () => {
  afterEach(() => expect(readdirSync(folder), "nothing is kept").toEqual([]));

  it("was altered on its way: no other source is asked", async () => {
    const altered = Buffer.from(good);
    altered.writeUInt8(1, good.length - 1);
    const [bad, other] = [await proxy(give(altered)), await proxy(give(good))];
    const { sha256 } = releaseOf(good);
    await expect(install(`${bad.url}|${other.url}`)).rejects.toThrow(sha256);
    await expect(install(`${bad.url}|${other.url}`)).rejects.toThrow("damaged or altered on its way, and is not used");
    expect(other.asked).toEqual([]);
  });

  it("is longer than it is known to be", async () => {
    const { url } = await proxy(give(Buffer.concat([good, good])));
    await expect(install(url)).rejects.toThrow(`is longer than ${good.length} bytes`);
  });

  it("ends too early", async () => {
    const short = await proxy(give(good.subarray(0, 100)));
    await expect(install(short.url)).rejects.toThrow(`${short.url}: ended after 100 of ${good.length} bytes`);
    const broken = await proxy((response) => {
      response.writeHead(200, { "content-length": good.length });
      response.write(good.subarray(0, 100), () => response.destroy());
    });
    await expect(install(broken.url)).rejects.toThrow(`${broken.url}: `);
  });

  it("is nowhere: every source says so", async () => {
    const [one, other] = [await proxy(status(404)), await proxy(status(410))];
    await expect(install(`${one.url},${other.url}`)).rejects.toThrow(
      `${one.url}: answered 404 Not Found\n${other.url}: answered 410 Gone`,
    );
  });

  it("hangs", async () => {
    const { url } = await proxy((response) => response.writeHead(200).flushHeaders());
    await expect(install(url, releaseOf(good), { stall: 20 })).rejects.toThrow(`${url}: sent nothing for 0.02 s`);
  });

  it("comes too slowly, byte by byte: no other source is asked", async () => {
    const slow = await proxy((response) => {
      const timer = setInterval(() => response.write("x"), 2);
      response.on("close", () => clearInterval(timer));
    });
    const other = await proxy(give(good));
    const endless = { ...releaseOf(good), bytes: 1e9 };
    await expect(install(`${slow.url}|${other.url}`, endless, { limit: 50 })).rejects.toThrow(
      "the download took longer than 0.05 s",
    );
    expect(other.asked).toEqual([]);
  });

  it("may not be downloaded", async () => {
    await expect(install("off")).rejects.toThrow("GOPROXY names no proxy");
    await expect(install("direct")).rejects.toThrow("GOPROXY names no proxy");
  });

  it.each<[string, ZipFile]>([
    ["a file named", { name: `${top}/../../escaped`, content: "x" }],
    [`outside ${top}/`, { name: "golang.org/toolchain@v0.0.1-go1.99.0.other/bin/go", content: "x" }],
    ["has a damaged", { name: `${top}/bin/go`, content: "x", crc: 1 }],
  ])("is a zip that is wrong: %s", async (message, file) => {
    const zip = zipOf([{ name: `${top}/VERSION`, content: "go1.99.0" }, file]);
    const { url } = await proxy(give(zip));
    await expect(install(url, releaseOf(zip))).rejects.toThrow(message);
  });
});

describe("a source that fails", () => {
  it("is followed by the next behind a comma only when it has no such module, behind a bar in any case", async () => {
    const [failing, missing, other] = [await proxy(status(500)), await proxy(status(404)), await proxy(give(good))];
    await expect(install(`${failing.url},${other.url}`)).rejects.toThrow("answered 500");
    expect(other.asked).toEqual([]);
    expect((await install(`${failing.url}|${missing.url},${other.url}`)).from).toBe(other.url);
  });

  it("that nobody listens at is one, too", async () => {
    const [closed, other] = [await proxy(status(500)), await proxy(give(good))];
    await new Promise((resolve) => servers.shift()?.close(resolve));
    await expect(install(closed.url)).rejects.toThrow("ECONNREFUSED");
    expect((await install(`${closed.url}|${other.url}`)).from).toBe(other.url);
  });
});

describe("what a killed process left", () => {
  it("is removed once it is old", async () => {
    const names = ["go1.99.0.plan9-mips.partial-old", "go1.99.0.plan9-mips.partial-new", "go1.98.0.plan9-mips"];
    for (const name of names) mkdirSync(join(folder, name));
    for (const name of names.filter((each) => !each.endsWith("new"))) utimesSync(join(folder, name), 1000, 1000);
    await install((await proxy(give(good))).url);
    expect(readdirSync(folder).sort()).toEqual(["go1.98.0.plan9-mips", "go1.99.0.plan9-mips", names[1]]);
  });
});

describe("the pinned release", () => {
  it("is there for Linux and macOS on both processors", () => {
    const platforms = ["linux", "darwin"].flatMap((system) =>
      ["x64", "arm64"].map((cpu) => pinnedRelease(system, cpu)),
    );
    for (const release of platforms) {
      expect(release).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
      expect(release?.module).toBe(`v0.0.1-${release?.version}.${release?.platform}`);
    }
    expect(platforms[0]?.platform).toBe("linux-amd64");
    expect(pinnedRelease("plan9", "mips")).toBeUndefined();
  });

  it("can build the engine", () => {
    const wanted = /^go (\d+)\.(\d+)/m.exec(readFileSync(join(import.meta.dirname, "../../engine/go.mod"), "utf8"));
    const pinned = /^go(\d+)\.(\d+)\./.exec(pinnedRelease("linux", "x64")?.version ?? "");
    expect(pinned?.[1]).toBe(wanted?.[1]);
    expect(Number(pinned?.[2])).toBeGreaterThanOrEqual(Number(wanted?.[2]));
  });
});
