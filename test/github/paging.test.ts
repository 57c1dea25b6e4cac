import { Octokit } from "@octokit/rest";
import { expect, it } from "vitest";
import { z } from "zod";
import { NO_LOGIN } from "../../src/github/app-login.ts";
import { createClient } from "../../src/github/client.ts";
import { FULL_GRANT } from "../../src/github/permissions.ts";

it("a list that never ends is left after a thousand pages", async () => {
  let pages = 0;
  const client = createClient({
    apiUrl: "https://api.github.test",
    octokit: new Octokit(),
    send: async () => {
      pages++;
      return { data: [], refused: undefined, more: true, cursor: undefined };
    },
    owner: "acme",
    repo: "shop",
    token: async () => ({ token: "t", expiresAt: 0, grant: FULL_GRANT }),
    rejected: () => undefined,
    insufficient: () => undefined,
    appLogin: NO_LOGIN,
  });
  const all = Array.fromAsync(client.pages("GET /repos/{owner}/{repo}/labels", {}, z.unknown()));
  await expect(all).rejects.toThrow("has no end");
  expect(pages).toBe(1_000);
});
