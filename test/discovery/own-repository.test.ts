import { describe, expect, it } from "vitest";
import { isOwnRepository, isOwnRevision } from "../../src/discovery/own-repository.ts";

const own = { urls: ["https://git.example.com/Acme/deploy"], branches: ["main", "HEAD"] };

describe("an address of a source", () => {
  it.each([
    "https://git.example.com/Acme/deploy",
    "https://git.example.com/acme/deploy.git",
    "HTTPS://GIT.EXAMPLE.COM/ACME/DEPLOY.GIT",
    "http://git.example.com:8080/acme/deploy",
    "git@git.example.com:acme/deploy.git",
    "ssh://git@git.example.com/acme/deploy",
    "ssh://git@ssh.git.example.com:443/acme/deploy.git",
    "ssh://git@altssh.git.example.com:443/acme/deploy.git",
    "git.example.com/acme/deploy",
    "https://git.example.com/acme/deploy/",
    "https://user:password@git.example.com/acme/deploy",
    " https://git.example.com/acme/deploy ",
  ])("is this repository's: %s", (url) => expect(isOwnRepository(url, own)).toBe(true));

  it.each([
    "https://git.example.com/acme/deploy-other",
    "https://git.example.com/acme",
    "https://other.example.com/acme/deploy",
    "https://git.example.com.evil.example/acme/deploy",
    "https://git.example.com/acme/deploy?ref=x",
    "https://git.example.com/acme/deploy/charts",
    "oci://git.example.com/acme/deploy",
    "file:///acme/deploy",
    "",
    "{{ .repoURL }}",
  ])("is another's: %s", (url) => expect(isOwnRepository(url, own)).toBe(false));
});

describe("a revision of this repository", () => {
  it.each(["", "HEAD", "main", "refs/heads/main"])("is the branch that is looked at: %j", (revision) => {
    expect(isOwnRevision(revision, own)).toBe(true);
  });

  it.each(["v1.2.3", "1.*", "release", "refs/tags/main", "0123456789012345678901234567890123456789", "Main"])(
    "is the same on both sides of a pull request: %s",
    (revision) => expect(isOwnRevision(revision, own)).toBe(false),
  );

  it("is not HEAD where another branch is the default one", () => {
    expect(isOwnRevision("", { ...own, branches: ["release"] })).toBe(false);
  });
});
