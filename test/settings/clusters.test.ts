import { describe, expect, it } from "vitest";
import { readServerFile } from "../../src/settings/file.ts";

const token = "kGq3-T5w_8nYb2RzVx0LdPfH";

function read(text: string) {
  return readServerFile(text, {
    environment: { TOKEN: token },
    readFile: () => token,
    file: "/etc/sluice/sluice.server.yaml",
  });
}

/** An entry of `clusters` with these lines; `allow` is there unless it is among them. */
function entry(
  lines: string,
  allow = `allow: [{ repositories: [acme/shop], environments: [prod], namespaces: [shop] }]`,
) {
  return `clusters:\n  - ${[...lines.split("\n"), ...(allow === "" ? [] : [allow])].join("\n    ")}\n`;
}

function clusters(text: string) {
  const found = read(text);
  if (!found.ok) throw new Error(JSON.stringify(found.problems));
  return found.settings.clusters;
}

function problems(text: string): readonly string[] {
  const found = read(text);
  return found.ok ? [] : found.problems.map(({ message }) => message);
}

const grants = [{ repositories: ["acme/shop"], environments: ["prod"], namespaces: ["shop"] }];

describe("a cluster in the server's settings", () => {
  it.each<[string, string, object]>([
    [
      "by a kubeconfig, whose programs are not run unless it says so",
      "name: prod\nkubeconfig: { file: /etc/prod }",
      { kind: "kubeconfig", path: "/etc/prod", exec: false },
    ],
    [
      "by a context of it",
      "name: prod\nkubeconfig: { file: /etc/prod, context: blue, exec: true }",
      { kind: "kubeconfig", path: "/etc/prod", context: "blue", exec: true },
    ],
    ["as the Pod's service account", "name: prod\ninCluster: true", { kind: "in-cluster" }],
    [
      "by address and token",
      "name: prod\nserver: https://10.0.0.1:6443\ntoken: { file: token }\nca: { file: ca }",
      { kind: "token", server: "https://10.0.0.1:6443", token, ca: token },
    ],
  ])("is reached %s", (_, lines, access) =>
    expect(clusters(entry(lines))).toEqual([{ name: "prod", namespace: "sluice", grants, access }]),
  );

  it.each<[string, string, string]>([
    ["no way in", "name: prod", "has no access"],
    ["two ways in", "name: prod\ninCluster: true\nkubeconfig: { file: x }", "has several ways in"],
    ["half a way in", "name: prod\nserver: https://10.0.0.1", "only one of server and token"],
    ["an address over http", `name: prod\nserver: http://10.0.0.1\ntoken: "\${TOKEN}"`, "https URL"],
    [
      "a token that stands there",
      `name: prod\nserver: https://a.example\ntoken: ${token}`,
      "contains the secret itself",
    ],
    ["a name that no YAML of a repository could mean", "name: Prod!\ninCluster: true", "small letters"],
  ])("is refused with %s", (_, lines, expected) => {
    const found = problems(entry(lines));
    expect(found.join("\n")).toContain(expected);
    expect(found.join("\n")).not.toContain(token);
  });

  it.each<[string, string, string]>([
    ["nobody may use it", "", "no `allow`"],
    ["any namespace, by an app's name", "namespaces: ['{app}']", "any namespace"],
    ["any namespace, by an app's name and a star", "namespaces: ['{app}*']", "any namespace"],
    ["cert-manager, by an app `cert`", "namespaces: ['{app}-{environment}']", "any namespace"],
    ["a namespace that none can be called", "namespaces: [Shop_1]", "must be a namespace"],
    ["a kind without its capital", "namespaces: [shop], kinds: [deployments]", "`Kind`"],
    ["a repository without its owner", "repositories: [shop], namespaces: [shop]", "owner/name"],
    ["a service account without a namespace", "namespaces: [shop], serviceAccount: deployer", "namespace/name"],
    ["an unknown key", "namespaces: [shop], namespace: shop", "not a key"],
  ])("is refused where %s", (_, keys, expected) => {
    const others = keys.includes("repositories")
      ? "environments: [prod]"
      : "repositories: [acme/shop], environments: [prod]";
    const allow = keys === "" ? "" : `allow: [{ ${others}, ${keys} }]`;
    expect(problems(entry("name: prod\ninCluster: true", allow)).join("\n")).toContain(expected);
  });

  it("has one entry", () => {
    const two = `${entry("name: prod\ninCluster: true")}${entry("name: prod\ninCluster: true").replace("clusters:\n", "")}`;
    expect(problems(two)).toEqual(["`clusters[1]` has the same name as an earlier cluster"]);
  });
});
