import { describe, expect, it } from "vitest";
import { challengesOf } from "../../src/registry/challenge.ts";

describe("WWW-Authenticate", () => {
  it("is read as Docker Hub sends it", () => {
    const header =
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull"';
    expect(challengesOf(header)).toEqual([
      {
        scheme: "bearer",
        realm: "https://auth.docker.io/token",
        service: "registry.docker.io",
        scopes: ["repository:library/nginx:pull"],
      },
    ]);
  });

  it("may hold several challenges, of which Bearer comes first", () => {
    const bearer = { scheme: "bearer", realm: "https://a.example/t,1", service: undefined, scopes: [] };
    const line = 'Basic realm="a, \\"b\\"", Negotiate abc==, bearer realm="https://a.example/t,1"';
    expect(challengesOf(line)).toEqual([bearer, { scheme: "basic" }]);
    expect(challengesOf(["Basic", 'Bearer Realm = "https://a.example/t,1"'])).toEqual([bearer, { scheme: "basic" }]);
  });

  it.each([
    [undefined],
    [""],
    ["Bearer"],
    ["Bearer realm"],
    ["Digest realm=x"],
    [`Bearer realm="${"x".repeat(9000)}"`],
    [`${" ,".repeat(4000)}=`],
  ])("that cannot be met is none", (header) => {
    expect(challengesOf(header)).toEqual([]);
  });
});
