import { describe, expect, it } from "vitest";
import { client, server, soon } from "./support/setting.ts";

describe("the list of tags", () => {
  it("takes only the query of the next page's link, which may name another path or http behind a proxy", async () => {
    const pages = [
      { body: { tags: ["1"] }, headers: { link: `</v2/other/path/tags/list?last=1&n=1000>; rel="next"` } },
      { body: { tags: ["2"] }, headers: { link: `<http://HOST/v2/app/tags/list?next_page=abc>;rel=next` } },
      { body: { tags: ["3"] } },
    ];
    const fake = await server(({ headers }) => {
      const page = pages.shift() ?? { status: 500 };
      return JSON.parse(JSON.stringify(page).replace("HOST", headers.host ?? ""));
    });
    expect(await client([fake.settings]).tags(`${fake.host}/virtual/app`, soon())).toEqual(["1", "2", "3"]);
    expect(fake.asked.map(({ url }) => url)).toEqual([
      "/v2/virtual/app/tags/list?n=1000",
      "/v2/virtual/app/tags/list?last=1&n=1000",
      "/v2/virtual/app/tags/list?next_page=abc",
    ]);
  });

  it("does not follow a link to another host", async () => {
    const other = await server(() => ({ body: { tags: ["evil"] } }));
    const fake = await server(() => ({
      body: { tags: ["1"] },
      headers: { link: `<${other.origin}/v2/app/tags/list?last=1>; rel="next"` },
    }));
    const settings = [{ ...fake.settings, username: "robot", password: "a-secret" }];
    await expect(client(settings).tags(`${fake.host}/app`, soon())).rejects.toMatchObject({ kind: "refused" });
    expect(other.asked).toEqual([]);
  });

  it("ends when the registry gives the same page again and again", async () => {
    const fake = await server(() => ({ body: { tags: ["1"] }, headers: { link: `<?last=1>; rel="next"` } }));
    await expect(client([fake.settings]).tags(`${fake.host}/app`, soon())).rejects.toMatchObject({ name: "Fault" });
    expect(fake.asked).toHaveLength(2);
  });

  it("ends when the registry always has another page", async () => {
    let page = 0;
    const fake = await server(() => {
      page += 1;
      return { body: { tags: [`${page}`] }, headers: { link: `<?last=${page}>; rel="next"` } };
    });
    const settings = [{ ...fake.settings, requestsPerSecond: 1_000_000 }];
    await expect(client(settings).tags(`${fake.host}/app`, soon())).rejects.toMatchObject({ kind: "limit" });
  });

  it("asks only whether a page has changed, where the registry gives it an ETag", async () => {
    let tags = ["1"];
    const fake = await server(({ headers }) => {
      const etag = `"${tags.length}"`;
      return headers["if-none-match"] === etag ? { status: 304 } : { body: { tags }, headers: { etag } };
    });
    const registry = client([fake.settings]);
    const image = `${fake.host}/app`;
    expect(await registry.tags(image, soon())).toEqual(["1"]);
    expect(await registry.tags(image, soon())).toEqual(["1"]);
    tags = ["1", "2"];
    expect(await registry.tags(image, soon())).toEqual(["1", "2"]);
    expect(fake.asked.map(({ headers }) => headers["if-none-match"])).toEqual([undefined, '"1"', '"1"']);
  });

  it("is empty when the registry says null, as some do", async () => {
    const fake = await server(() => ({ body: { name: "app", tags: null } }));
    expect(await client([fake.settings]).tags(`${fake.host}/app`, soon())).toEqual([]);
  });

  it("leaves out what can be no tag", async () => {
    const fake = await server(() => ({ body: { tags: ["1", "a/b", "", "x".repeat(129), "$(id)", "2", "1"] } }));
    expect(await client([fake.settings]).tags(`${fake.host}/app`, soon())).toEqual(["1", "2"]);
  });

  it.each([["<html>"], ['{"tags":"1"}'], ['{"tags":[1]}']])("takes no other body for a list: %s", async (body) => {
    const fake = await server(() => ({ body }));
    await expect(client([fake.settings]).tags(`${fake.host}/app`, soon())).rejects.toMatchObject({
      kind: "unavailable",
    });
  });

  it("asks a mirror under its address, with the path of it before the repository", async () => {
    const fake = await server(() => ({ body: { tags: ["1"] } }));
    const settings = [{ ...fake.settings, host: "docker.io", address: `${fake.origin}/hub/` }];
    expect(await client(settings).tags("nginx", soon())).toEqual(["1"]);
    expect(fake.asked[0]?.url).toBe("/v2/hub/library/nginx/tags/list?n=1000");
  });
});
