import { describe, expect, it } from "vitest";

import { renderMarkdown } from "../../sandbox/pages/markdown.ts";
import { useLocalGitHub } from "./support/suite.ts";

const suite = useLocalGitHub();

async function get(path: string): Promise<string> {
  const response = await fetch(suite.github.url + path);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return text;
}

function post(path: string, form: Record<string, string>): Promise<Response> {
  return fetch(suite.github.url + path, { method: "POST", body: new URLSearchParams(form), redirect: "manual" });
}

describe("the pages", () => {
  it("show repositories, code, pull requests, files, commits and checks", async () => {
    const pull = await suite.pull("shown");
    await suite.api("POST", "/repos/acme/shown/check-runs", {
      name: "sluice",
      head_sha: pull.headSha,
      conclusion: "failure",
      output: {
        title: "One finding",
        summary: "**bold** words",
        annotations: [
          { path: "values.yaml", start_line: 1, end_line: 1, annotation_level: "failure", message: "look <here>" },
        ],
      },
    });
    expect(await get("/")).toContain("acme/shown");
    expect(await get("/acme/shown")).toContain("values.yaml");
    expect(await get("/acme/shown/blob/change/values.yaml")).toContain("image: a:2");
    expect(await get("/acme/shown/pulls")).toContain("Bump a");
    expect(await get("/acme/shown/pull/1")).toContain("One finding");
    expect(await get("/acme/shown/pull/1/files")).toContain("+image: a:2");
    expect(await get("/acme/shown/pull/1/commits")).toContain(pull.headSha.slice(0, 7));
    expect(await get(`/acme/shown/commit/${pull.headSha}`)).toContain("-image: a:1");
    expect(await get("/acme/shown/pull/1.diff")).toContain("diff --git a/values.yaml");
    const checks = await get("/acme/shown/pull/1/checks");
    expect(checks).toContain("<strong>bold</strong> words");
    expect(checks).toContain("look &lt;here&gt;");
    expect(checks).toContain(`/acme/shown/blob/${pull.headSha}/values.yaml#L1`);
  });

  it("open, comment, merge, close, reopen and re-run through plain forms", async () => {
    const ref = await suite.repository("forms");
    await suite.github.commit({ ...ref, branch: "x", files: { "values.yaml": "image: a:5\n" } });
    suite.github.setPermission({ ...ref, login: "reader", permission: "read" });
    const opened = await post("/acme/forms/compare", {
      base: "main",
      head: "x",
      title: "By form",
      body: "a\r\nb",
      by: "mona",
    });
    expect(opened.headers.get("location")).toBe("/acme/forms/pull/1");
    const pull = suite.github.pull({ ...ref, number: 1 });
    expect(pull).toMatchObject({ title: "By form", body: "a\nb", author: "mona" });
    await post("/acme/forms/pull/1/comment", { body: "/help", by: "reader" });
    expect(suite.github.comments(pull)).toMatchObject([{ author: "reader", body: "/help", byApp: false }]);
    const refused = await post("/acme/forms/pull/1/merge", { by: "reader" });
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain("reader needs the role");
    await post("/acme/forms/pull/1/close", {});
    expect(suite.github.pull(pull).state).toBe("closed");
    await post("/acme/forms/pull/1/reopen", {});
    const run = await suite.api("POST", "/repos/acme/forms/check-runs", {
      name: "s",
      head_sha: pull.headSha,
      conclusion: "neutral",
    });
    expect((await post(`/acme/forms/runs/${run.body.id}/rerequest`, {})).status).toBe(303);
    expect(suite.github.events.at(-1)).toMatchObject({ event: "check_run", action: "rerequested" });
    await post("/acme/forms/pull/1/merge", { method: "squash" });
    expect(suite.github.pull(pull).merged).toBe(true);
    const again = await post("/acme/forms/compare", { base: "main", head: "nope", title: "x", body: "" });
    expect(await again.text()).toContain("head: invalid");
  });

  it("escape what people write and run no script", async () => {
    const ref = await suite.repository("hostile");
    await suite.github.commit({
      ...ref,
      branch: "x",
      files: { "<b>.txt": "<script>alert(1)</script>" },
      message: "<i>x</i>",
    });
    const pull = await suite.github.openPull({ ...ref, head: "x", title: "<script>alert(1)</script>" });
    await suite.github.comment({
      ...pull,
      body: '<script>alert(1)</script><img src="x" onerror="alert(1)"><style>*{}</style>',
    });
    for (const tail of ["", "/files", "/commits"]) {
      const text = await get(`/acme/hostile/pull/1${tail}`);
      expect(text).not.toMatch(/<script|onerror|<style|<i>x/);
    }
    const response = await fetch(`${suite.github.url}/acme/hostile/pull/1`);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    await response.text();
  });

  it("say that something does not exist", async () => {
    for (const path of ["/acme/none", "/acme/none/pull/1", "/-/nothing", "/-/deliveries/1"]) {
      const response = await fetch(suite.github.url + path);
      expect(response.status).toBe(404);
      expect(await response.text()).toContain("<h1>404</h1>");
    }
  });
});

describe("markdown", () => {
  const render = (text: string) => renderMarkdown(text, "/acme/deploy");

  it("has tables, details, task lists, alerts and coloured diffs", () => {
    expect(render("| a |\n|---|\n| b |")).toContain("<td>b</td>");
    expect(render("<details><summary>more</summary>\n\n**x**\n\n</details>")).toContain("<strong>x</strong>");
    expect(render("- [x] done\n- [ ] open")).toContain('<span class="task">☑</span> done');
    expect(render("> [!WARNING]\n> careful")).toContain('<blockquote class="alert alert-warning">');
    expect(render("```diff\n-a\n+b\n```")).toContain('<span class="del">-a\n</span><span class="add">+b\n</span>');
    expect(render("one\ntwo")).toContain("<br />");
  });

  it("links mentions and numbers outside code, so that a ping is seen", () => {
    expect(render("hi @mona, see #3")).toContain('<a class="mention" href="/mona">@mona</a>');
    expect(render("see #3")).toContain('<a href="/acme/deploy/pull/3">#3</a>');
    expect(render("@acme/ops")).toContain('href="/acme/ops"');
    expect(render("<details>\n@mona</details>")).toContain("mention");
    for (const quiet of [
      "`@mona`",
      "```\n@mona\n```",
      "a@mona.io",
      "[@mona](https://x.example)",
      "<code><b>@mona</b></code>",
    ]) {
      expect(render(quiet)).not.toContain("mention");
    }
  });

  it("keeps only the HTML that GitHub keeps", () => {
    expect(render('<a href="javascript:alert(1)">x</a>')).not.toContain("javascript");
    expect(render('<p style="color:red" class="box" onclick="x()">x</p>').trim()).toBe("<p>x</p>");
    expect(render("<iframe src=x></iframe><form><input></form><svg><a>y</a></svg>")).not.toMatch(
      /iframe|form|input|svg/,
    );
    expect(render('<h1 id="top">x</h1>')).toContain('id="user-content-top"');
  });
});
