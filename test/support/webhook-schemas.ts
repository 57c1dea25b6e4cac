import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";

import type { WebhookEvent } from "../../sandbox/index.ts";
import { isSchema } from "./json-schema.ts";

/** Says what is wrong with a webhook's payload, held against `@octokit/webhooks-schemas`. An empty list: nothing. */
export type EventValidator = (event: WebhookEvent) => string[];

/** Builds the validator; schemas are compiled on first use. */
export function createEventValidator(): EventValidator {
  const file = createRequire(import.meta.url).resolve("@octokit/webhooks-schemas/schema.json");
  const all: unknown = JSON.parse(readFileSync(file, "utf8"));
  const definitions = isSchema(all) && isSchema(all.definitions) ? all.definitions : {};
  const ajv = new Ajv({ strict: false, allErrors: true, code: { optimize: false } });
  addFormats.default(ajv);
  ajv.addSchema({ $id: "webhooks", definitions });
  const known = new Map<string, ValidateFunction>();
  return ({ event, action, payload }) => {
    const name = action === null ? `${event}$event` : `${event}$${action}`;
    if (!(name in definitions)) return [`${name}: no such webhook`];
    const validate = known.get(name) ?? ajv.compile({ $ref: `webhooks#/definitions/${encodeURIComponent(name)}` });
    known.set(name, validate);
    if (validate(payload)) return [];
    return (validate.errors ?? []).map(
      (error) => `${name}${error.instancePath} ${error.message ?? ""} ${JSON.stringify(error.params)}`,
    );
  };
}
