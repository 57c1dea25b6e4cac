import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type LocalRegistry, startLocalRegistry } from "../../sandbox/index.ts";
import type { TempGit } from "../support/temp-git.ts";
import { hasEscapes } from "./support/escapes.ts";
import { type Ran, sluice } from "./support/run.ts";
import { shop } from "./support/shop.ts";

const home = mkdtempSync(join(tmpdir(), "sluice-images-bump-"));
const digests = new Map<string, string>();
let registry: LocalRegistry;
let repository: TempGit;

beforeAll(async () => {
  registry = await startLocalRegistry();
  const images = ["orders:2.1.0", "orders:2.2.0", "orders:3.0.0", "webapp:1.3.0", "webapp:1.6.0", "webapp:main"];
  for (const reference of images) {
    const [name = "", tag = ""] = reference.split(":");
    digests.set(reference, (await registry.push({ repository: `acme/${name}`, tag })).digest);
  }
  const settings = `registries: [{ host: ghcr.io, address: "${registry.url}", insecure: true, private: true }]\n`;
  writeFileSync(join(home, "server.yaml"), settings);
});
afterAll(async () => {
  await registry.close();
  rmSync(home, { recursive: true, force: true });
});
beforeEach(() => {
  repository = shop();
});
afterEach(() => repository.remove());

const orders = "apps/orders/overlays/staging/kustomization.yaml";
const webapp = (environment: string) => `apps/webapp/overlays/${environment}/kustomization.yaml`;
const read = (path: string) => readFileSync(join(repository.dir, path), "utf8");

function bump(...args: readonly string[]): Promise<Ran> {
  const env = { DOCKER_CONFIG: home, SLUICE_SERVER_FILE: join(home, "server.yaml") };
  return sluice(["images", "bump", ...args], { cwd: repository.dir, env });
}

function digestOf(reference: string): string {
  return digests.get(reference) ?? "";
}

/** Commits another entry in place of the sample's own. */
function configure(entry: string): void {
  const text = read(".sluice.yaml");
  repository.commit({ ".sluice.yaml": text.replace(/^ {2}- image: ghcr[\s\S]*?(?=^preview:)/m, `  - ${entry}\n`) });
}

function set(path: string, from: string, to: string): void {
  repository.commit({ [path]: read(path).replace(from, to) });
}

describe("sluice images bump", () => {
  it("says what it would edit, and edits nothing", async () => {
    const { code, out, err } = await bump("ghcr.io/acme/orders:2.2.0");
    expect([code, err]).toEqual([0, ""]);
    const stable = out.replace(/of [0-9a-f]{7}/, "of COMMIT").replace(/sha256:[0-9a-f]{64}/, "DIGEST");
    expect(stable).toMatchInlineSnapshot(`
      "Bump ghcr.io/acme/orders to 2.2.0 of COMMIT
      DIGEST

      orders/staging (apps/orders/overlays/staging) planned
        ghcr.io/acme/orders 2.1.0 → 2.2.0
        apps/orders/overlays/staging/kustomization.yaml:10
          -     newTag: 2.1.0
          +     newTag: 2.2.0

      1 planned
      Nothing was written; --write edits the files.
      "
    `);
    expect(repository.git("status", "--porcelain")).toBe("");
  });

  it("gives the plan as JSON with just the documented keys", async () => {
    const { out } = await bump("ghcr.io/acme/orders:2.2.0", "--format", "json");
    expect(JSON.parse(out)).toEqual({
      image: "ghcr.io/acme/orders",
      tag: "2.2.0",
      digest: digestOf("orders:2.2.0"),
      commit: repository.git("rev-parse", "HEAD"),
      targets: [
        {
          app: "orders",
          environment: "staging",
          path: "apps/orders/overlays/staging",
          outcome: "planned",
          images: [{ image: "ghcr.io/acme/orders", from: "2.1.0", to: "2.2.0" }],
          edits: [{ file: orders, line: 10, before: "    newTag: 2.1.0", after: "    newTag: 2.2.0" }],
        },
      ],
    });
  });

  it("writes the files on request, byte for byte, and commits nothing; then all is there already", async () => {
    const text = read(orders).replaceAll("\n", "\r\n").replace("2.1.0", "'2.1.0'   # of the shop");
    repository.commit({ [orders]: text });
    const { code, out } = await bump("ghcr.io/acme/orders:2.2.0", "--write");
    expect(code).toBe(0);
    expect(out).toContain("1 file written; nothing was committed.");
    expect(read(orders)).toBe(text.replace("'2.1.0'", "'2.2.0'"));
    expect(repository.git("status", "--porcelain").trim()).toBe(`M ${orders}`);
    repository.git("commit", "--quiet", "--all", "--message", "Bump");
    expect((await bump("ghcr.io/acme/orders:2.2.0", "--write")).out).toContain("1 already there");
    expect(repository.git("status", "--porcelain")).toBe("");
  });

  it("refuses to write over work that is not committed, and names the file", async () => {
    writeFileSync(join(repository.dir, orders), `${read(orders)}# mine\n`);
    const before = read(orders);
    const { code, err } = await bump("ghcr.io/acme/orders:2.2.0", "--write");
    expect(code).toBe(2);
    expect(err).toContain(orders);
    expect(read(orders)).toBe(before);
  });

  it("goes to the environments that are named where the configuration has no entry", async () => {
    const { code, out } = await bump("ghcr.io/acme/webapp:1.6.0", "--environment", "dev,staging", "--write");
    expect(code).toBe(0);
    expect(out).toContain("2 files written");
    expect(read(webapp("dev"))).toContain("newTag: 1.6.0\n");
    expect(read(webapp("staging"))).toContain("newTag: 1.6.0\n");
    expect(read(webapp("prod"))).toContain("newTag: 1.3.0 # the version that customers see\n");
    const again = await bump("ghcr.io/acme/webapp:1.6.0", "--environment=prod", "--environment", "dev", "--app=webapp");
    expect(again.out).toContain("webapp/dev");
    expect(again.out).toContain("webapp/prod");
    expect(again.out).not.toContain("webapp/staging");
  });

  it("writes the digest that is given, and the registry's where the entry pins", async () => {
    const given = `ghcr.io/acme/webapp:1.6.0@${digestOf("webapp:1.6.0")}`;
    await bump(given, "--environment", "dev", "--write");
    expect(read(webapp("dev"))).toContain(`newTag: 1.6.0\n    digest: ${digestOf("webapp:1.6.0")}\n`);
    repository.git("checkout", "--quiet", "--", ".");
    configure("{ image: ghcr.io/acme/orders, policy: { semver: '2' }, environments: [staging], pin: both }");
    await bump("ghcr.io/acme/orders:2.2.0", "--write");
    expect(read(orders)).toContain(digestOf("orders:2.2.0"));
    expect((await bump("ghcr.io/acme/orders:2.2.0", "--base", "HEAD~1", "--format=json")).out).not.toContain("@sha256");
  });

  it("never leaves a digest behind", async () => {
    set(orders, "newTag: 2.1.0", `newTag: 2.1.0\n    digest: ${digestOf("orders:2.1.0")}`);
    const { code } = await bump("ghcr.io/acme/orders:2.2.0", "--write");
    expect(code).toBe(0);
    expect(read(orders)).toContain(digestOf("orders:2.2.0"));
    expect(read(orders)).not.toContain(digestOf("orders:2.1.0"));
  });

  it("follows a moving tag by its digest", async () => {
    set(webapp("dev"), "newTag: 1.5.0-rc.2", `newTag: main\n    digest: ${digestOf("webapp:1.3.0")}`);
    configure("{ image: ghcr.io/acme/webapp, policy: { digest: main }, environments: [dev] }");
    await bump("ghcr.io/acme/webapp:main", "--write");
    expect(read(webapp("dev"))).toContain(digestOf("webapp:main"));
    const other = await bump("ghcr.io/acme/webapp:1.6.0");
    expect(other.code).toBe(3);
    expect(other.out).toContain("not the tag that the policy follows");
  });

  it.each([
    ["ghcr.io/acme/orders:3.0.0", "3.0.0 is outside `^2.1`"],
    ["ghcr.io/acme/orders:2.1.0", "2.1.0 is lower than 2.2.0, and nothing goes backwards"],
  ])("refuses %s with the policy's reason and exits with 3, unless it is forced", async (image, reason) => {
    set(orders, "2.1.0", "2.2.0");
    const before = read(orders);
    const refused = await bump(image, "--write");
    expect(refused.code).toBe(3);
    expect(refused.out).toContain(reason);
    expect(refused.out).toContain("--force");
    expect(read(orders)).toBe(before);
    const json = JSON.parse((await bump(image, "--format", "json")).out);
    expect(json.targets).toEqual([
      {
        app: "orders",
        environment: "staging",
        path: "apps/orders/overlays/staging",
        outcome: "refused",
        reason,
        images: [],
        edits: [],
      },
    ]);
    const forced = await bump(image, "--write", "--force");
    expect(forced.code).toBe(0);
    expect(read(orders)).toBe(before.replace("2.2.0", image.slice(-5)));
  });

  it("refuses what cannot be proven, and plans the others", async () => {
    repository.commit({ [webapp("dev")]: "resources: [missing.yaml]\n" });
    const { code, out } = await bump("ghcr.io/acme/webapp:1.6.0", "--environment", "dev,staging", "--write");
    expect(code).toBe(3);
    expect(out).toContain("webapp/dev (apps/webapp/overlays/dev) refused");
    expect(out).toContain("1 planned, 1 refused");
    expect(read(webapp("staging"))).toContain("newTag: 1.6.0");
  });

  it("refuses a tag that has another digest meanwhile", async () => {
    const { code, out } = await bump(`ghcr.io/acme/orders:2.2.0@${digestOf("orders:3.0.0")}`);
    expect(code).toBe(3);
    expect(out).toContain(`the registry has 2.2.0 with the digest ${digestOf("orders:2.2.0")}`);
  });

  it("digest-of-another-tag: takes for the version what the digest is", async () => {
    const pinned = `newTag: 2.1.0\n    digest: ${digestOf("orders:2.2.0")}`;
    set(orders, "newTag: 2.1.0", pinned);
    configure("{ image: ghcr.io/acme/orders, policy: { semver: '>=1' }, environments: [staging] }");
    await registry.push({ repository: "acme/orders", tag: "2.1.5" });
    const { code, out } = await bump("ghcr.io/acme/orders:2.1.5", "--write");
    expect([code, read(orders).includes(pinned)]).toEqual([3, true]);
    expect(out).toContain("2.1.5 is lower than 2.2.0, which the digest beside 2.1.0 is, and nothing goes backwards");
    expect((await bump("ghcr.io/acme/orders:3.0.0", "--write")).code).toBe(0);
    expect(read(orders)).toContain(`newTag: 3.0.0\n    digest: ${digestOf("orders:3.0.0")}`);
  });

  it("asks nobody when it is offline, and says what it would have to know", async () => {
    const asked = registry.requests.length;
    const { code, out } = await bump("ghcr.io/acme/orders:2.9.0", "--offline", "--write");
    expect([code, out]).toEqual([0, expect.stringContaining("1 file written")]);
    expect(read(orders)).toContain("newTag: 2.9.0");
    const older = await bump("ghcr.io/acme/orders:2.0.0", "--offline");
    expect([older.code, older.out]).toEqual([3, expect.stringContaining("2.0.0 is outside")]);
    repository.git("checkout", "--quiet", "--", ".");
    configure("{ image: ghcr.io/acme/orders, policy: { semver: '2' }, environments: [staging], pin: both }");
    const unknown = await bump("ghcr.io/acme/orders:2.9.0", "--offline");
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining("ghcr.io/acme/orders:2.9.0@sha256:…")]);
    const given = `ghcr.io/acme/orders:2.9.0@sha256:${"a".repeat(64)}`;
    expect((await bump(given, "--offline")).code).toBe(0);
    expect(registry.requests.length).toBe(asked);
  });

  it.each([
    [["ghcr.io/acme/orders:2.7.0"], "the registry has no ghcr.io/acme/orders:2.7.0"],
    [["ghcr.io/acme/webapp:1.6.0"], "name the environments: --environment ENV"],
    [["ghcr.io/acme/webapp:1.6.0", "--environment", "stagign"], 'did you mean "staging"?'],
    [["ghcr.io/acme/webapp:1.6.0", "--environment", ","], "--environment needs a value"],
    [["ghcr.io/acme/orders:2.2.0", "--environment", "prod"], "sluice promote --to prod"],
    [["ghcr.io/acme/orders:2.2.0", "--app", "order"], 'did you mean "orders"?'],
    [["ghcr.io/acme/orders:2.2.0", "--app", "webapp"], "no target in staging has the image"],
    [["ghcr.io/acme/orders"], "has no tag"],
    [["ghcr.io/acme/orders:2.2.0@sha256:abc"], "is not a digest"],
    [["ghcr.io/acme/orders:a b"], "cannot be a tag"],
    [["-", "x"], "takes IMAGE:TAG[@DIGEST]"],
    [[], "name it with its tag"],
  ])("explains %j with its fix, and exits with 2", async (args, text) => {
    const { code, out, err } = await bump(...args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(text);
  });

  it("paints on a terminal only", async () => {
    const args = ["images", "bump", "ghcr.io/acme/orders:2.2.0", "--offline"];
    expect(hasEscapes((await sluice(args, { cwd: repository.dir, terminal: true })).out)).toBe(true);
    expect(hasEscapes((await sluice(args, { cwd: repository.dir })).out)).toBe(false);
  });
});

describe("sluice images", () => {
  it("lists its commands, and each has help of its own", async () => {
    const { code, out } = await sluice(["images", "--help"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}images check {2}show/m);
    expect(out).toMatch(/^ {2}images bump {3}set/m);
    const help = await sluice(["images", "bump", "--help"]);
    expect(help.out).toContain("Usage: sluice images bump IMAGE:TAG[@DIGEST] [flags]");
    expect(await sluice(["help", "images", "bump"])).toEqual(help);
    expect((await sluice(["images", "check", "-h"])).out).toContain("Usage: sluice images check [IMAGE…] [flags]");
    for (const text of [out, help.out]) {
      expect(text.split("\n").filter((line) => line.length > 100 && !line.includes("sluice "))).toEqual([]);
    }
  });

  it.each([
    [["images"], "Usage: sluice images <command>"],
    [["images", "chekc"], "did you mean sluice images check?"],
    [["images", "deploy-all"], "the commands are images check, images bump"],
    [["images", "--format", "json"], "the command comes first: sluice images <command>"],
    [["images", "bump", "--wirte"], "did you mean --write?"],
    [["image"], "did you mean sluice images?"],
  ])("explains %j, and exits with 2", async (argv, text) => {
    const { code, out, err } = await sluice(argv);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(text);
  });
});
