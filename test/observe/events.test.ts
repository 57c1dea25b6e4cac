import { describe, expect, it } from "vitest";
import type { EventListener, SluiceEvent } from "../../src/model/events.ts";
import { createEvents } from "../../src/observe/index.ts";
import { memoryLog } from "../webhooks/fakes.ts";
import { samples } from "./samples.ts";

function hub(...more: readonly EventListener[]) {
  const received: SluiceEvent[] = [];
  const log = memoryLog();
  const failed: string[] = [];
  const collect: EventListener = { name: "collect", onEvent: (event) => void received.push(event) };
  const events = createEvents({
    listeners: [...more, collect],
    log,
    failed: (name) => failed.push(name),
    redact: ["hunter2-hunter2"],
  });
  return { events, received, log, failed };
}

const { signal } = new AbortController();

describe("the hub of events", () => {
  it("tells each listener of an event once, however often it is announced", () => {
    const { events, received } = hub();
    events.announce(samples["preview.posted"]);
    events.announce(samples["preview.posted"]);
    events.announce(samples["promotion.opened"]);
    expect(received.map(({ kind }) => kind)).toEqual(["preview.posted", "promotion.opened"]);
  });

  it("logs and counts a listener that fails, at once or later, and tells the others", async () => {
    const throws = () => {
      throw new Error("broken");
    };
    const { events, received, log, failed } = hub(
      { name: "at-once", onEvent: throws },
      { name: "later", onEvent: async () => throws() },
    );
    events.announce(samples["preview.posted"]);
    expect(received).toHaveLength(1);
    await expect.poll(() => failed).toEqual(["at-once", "later"]);
    expect(log.lines.join("\n")).toContain("a listener of events failed");
  });

  it("tells a listener that failed again, and only that one, when the event is announced again", async () => {
    const heard: string[] = [];
    const failsOnce = ({ id }: SluiceEvent) => {
      heard.push(id);
      if (heard.length === 1) throw new Error("the disk is full");
    };
    const { events, received, failed } = hub({ name: "fails-once", onEvent: failsOnce });
    events.announce(samples["preview.posted"]);
    await expect.poll(() => failed).toEqual(["fails-once"]);
    events.announce(samples["preview.posted"]);
    events.announce(samples["preview.posted"]);
    expect(heard).toHaveLength(2);
    expect(received).toHaveLength(1);
  });

  it("masks what looks like a secret in every text of an event, and the secrets that the process knows", () => {
    const { events, received } = hub();
    const token = `ghs_${"A1b2C3d4E5f6G7h8I9j0"}`;
    const event = { ...samples["command.done"], text: `promote ${token}`, actor: { ...ada, login: "hunter2-hunter2" } };
    events.announce(event);
    expect(JSON.stringify(received)).not.toMatch(/ghs_|hunter2/);
    expect(event.text).toContain(token);
  });
});

const ada = { kind: "person", login: "ada" } as const;

describe("the handlers of events", () => {
  it("run in order, each time that their event is dispatched, and before it is done", async () => {
    const { events, received } = hub();
    const ran: string[] = [];
    events.on("hold.set", async ({ environment }) => void ran.push(`first ${environment}`));
    events.on("hold.set", async ({ environment }) => void ran.push(`second ${environment}`));
    events.on("hold.ended", async () => void ran.push("ended"));
    await events.dispatch(samples["hold.set"], signal);
    await events.dispatch(samples["hold.set"], signal);
    expect(ran).toEqual(["first prod", "second prod", "first prod", "second prod"]);
    expect(received).toHaveLength(1);
  });

  it("fail the job that dispatches when they fail, so that it is run again", async () => {
    const { events } = hub();
    events.on("hold.ended", () => Promise.reject(new Error("the store is away")));
    await expect(events.dispatch(samples["hold.ended"], signal)).rejects.toThrow("the store is away");
  });
});
