import { describe, expect, it } from "vitest";
import { graphqlBase, webUrl } from "../../src/github/addresses.ts";

describe("addresses", () => {
  it.each([
    ["https://api.github.com", "https://api.github.com", "https://github.com"],
    ["https://api.acme.ghe.com", "https://api.acme.ghe.com", "https://acme.ghe.com"],
    ["https://git.acme.test/api/v3", "https://git.acme.test/api", "https://git.acme.test"],
    ["http://127.0.0.1:8080/api/v3", "http://127.0.0.1:8080/api", "http://127.0.0.1:8080"],
  ])("follow from that of the API: %s", (api, graphql, web) => {
    expect([graphqlBase(api), webUrl(api)]).toEqual([graphql, web]);
  });
});
