import { afterEach, expect, it } from "vitest";
import { clockOffset } from "../../src/kube/clock.ts";
import { type ApiServer, apiServer } from "./support/api-server.ts";

const noon = Date.UTC(2026, 0, 1, 12);
const answered = (at: number) => new Date(at).toUTCString();

let server: ApiServer | undefined;
afterEach(() => server?.close());

it("a server's clock that agrees to a few seconds is this process's own, however slow the answer", () => {
  for (const ms of [-4_000, 0, 900, 4_000])
    expect(clockOffset(0, answered(noon + ms), { sent: noon, received: noon + 50 })).toBe(0);
  expect(clockOffset(0, answered(noon), { sent: noon - 30_000, received: noon })).toBe(0);
});

it("one that does not is ahead or behind by what its answers say, and by the same until they say something else", () => {
  const minutes = (count: number) => count * 60_000;
  const offset = clockOffset(0, answered(noon + minutes(10)), { sent: noon, received: noon });
  expect(offset).toBe(minutes(10) + 500);
  const later = { sent: noon + 700, received: noon + 900 };
  expect(clockOffset(offset, answered(noon + minutes(10)), later)).toBe(offset);
  expect(clockOffset(offset, answered(noon - minutes(10)), later)).toBeLessThan(minutes(-9));
  expect(clockOffset(offset, answered(noon), later)).toBe(0);
});

it("an answer without a time says nothing", () => {
  for (const date of [undefined, "", "soon"])
    expect(clockOffset(7_000, date, { sent: noon, received: noon })).toBe(7_000);
});

it("a client knows it from any answer", async () => {
  server = await apiServer();
  expect(server.cluster.clockOffset()).toBe(0);
  await server.cluster.mapping({ apiVersion: "v1", kind: "ConfigMap" }, AbortSignal.timeout(600_000));
  // The client's clock stands at the beginning of 1970.
  expect(Math.abs(server.cluster.clockOffset() - Date.now())).toBeLessThan(600_000);
});
