import { createObjectStore } from "../../../src/git/object-store.ts";
import { trusted } from "../../../src/model/fetch-policy.ts";
import { createRegistry } from "../../../src/registry/index.ts";
import { createSources } from "../../../src/sources/index.ts";
import { silent } from "../../registry/support/log.ts";

// A process that pins a chart in a store that others share, and prints the answer.
const [root = "", ca = "", url = ""] = process.argv.slice(2);
const clock = Date.now;
const registry = createRegistry({ settings: [], clock, random: () => 0.5, log: silent, deadlineMs: 600_000 });
const settings = { allow: [], private: [new URL(url).host], credentials: [], mirrors: [], ca };
const sources = createSources({ root, settings, store: createObjectStore({ root }), registry, clock });
const request = { kind: "helm", repository: url, chart: "web", version: "1.0.0" } as const;
const answer = await sources.pin(request, trusted, AbortSignal.timeout(600_000));
process.stdout.write(JSON.stringify(answer));
await sources.close();
