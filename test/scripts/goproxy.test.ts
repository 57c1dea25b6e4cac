import { describe, expect, it } from "vitest";
import { parseGoProxy } from "../../scripts/lib/goproxy.ts";
import { ToolchainError } from "../../scripts/lib/release.ts";

const urls = (value: string | undefined): readonly string[] => parseGoProxy(value).map(({ url }) => url);

describe("GOPROXY", () => {
  it("has the go command's default when it is not set, or empty", () => {
    for (const value of [undefined, "", " "]) expect(urls(value)).toEqual([expect.stringMatching(/^https:/)]);
  });

  it("asks the next one for what is missing after a comma, and after any failure behind a bar", () => {
    const sources = parseGoProxy("https://a.example.com/go/, https://b.example.com|http://c.example.com:8080/x,,");
    expect(sources.map(({ url, next }) => [url, next])).toEqual([
      ["https://a.example.com/go", "missing"],
      ["https://b.example.com", "any"],
      ["http://c.example.com:8080/x", "missing"],
    ]);
  });

  it("asks nobody after off or direct", () => {
    expect(urls("off")).toEqual([]);
    expect(urls("https://a.example.com|direct,https://b.example.com")).toEqual(["https://a.example.com"]);
    expect(urls("https://a.example.com,off,https://b.example.com")).toEqual(["https://a.example.com"]);
  });

  it("may name a folder", () => {
    expect(urls("file:///srv/modules/")).toEqual(["file:///srv/modules"]);
  });

  it("keeps user and password out of the address", () => {
    const [source] = parseGoProxy("https://robot:p%40ss@a.example.com");
    expect(source).toEqual({
      url: "https://a.example.com",
      authorization: `Basic ${Buffer.from("robot:p@ss").toString("base64")}`,
      next: "missing",
    });
  });

  it("may have a password alone", () => {
    const [source] = parseGoProxy("https://:token@a.example.com");
    expect(source?.authorization).toBe(`Basic ${Buffer.from(":token").toString("base64")}`);
    expect(parseGoProxy("https://a.example.com")[0]?.authorization).toBeUndefined();
  });

  it("is refused when it has something else, without a word of the password", () => {
    const problem = (value: string) => {
      try {
        return urls(value);
      } catch (error) {
        return String(error);
      }
    };
    expect(problem("a.example.com")).toContain("GOPROXY names a.example.com, which is no http, https or file address");
    expect(problem("ftp://robot:secret@a.example.com")).toContain("GOPROXY names …@a.example.com,");
    expect(problem("https://robot:100%@a.example.com")).toContain("GOPROXY names …@a.example.com, whose user or");
    expect(() => urls("https://robot:100%@a.example.com")).toThrow(ToolchainError);
  });
});
