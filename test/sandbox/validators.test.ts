import { describe, expect, it } from "vitest";

import type { RestExchange } from "../../sandbox/index.ts";
import { startCheckedGitHub } from "../support/local-github.ts";
import { createExchangeValidator } from "../support/openapi.ts";
import { createEventValidator } from "../support/webhook-schemas.ts";
import { useLocalGitHub } from "./support/suite.ts";

const exchanges: RestExchange[] = [];
const suite = useLocalGitHub({ onExchange: (one) => exchanges.push(one) });

describe("the validator of REST exchanges", () => {
  const validate = createExchangeValidator();

  async function posted(name: string): Promise<RestExchange> {
    await suite.pull(name);
    await suite.api("POST", `/repos/acme/${name}/issues/1/comments`, { body: "x" });
    const last = exchanges.at(-1);
    if (!last) throw new Error("no exchange");
    return last;
  }

  it("finds nothing wrong with what GitHub describes", async () => {
    expect(validate(await posted("fine"))).toEqual([]);
  });

  it("finds unknown fields, missing fields, unknown parameters, undocumented statuses and unknown operations", async () => {
    const good = await posted("bad");
    const body = typeof good.responseBody === "object" ? { ...good.responseBody, node_id: undefined } : {};
    expect(validate({ ...good, requestBody: { body: "x", colour: "red" } }).join()).toContain("colour");
    expect(validate({ ...good, responseBody: body }).join()).toContain("node_id");
    expect(validate({ ...good, query: { page: "1" } }).join()).toContain("page");
    expect(validate({ ...good, status: 202 }).join()).toContain("status 202 is not documented");
    expect(validate({ ...good, template: "/nowhere" }).join()).toContain("no such operation");
  });

  it("does not judge requests that were refused, nor injected answers", async () => {
    const good = await posted("refused");
    const refusal = { message: "Invalid request.", documentation_url: "https://docs.github.com/rest" };
    expect(validate({ ...good, status: 422, requestBody: { colour: "red" }, responseBody: refusal })).toEqual([]);
    expect(validate({ ...good, injected: true, status: 502 })).toEqual([]);
  });
});

describe("the validator of webhooks", () => {
  const validate = createEventValidator();

  it("finds missing and unknown fields, and unknown events", async () => {
    await suite.pull("webhooks");
    const good = suite.github.events.find((one) => one.event === "pull_request");
    if (!good) throw new Error("no event");
    expect(validate(good)).toEqual([]);
    expect(validate({ ...good, payload: { ...good.payload, number: undefined } })).not.toEqual([]);
    expect(validate({ ...good, payload: { ...good.payload, colour: "red" } }).join()).toContain("colour");
    expect(validate({ ...good, action: "exploded" }).join()).toContain("no such webhook");
  });
});

describe("a checked local GitHub", () => {
  it("refuses to close quietly when something broke the descriptions", async () => {
    const github = await startCheckedGitHub();
    await github.createRepository({ owner: "acme", name: "deploy" });
    await fetch(`${github.apiUrl}/meta?colour=red`);
    await expect(github.close()).rejects.toThrow("colour");
  });
});
