import { describe, expect, it } from "vitest";
import { deploysFrom } from "../../../../src/reconcile/engines/controller/deploys-from.ts";

const page = "https://github.com/acme/shop";

describe("the URL of a source", () => {
  it.each([
    "https://github.com/acme/shop",
    "https://github.com/acme/shop.git",
    "https://github.com/acme/shop/",
    "https://GitHub.com/Acme/Shop.GIT",
    "https://github.com:443/acme/shop",
    "http://github.com/acme/shop",
    "https://x-access-token:secret@github.com/acme/shop.git",
    " https://github.com/acme/shop ",
    "ssh://git@github.com/acme/shop.git",
    "ssh://git@github.com:22/acme/shop",
    "ssh://git@ssh.github.com:443/acme/shop.git",
    "git+ssh://git@github.com/acme/shop.git",
    "git@github.com:acme/shop.git",
    "git@github.com:/acme/shop",
    "github.com:acme/shop",
    "org-1234@github.com:Acme/shop",
  ])("%j means the repository", (url) => {
    expect(deploysFrom(url, page)).toBe(true);
  });

  it.each([
    "https://github.com/acme/shop-prod",
    "https://github.com/acme/shop.git.git",
    "https://github.com/evil/shop",
    "https://github.com/acme",
    "https://github.com/acme/shop/tree/main",
    "https://github.com/acme/../evil/shop",
    "https://github.com/acme/%73hop/x",
    "https://github.com.evil.example/acme/shop",
    "https://evil.example/github.com/acme/shop",
    "https://github.com@evil.example/acme/shop",
    "https://github.com:8443/acme/shop",
    "https://github.com/acme/shop?x=1",
    "https://github.com/acme/shop#main",
    "ssh://git@github.com.evil.example/acme/shop.git",
    "git@evil.example:acme/shop.git",
    "git@ssh.evil.example:acme/shop.git",
    "oci://github.com/acme/shop",
    "file:///acme/shop",
    "acme/shop",
    "C:/acme/shop",
    "",
    "https://",
    "github.com/acme/shop",
    `${"a".repeat(300)}:acme/shop`,
  ])("%j does not", (url) => {
    expect(deploysFrom(url, page)).toBe(false);
  });

  it("is held against the server that the repository is on, its port included", () => {
    const own = "http://git.acme.example:3000/acme/shop";
    expect(deploysFrom("http://git.acme.example:3000/acme/shop.git", own)).toBe(true);
    expect(deploysFrom("http://git.acme.example/acme/shop.git", own)).toBe(false);
    expect(deploysFrom("git@git.acme.example:acme/shop.git", own)).toBe(true);
    expect(deploysFrom("https://github.com/acme/shop", own)).toBe(false);
  });
});
