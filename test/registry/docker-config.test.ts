import { describe, expect, it } from "vitest";
import { readDockerConfig, withDockerCredentials } from "../../src/registry/index.ts";

const auth = (text: string): string => Buffer.from(text).toString("base64");
const read = (config: object) => readDockerConfig(JSON.stringify(config), "config.json");

describe("Docker's config.json", () => {
  it("gives the credentials of each registry, in all the forms that docker login writes", () => {
    const { settings, problems } = read({
      auths: {
        "https://index.docker.io/v1/": { auth: auth("hub:with:colons") },
        "ghcr.io": { username: "robot", password: "token" },
        "https://registry.example:5000/v2/": { auth: auth("ours:secret"), email: "x@example.com" },
        "azure.example": { auth: auth("00000000-0000-0000-0000-000000000000:"), identitytoken: "refresh" },
        "plain.example": { registrytoken: "bearer" },
      },
      HttpHeaders: { "User-Agent": "docker" },
    });
    expect(problems).toEqual([]);
    expect(settings).toEqual([
      { host: "docker.io", username: "hub", password: "with:colons" },
      { host: "ghcr.io", username: "robot", password: "token" },
      { host: "registry.example:5000", username: "ours", password: "secret" },
      { host: "azure.example", identityToken: "refresh" },
      { host: "plain.example", token: "bearer" },
    ]);
  });

  it("says which credentials are kept by programs, which Sluice does not run", () => {
    const { settings, problems } = read({
      auths: { "ghcr.io": {} },
      credsStore: "desktop",
      credHelpers: { "1.dkr.ecr.eu-west-1.amazonaws.com": "ecr-login" },
    });
    expect(settings).toEqual([]);
    expect(problems).toEqual([
      expect.stringMatching(/1\.dkr\.ecr.*docker-credential-ecr-login.*runs no credential programs/),
      expect.stringMatching(/of ghcr\.io are kept by docker-credential-desktop/),
    ]);
  });

  it("adds credentials to registries that have none in the settings", () => {
    const docker = [
      { host: "docker.io", username: "hub", password: "docker" },
      { host: "ghcr.io", username: "robot", password: "docker" },
      { host: "quay.io", token: "docker" },
    ];
    const settings = [
      { host: "index.docker.io", concurrency: 1 },
      { host: "ghcr.io", token: "settings" },
      { host: "other.example", private: true },
    ];
    expect(withDockerCredentials(settings, docker)).toEqual([
      { host: "ghcr.io", token: "settings" },
      { host: "other.example", private: true },
      { host: "docker.io", concurrency: 1, username: "hub", password: "docker" },
      { host: "quay.io", token: "docker" },
    ]);
  });

  it("says which registry has several credentials", () => {
    const { settings, problems } = read({
      auths: { "ghcr.io/a": { auth: auth("a:1") }, "ghcr.io/b": { auth: auth("b:2") } },
    });
    expect(settings).toEqual([{ host: "ghcr.io", username: "a", password: "1" }]);
    expect(problems).toEqual([expect.stringContaining("ghcr.io has several credentials")]);
  });

  it("says which auth cannot be read, without quoting it", () => {
    const { settings, problems } = read({ auths: { "ghcr.io": { auth: auth("nocolonsecret") } } });
    expect(settings).toEqual([]);
    expect(problems).toEqual(["config.json: the auth of ghcr.io is not base64 of user:password"]);
  });

  it.each([["{ not json a-secret"], ['{"auths": {"ghcr.io": {"auth": 42, "x": "a-secret"}}}'], ['["a-secret"]']])(
    "refuses another file, without quoting it: %s",
    (text) => {
      const reading = (): unknown => readDockerConfig(text, "config.json");
      expect(reading).toThrow(/config\.json is/);
      expect(reading).not.toThrow(/a-secret/);
    },
  );
});
