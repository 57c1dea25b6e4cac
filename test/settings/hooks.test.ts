import { describe, expect, it } from "vitest";
import { hookSchema } from "../../src/settings/hooks.ts";
import { secretSchema } from "../../src/settings/secret.ts";

const SECRET = "kGq3-T5w_8nYb2RzVx0LdPfH";
/** How a file of settings refers to the environment. */
const ref = (name: string) => `$\{${name}}`;

const schema = hookSchema(
  secretSchema({
    environment: { SECRET, OLD: "the-one-before-this-one", SHORT: "too-short", SLASH: "has/slashes/in/it/here" },
    readFile: () => SECRET,
    file: "/etc/sluice/sluice.server.yaml",
  }),
);
const common = { images: [], perMinute: 3_000 };
const secret = ref("SECRET");

describe("the settings of a hook", () => {
  it.each<[object, object]>([
    [{ kind: "dockerhub", secret }, { secrets: [SECRET] }],
    [{ kind: "dockerhub", secret, previousSecret: ref("OLD") }, { secrets: [SECRET, "the-one-before-this-one"] }],
    [
      { kind: "quay", secret },
      { secrets: [SECRET], bodySecrets: [] },
    ],
    [
      { kind: "quay", bodySecret: { file: "quay" } },
      { secrets: [], bodySecrets: [SECRET] },
    ],
    [
      { kind: "harbor", secret },
      { secrets: [SECRET], header: "authorization" },
    ],
    [
      { kind: "ecr", secret, header: "X-Api-Key" },
      { secrets: [SECRET], header: "x-api-key" },
    ],
    [
      { kind: "gitlab", secret, host: "Registry.test:5050" },
      { secrets: [SECRET], header: "authorization", host: "registry.test:5050" },
    ],
    [
      { kind: "eventgrid", secret },
      { secrets: [SECRET], header: "authorization" },
    ],
    [
      { kind: "hmac", secret },
      { secrets: [SECRET], header: "x-signature" },
    ],
    [
      { kind: "jfrog", secret },
      { secrets: [SECRET], signed: true },
    ],
    [
      { kind: "jfrog", secret, signed: false, repository: "" },
      { secrets: [SECRET], signed: false, repository: "" },
    ],
    [
      { kind: "nexus", secret, host: "docker.test" },
      { secrets: [SECRET], host: "docker.test" },
    ],
    [
      { kind: "gar", audience: "https://x.test", email: "a@p.iam.gserviceaccount.com" },
      {
        audience: "https://x.test",
        email: "a@p.iam.gserviceaccount.com",
        jwksUrl: "https://www.googleapis.com/oauth2/v3/certs",
      },
    ],
    [
      { kind: "github-actions", audience: "https://x.test", repositories: ["acme/*"] },
      {
        issuer: "https://token.actions.githubusercontent.com",
        audience: "https://x.test",
        repositories: ["acme/*"],
        refs: [],
        environments: [],
        workflows: [],
      },
    ],
    [
      { kind: "github-actions", audience: "a", repositories: ["a/b"], issuer: "https://ghe.test/_services/token/" },
      expect.objectContaining({ issuer: "https://ghe.test/_services/token" }),
    ],
  ])("%j", (given, expected) => {
    const { kind } = { kind: "", ...given };
    expect(schema.parse({ name: "here", ...given })).toEqual(
      "asymmetricMatch" in expected ? expected : { name: "here", kind, ...common, ...expected },
    );
  });

  it.each<[string, object, string]>([
    ["no secret", { kind: "harbor" }, "must be a reference to a secret"],
    ["a secret written out", { kind: "harbor", secret: SECRET }, "contains the secret itself"],
    ["a short secret", { kind: "harbor", secret: ref("SHORT") }, "is too short"],
    ["a secret that fits in no address", { kind: "dockerhub", secret: ref("SLASH") }, "part of an address"],
    ["Quay without any secret", { kind: "quay" }, "set secret, bodySecret or both"],
    ["Nexus without a host", { kind: "nexus", secret }, "expected string"],
    ["a host with its scheme", { kind: "acr", secret, host: "https://x.test" }, "without https://"],
    ["Actions of anybody", { kind: "github-actions", audience: "a", repositories: [] }, "Too small"],
    ["Actions without an audience", { kind: "github-actions", repositories: ["a/b"] }, "expected string"],
    [
      "an issuer over http",
      { kind: "github-actions", audience: "a", repositories: ["a/b"], issuer: "http://x.test" },
      "https",
    ],
    ["a name that is taken", { name: "github", kind: "hmac", secret }, "Sluice uses itself"],
    ["a name with a slash", { name: "a/b", kind: "hmac", secret }, "lower-case letters"],
    ["an unknown kind", { kind: "harbour", secret }, "Invalid"],
    ["an unknown key", { kind: "hmac", secret, sekret: 1 }, "sekret"],
    ["no events at all", { kind: "hmac", secret, perMinute: 0 }, "Too small"],
  ])("refuse %s, without a word of the secret", (_what, given, words) => {
    const parsed = schema.safeParse({ name: "here", ...given });
    const said = JSON.stringify(parsed.error?.issues);
    expect(said).toContain(words);
    expect(said).not.toMatch(/kGq3|too-short|has\/slashes/);
  });
});
