import { execFile } from "node:child_process";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { selfSigned } from "../../sandbox/certificate.ts";
import { tempDir } from "../support/temp-git.ts";

const run = promisify(execFile);
const script = pathToFileURL(join(import.meta.dirname, "../../scripts/lib/go.mjs")).href;
const program = `
  import { requireGo } from ${JSON.stringify(script)};
  const found = await requireGo("The engine is not built.", ["build it elsewhere"]).catch(({ message }) => ({ message }));
  process.stdout.write(JSON.stringify({ ...found, toolchain: process.env.GOTOOLCHAIN }));
`;

let folder = "";
let servers: Server[] = [];
beforeEach(() => {
  folder = tempDir("sluice-go-");
  servers = [];
});
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  rmSync(folder, { recursive: true, force: true });
});

/** What the set-up finds on a machine whose PATH is one folder and whose cache is empty. */
async function setUpWith(env: Readonly<Record<string, string>>): Promise<string> {
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program], {
    env: { PATH: folder, HOME: folder, SLUICE_CACHE: join(folder, "cache"), ...env },
  });
  return stdout;
}

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** A program that says that it is Go of this version. */
function fakeGo(version: string): void {
  writeFileSync(join(folder, "go"), `#!/bin/sh\necho go${version}\n`);
  chmodSync(join(folder, "go"), 0o755);
}

describe.skipIf(process.platform === "win32")("the set-up's Go", () => {
  it("is the one on the PATH, when it is new enough", async () => {
    fakeGo("1.26.0");
    expect(JSON.parse(await setUpWith({ GOPROXY: "off" }))).toEqual({ version: "go1.26.0", from: "the PATH" });
  });

  it("is missing where the one on the PATH is too old and none can be fetched: the error names the ways", async () => {
    fakeGo("1.25.9");
    const { message } = JSON.parse(await setUpWith({ GOPROXY: "off" }));
    expect(message).toBe(
      [
        "The engine is not built.",
        "No Go ≥ 1.26 is on the PATH, and none could be fetched:",
        "GOPROXY names no proxy, so no module may be downloaded",
        "Ways:",
        "  - build it elsewhere",
        "  - install Go ≥ 1.26",
        "  - name a module proxy that this machine reaches in GOPROXY",
      ].join("\n"),
    );
  });

  it("is fetched through the proxy of the environment, with its certificates", async () => {
    const { privateKey, pem } = selfSigned("localhost");
    const key = privateKey.export({ type: "pkcs8", format: "pem" });
    const modules = createHttpsServer({ key, cert: pem }, (_, response) => response.end("no toolchain"));
    const port = await listen(modules);
    const tunnels: string[] = [];
    const proxy = createHttpServer();
    proxy.on("connect", ({ url = "" }, client) => {
      tunnels.push(url);
      const upstream = connect(port, "127.0.0.1", () => client.write("HTTP/1.1 200 OK\r\n\r\n"));
      upstream.pipe(client).pipe(upstream);
      for (const socket of [upstream, client]) socket.on("error", () => socket.destroy());
    });
    writeFileSync(join(folder, "authority.pem"), pem);
    const goproxy = { GOPROXY: `https://localhost:${port}`, HTTPS_PROXY: `http://127.0.0.1:${await listen(proxy)}` };
    expect(await setUpWith(goproxy)).toContain("self-signed certificate");
    // Go and Node look at SSL_CERT_FILE where the system keeps its certificates in files.
    const variable = process.platform === "darwin" ? "NODE_EXTRA_CA_CERTS" : "SSL_CERT_FILE";
    const trusting = { ...goproxy, [variable]: join(folder, "authority.pem") };
    expect(await setUpWith(trusting)).toContain(`https://localhost:${port}: ended after 12 of `);
    expect(new Set(tunnels)).toEqual(new Set([`localhost:${port}`]));
    expect(await setUpWith({ ...trusting, NO_PROXY: "localhost" })).toContain("ended after 12 of ");
    expect(tunnels).toHaveLength(2);
  });
});
