import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type LocalRegistry, startLocalRegistry } from "../../sandbox/index.ts";
import type { TempGit } from "../support/temp-git.ts";
import { hasEscapes } from "./support/escapes.ts";
import { sluice } from "./support/run.ts";
import { shop } from "./support/shop.ts";

const stagingFile = "apps/orders/overlays/staging/kustomization.yaml";
const home = mkdtempSync(join(tmpdir(), "sluice-images-check-"));
const serverFile = join(home, "sluice.server.yaml");
let registry: LocalRegistry;
let repository: TempGit;

/** Stands in for the registry that the sample's images are in. */
const mirror = (more = "") =>
  `registries:\n  - { host: ghcr.io, address: "${registry.url}", insecure: true, private: true${more} }\n`;

beforeAll(async () => {
  registry = await startLocalRegistry({ users: { ci: "of the pipeline" } });
  for (const tag of ["2.1.0", "2.1.1", "2.2.0", "2.3.0-rc.1", "3.0.0", "latest"]) {
    await registry.push({ repository: "acme/orders", tag });
  }
  writeFileSync(join(home, "config.json"), dockerConfig("of the pipeline"));
});
afterAll(async () => {
  await registry.close();
  rmSync(home, { recursive: true, force: true });
});
beforeEach(() => {
  repository = shop();
  writeFileSync(serverFile, mirror());
});
afterEach(() => repository.remove());

function dockerConfig(password: string): string {
  return JSON.stringify({ auths: { "ghcr.io": { auth: Buffer.from(`ci:${password}`).toString("base64") } } });
}

const check = (...args: readonly string[]) =>
  sluice(["images", "check", ...args], {
    cwd: repository.dir,
    env: { DOCKER_CONFIG: home, SLUICE_SERVER_FILE: serverFile },
  });

function configure(images: string): void {
  const text = repository.git("show", "HEAD:.sluice.yaml");
  repository.commit({
    ".sluice.yaml": text.replace(/^images:\n[\s\S]*?(?=^preview:)/m, `images:\n${images}`).concat("\n"),
  });
}

describe("sluice images check", () => {
  it("says what would be bumped, why, and by which edit, and writes nothing", async () => {
    const { code, out, err } = await check();
    expect([code, err]).toEqual([0, ""]);
    expect(out.replace(/of [0-9a-f]{7}/, "of COMMIT")).toMatchInlineSnapshot(`
      "Images of COMMIT

      ghcr.io/acme/orders → staging (semver ^2.1)
        2.2.0 takes the place of 2.1.0: it is the highest version in \`^2.1\`
        skipped 2.1.1
        orders/staging (apps/orders/overlays/staging) planned
          ghcr.io/acme/orders 2.1.0 → 2.2.0
          apps/orders/overlays/staging/kustomization.yaml:10
            -     newTag: 2.1.0
            +     newTag: 2.2.0

      1 image, 1 target to bump
      "
    `);
    expect(repository.git("status", "--porcelain")).toBe("");
  });

  it("says of each tag why, when asked", async () => {
    const { out } = await check("ghcr.io/acme/orders", "--verbose");
    expect(out).toContain("✔ 2.2.0 is the highest version in `^2.1`\n");
    expect(out).toContain("· 2.1.0 is what orders/staging has\n");
    expect(out).toContain("✖ 2.3.0-rc.1 is a pre-release, which the range leaves out\n");
    expect(out).toContain("✖ 3.0.0 is outside `^2.1`\n");
  });

  it("gives the same as JSON with just the documented keys", async () => {
    const { out } = await check("--format", "json");
    const { commit, images } = JSON.parse(out);
    expect(commit).toBe(repository.git("rev-parse", "HEAD"));
    const [{ tags, digest, ...image }] = images;
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(tags).toContainEqual({ tag: "latest", outcome: "not-chosen", reason: "latest is no semantic version" });
    expect(image).toEqual({
      image: "ghcr.io/acme/orders",
      policy: { semver: "^2.1" },
      environments: ["staging"],
      pin: "tag",
      outcome: "bump",
      summary: "2.2.0 takes the place of 2.1.0: it is the highest version in `^2.1`",
      tag: "2.2.0",
      skipped: ["2.1.1"],
      targets: [
        {
          app: "orders",
          environment: "staging",
          path: "apps/orders/overlays/staging",
          outcome: "planned",
          images: [{ image: "ghcr.io/acme/orders", from: "2.1.0", to: "2.2.0" }],
          edits: [{ file: stagingFile, line: 10, before: "    newTag: 2.1.0", after: "    newTag: 2.2.0" }],
          versions: [{ tag: "2.1.0", digest: "", moves: true, reason: "2.1.0 is lower than 2.2.0" }],
        },
      ],
    });
  });

  it("exits with 3 for something to bump, and with 0 for nothing, only when asked", async () => {
    expect((await check("--exit-code")).code).toBe(3);
    const text = repository.git("show", `HEAD:${stagingFile}`);
    repository.commit({ [stagingFile]: `${text.replace("2.1.0", "2.2.0")}\n` });
    const { code, out } = await check("--exit-code");
    expect(code).toBe(0);
    expect(out).toContain("orders/staging (apps/orders/overlays/staging) unchanged\n    2.2.0: it has 2.2.0 already\n");
    expect(out).toContain("1 image, 0 targets to bump");
  });

  it("looks at the commit that is named", async () => {
    const first = repository.git("rev-parse", "HEAD");
    repository.commit({
      ".sluice.yaml": "version: 1\nenvironments: [{ name: dev, path: 'apps/{app}/overlays/dev' }]\n",
    });
    expect((await check()).out).toContain("The configuration lists no images.");
    expect((await check("--base", first)).out).toContain("1 image, 1 target to bump");
  });

  it("tells a registry that refuses of its entry alone, and says which credentials were not used", async () => {
    configure(`  - { image: ghcr.io/acme/orders, policy: { semver: "^2.1" }, environments: [staging] }
  - { image: "${registry.host}/acme/webapp", policy: { semver: "^1.0" }, environments: [staging] }
`);
    writeFileSync(serverFile, `${mirror()}  - { host: "${registry.host}", insecure: true, private: true }\n`);
    const { code, out } = await check();
    expect(code).toBe(2);
    expect(out).toContain("2.2.0 takes the place of 2.1.0");
    expect(out).toMatch(/ {2}✖ .*127\.0\.0\.1/);
    expect(out).toContain("2 images, 1 target to bump, 1 failed");
    const { images } = JSON.parse((await check("--format", "json")).out);
    expect(images[1]).toMatchObject({ outcome: "failed", error: expect.stringContaining(registry.host) });
  });

  it("exits with 1 when a registry cannot be reached", async () => {
    writeFileSync(serverFile, mirror().replace(/127\.0\.0\.1:\d+/, "127.0.0.1:1"));
    const { code, out } = await check();
    expect(code).toBe(1);
    expect(out).toContain("✖");
  });

  it("reaches loopback only when that is allowed", async () => {
    configure(`  - { image: "${registry.host}/acme/orders", policy: { semver: "^2.1" }, environments: [staging] }\n`);
    const file = repository.git("show", `HEAD:${stagingFile}`);
    repository.commit({
      [stagingFile]: `${file.replace("newTag: 2.1.0", `newName: ${registry.host}/acme/orders\n    newTag: 2.1.0`)}\n`,
    });
    const auths = { [registry.host]: { username: "ci", password: "of the pipeline" } };
    writeFileSync(serverFile, "");
    const own = mkdtempSync(join(home, "docker-"));
    writeFileSync(join(own, "config.json"), JSON.stringify({ auths }));
    const run = (...args: readonly string[]) =>
      sluice(["images", "check", ...args], { cwd: repository.dir, env: { DOCKER_CONFIG: own } });
    const refused = await run();
    expect(refused.code).toBe(2);
    expect(refused.out).toContain("private");
    const allowed = await run("--insecure", `localhost:1,${registry.host}`);
    expect([allowed.code, allowed.err]).toEqual([0, ""]);
    expect(allowed.out).toContain("2.2.0 takes the place of 2.1.0");
  });

  it("does not read a server's file that merely lies there, and uses no credentials that are for some repositories", async () => {
    writeFileSync(join(repository.dir, "sluice.server.yaml"), "registries: broken\n");
    expect((await check()).code).toBe(0);
    const named = await check("--server-file", "sluice.server.yaml");
    expect(named.code).toBe(2);
    expect(named.err).toContain("sluice.server.yaml:1:");
    const env = { DOCKER_CONFIG: join(home, "none"), SLUICE_SERVER_FILE: serverFile, PASSWORD: "of the pipeline" };
    const withPassword = `, username: ci, password: "\${PASSWORD}"`;
    const run = () => sluice(["images", "check"], { cwd: repository.dir, env });
    writeFileSync(serverFile, mirror(withPassword));
    expect((await run()).code).toBe(0);
    writeFileSync(serverFile, mirror(`${withPassword}, repositories: [acme/gitops]`));
    const restricted = await run();
    expect(restricted.code).toBe(2);
    expect(restricted.err).toContain("the credentials of ghcr.io in the server's file are for some repositories only");
    expect(`${restricted.out}${restricted.err}`).not.toContain("of the pipeline");
  });

  it("tells a target that does not render, and looks at the others", async () => {
    repository.commit({ [stagingFile]: "resources: [missing.yaml]\n" });
    const { code, out } = await check();
    expect(code).toBe(0);
    expect(out).toContain("orders/staging (apps/orders/overlays/staging) refused");
    expect(out).toContain("missing.yaml");
    expect((await check("--exit-code")).code).toBe(3);
  });

  it.each([
    [["ghcr.io/acme/order"], "did you mean ghcr.io/acme/orders?"],
    [["--insecure", "http://localhost:5000"], "is not a registry's host"],
    [["--server-file", "nowhere.yaml"], "there is no file"],
    [["--base", "nowhere"], "nowhere"],
  ])("explains %j with its fix, and exits with 2", async (args, text) => {
    const { code, out, err } = await check(...args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(text);
  });

  it("paints on a terminal only", async () => {
    const env = { DOCKER_CONFIG: home, SLUICE_SERVER_FILE: serverFile };
    const painted = await sluice(["images", "check", "--verbose"], { cwd: repository.dir, env, terminal: true });
    expect(hasEscapes(painted.out)).toBe(true);
    expect(hasEscapes((await check("--verbose")).out)).toBe(false);
  });
});
