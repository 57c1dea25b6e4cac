import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { emptyServerFile, readServerFile } from "../../src/settings/file.ts";

const secret = "s3cr3t-value-of-nobody";

describe("the server's file", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "sluice-settings-"));
    writeFileSync(join(folder, "token"), `\n${secret}\n`);
    writeFileSync(join(folder, "empty"), "\n");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const read = (text: string, environment: Record<string, string> = { TOKEN: secret, EMPTY: "" }) =>
    readServerFile(text, {
      environment,
      readFile: (path) => readFileSync(path, "utf8"),
      file: join(folder, "sluice.server.yaml"),
    });
  const problems = (text: string): readonly string[] => {
    const result = read(text);
    if (result.ok) return [];
    return result.problems.map(({ line, column, message, fix }) => `${line}:${column} ${message} | ${fix}`);
  };
  const settings = (text: string) => {
    const result = read(text);
    return result.ok ? result.settings : result.problems;
  };

  it("may be empty", () => {
    for (const text of ["", "# nothing yet\n", "{}", "hooks: []\nregistries: []\n"]) {
      expect(settings(text)).toEqual(emptyServerFile);
    }
  });

  it("takes secrets from the environment and from files beside it", () => {
    const text = `
registries:
  - host: ghcr.io
    token: \${TOKEN}
  - host: registry.example.com
    username: robot
    password: { file: token }
  - host: other.example.com
    token: { file: ${join(folder, "token")} }
`;
    expect(settings(text)).toMatchObject({
      registries: [{ token: secret }, { username: "robot", password: secret }, { token: secret }],
    });
  });

  it("takes no secret that is written out, and quotes none", () => {
    for (const written of [secret, `\${TOKEN}${secret}`, `"\${TOKEN"`, "''", "$TOKEN"]) {
      const [only, ...others] = problems(`registries:\n  - host: ghcr.io\n    token: ${written}\n`);
      expect(others).toEqual([]);
      expect(only).toMatch(
        /^3:12 `registries\[0\]\.token` contains the secret itself; write a reference to it \| Write/,
      );
      expect(only).not.toContain("s3cr3t");
    }
  });

  it.each([
    ["a mistake in the syntax", `registries:\n  - host: ghcr.io\n    token: "${secret}\n`],
    ["an alias without anchor", `registries:\n  - host: ghcr.io\n    token: *${secret}\n`],
    ["a text after a text", `registries:\n  - host: ghcr.io\n    token: "a" ${secret}\n`],
    ["a secret for a registry", `registries: [${secret}]\n`],
    ["a secret for everything", `${secret}\n`],
    ["a secret for a number", `registries:\n  - { host: ghcr.io, concurrency: ${secret} }\n`],
    ["a secret for a host", `registries:\n  - { host: "${secret}!" }\n`],
    ["a secret for an address", `registries:\n  - { host: ghcr.io, address: "${secret}" }\n`],
    ["a secret for a path", `registries:\n  - { host: ghcr.io, token: { file: token, or: ${secret} } }\n`],
    ["a list of secrets", `registries:\n  - { host: ghcr.io, token: [${secret}] }\n`],
  ])("refuses %s without quoting it", (_, text) => {
    expect(problems(text)).toHaveLength(1);
    expect(JSON.stringify(read(text))).not.toContain("s3cr3t");
  });

  it("names the variable that is not set and the file that cannot be read or is empty", () => {
    const of = (written: string) => problems(`registries:\n  - host: ghcr.io\n    token: ${written}\n`).join("\n");
    expect(of(`\${MISSING}`)).toContain("needs the environment variable MISSING, which is not set | Set MISSING.");
    expect(of(`\${EMPTY}`)).toContain("needs the environment variable EMPTY, which is not set");
    expect(of("{ file: nowhere }")).toContain(
      `needs the file ${join(folder, "nowhere")}, which cannot be read: ENOENT`,
    );
    expect(of("{ file: empty }")).toContain(`needs the file ${join(folder, "empty")}, which is empty`);
  });

  it("tells everything that is wrong at once, with its place, and what was meant", () => {
    const text = `
registrys: []
registries:
  - host: https://ghcr.io
    usernme: robot
  - username: robot
    password: \${TOKEN}
  - host: ghcr.io
    concurrency: many
    private: yes please
`;
    expect(problems(text).map((problem) => problem.split(" | "))).toEqual([
      ["2:1 `registrys` is not a key of the file", "Did you mean `registries`?"],
      [
        "4:11 `registries[0].host` must be a registry's host as in image names, without https:// and path",
        expect.stringContaining("For example `host: ghcr.io`."),
      ],
      ["5:5 `usernme` is not a key of `registries[0]`", "Did you mean `username`?"],
      ["6:5 `registries[1]` has no `host`", expect.stringContaining("Add it.")],
      ["9:18 `registries[2].concurrency` must be a number, not text", expect.any(String)],
      ["10:14 `registries[2].private` must be `true` or `false`, not text", expect.any(String)],
    ]);
  });

  it("takes receivers of every kind, with all secrets that hold", () => {
    const text = `
hooks:
  - { name: hub, kind: dockerhub, secret: { file: token } }
  - { name: ci, kind: hmac, secret: "\${TOKEN}", previousSecret: { file: token }, images: [ghcr.io/acme/**] }
  - { name: gar, kind: gar, audience: https://sluice.example.com, email: push@acme.iam.gserviceaccount.com }
`;
    expect(settings(text)).toMatchObject({
      hooks: [
        { name: "hub", kind: "dockerhub", secrets: [secret] },
        { name: "ci", kind: "hmac", secrets: [secret, secret], images: ["ghcr.io/acme/**"] },
        { name: "gar", kind: "gar" },
      ],
    });
  });

  it("tells which kind of receiver was meant, and which keys that kind has", () => {
    const text = `
hooks:
  - { name: one, kind: harber, secret: "\${TOKEN}" }
  - { name: two, secret: "\${TOKEN}" }
  - { name: three, kind: nexus, secret: "\${TOKEN}", hots: docker.example.com }
  - { name: four, kind: hmac, secret: ${secret} }
  - { name: Five, kind: hmac, secret: "\${TOKEN}" }
`;
    expect(problems(text)).toEqual([
      expect.stringMatching(
        /^3:24 `hooks\[0\]\.kind` has a value that is not allowed \| Did you mean `harbor`\? It can be `dockerhub`,/,
      ),
      expect.stringMatching(/^4:5 `hooks\[1\]` has no `kind`/),
      expect.stringMatching(/^5:5 `hooks\[2\]` has no `host`/),
      expect.stringMatching(/^5:53 `hots` is not a key of `hooks\[2\]` \| Did you mean `host`\?/),
      expect.stringMatching(/^6:39 `hooks\[3\]\.secret` contains the secret itself/),
      expect.stringMatching(/^7:13 `hooks\[4\]\.name` must be lower-case letters/),
    ]);
  });

  it("says how large a value may be, and what belongs where nothing is", () => {
    const text = `
registries:
  - { host: ghcr.io, concurrency: 65, requestsPerSecond: }
  - { host: a.test, repositories: [], token: }
`;
    expect(problems(text)).toEqual([
      expect.stringMatching(/^3:35 `registries\[0\]\.concurrency` must be at most 64 \| .*`concurrency: 2`/),
      expect.stringMatching(/^3:39 `registries\[0\]\.requestsPerSecond` is empty, it must be a number \| .*: 5`/),
      expect.stringMatching(/^4:35 `registries\[1\]\.repositories` has 0 entries, it must have at least 1 \| /),
      expect.stringMatching(/^4:39 `registries\[1\]\.token` must be a reference to a secret \| .*file/),
    ]);
  });

  it("takes one receiver of each name", () => {
    const one = `{ name: ci, kind: hmac, secret: "\${TOKEN}" }`;
    expect(problems(`hooks:\n  - ${one}\n  - ${one}\n`)).toEqual([
      "3:13 `hooks[1]` has the same name as an earlier hook | Give each hook its own name.",
    ]);
  });

  it("takes one entry for each registry", () => {
    expect(problems("registries:\n  - host: ghcr.io\n  - host: GHCR.io\n")).toEqual([
      "3:11 `registries[1]` has the same host as an earlier entry | Keep one of the two.",
    ]);
  });

  it("takes each Prometheus once, by http, for named repositories", () => {
    const one = `{ name: main, url: "https://p.example", token: "\${TOKEN}", repositories: [acme/shop] }`;
    expect(settings(`prometheus:\n  - ${one}\n`)).toMatchObject({
      prometheus: [{ name: "main", url: "https://p.example", repositories: ["acme/shop"] }],
    });
    expect(problems(`prometheus:\n  - ${one}\n  - ${one}\n`)).toEqual([
      "3:13 `prometheus[1]` has the same name as an earlier entry | Give each Prometheus its own name.",
    ]);
    const wrong = "{ name: main, url: file:///etc/passwd, repositories: [everybody] }";
    expect(problems(`prometheus:\n  - ${wrong}\n`)).toHaveLength(2);
  });
});
