import { readFileSync } from "node:fs";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";

import type { RestExchange } from "../../sandbox/index.ts";
import { closed, fromOpenApi, isSchema, type Schema, SHARED } from "./json-schema.ts";

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required: boolean;
  readonly schema: Schema;
}

interface Operation {
  readonly parameters: readonly Parameter[];
  readonly requestBody: { readonly required: boolean; readonly schema: Schema | null } | null;
  readonly responses: Readonly<Record<string, Schema | null>>;
}

interface Description {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly schemas: Readonly<Record<string, Schema>>;
}

const FILE = new URL("../fixtures/github-openapi/operations.json", import.meta.url);

/** Statuses that GitHub gives everywhere but does not list on each operation. */
const EVERYWHERE = new Set([304, 400, 401, 403, 404, 413, 422]);

/**
 * Says what is wrong with a REST exchange, held against GitHub's own OpenAPI description. An empty list: nothing.
 * A request that the server refused may be wrong; it is a fault only when it was accepted.
 */
export type ExchangeValidator = (exchange: RestExchange) => string[];

/** Builds the validator; schemas are compiled on first use. */
export function createExchangeValidator(): ExchangeValidator {
  const description: Description = JSON.parse(readFileSync(FILE, "utf8"));
  const definitions = fromOpenApi(description.schemas, true);
  const compile = makeCompiler(definitions);
  return (exchange) => {
    if (exchange.template === undefined || exchange.injected) return [];
    const key = `${exchange.method} ${exchange.template}`;
    const operation = description.operations[key];
    if (!operation) return [`${key}: GitHub's description has no such operation`];
    const accepted = exchange.status < 400;
    const problems = [
      ...(accepted ? checkParameters(exchange, operation, key, compile) : []),
      ...(accepted ? checkRequestBody(exchange, operation, key, compile) : []),
      ...checkResponse(exchange, operation, key, compile),
    ];
    return problems.map((problem) => `${key}: ${problem}`);
  };
}

/** Compiles a schema the first time that its name comes up. */
type Compiler = (name: string, schema: () => unknown, coerce?: boolean) => ValidateFunction;

function makeCompiler(definitions: unknown): Compiler {
  const known = new Map<string, ValidateFunction>();
  const make = (coerceTypes: boolean): Ajv => {
    const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes, code: { optimize: false } });
    addFormats.default(ajv);
    // "owner/name", a format of GitHub's own.
    ajv.addFormat("repo.nwo", /^[^/]+\/[^/]+$/);
    ajv.addSchema({ $id: SHARED, definitions });
    return ajv;
  };
  const plain = make(false);
  const coercing = make(true);
  return (name, schema, coerce = false) => {
    const found = known.get(name);
    if (found) return found;
    const body = schema();
    const compiled = (coerce ? coercing : plain).compile(isSchema(body) ? body : {});
    known.set(name, compiled);
    return compiled;
  };
}

function checkParameters(exchange: RestExchange, operation: Operation, key: string, compile: Compiler): string[] {
  const problems: string[] = [];
  for (const place of ["path", "query"] as const) {
    const values: Record<string, string> = { ...(place === "path" ? exchange.params : exchange.query) };
    const schema = () => parametersSchema(operation.parameters.filter((one) => one.in === place));
    problems.push(...run(compile(`${key} ${place}`, schema, true), values, place));
  }
  return problems;
}

function parametersSchema(wanted: readonly Parameter[]): Schema {
  return {
    type: "object",
    properties: Object.fromEntries(wanted.map((one) => [one.name, fromOpenApi(one.schema)])),
    required: wanted.filter((one) => one.required).map((one) => one.name),
    additionalProperties: false,
  };
}

function checkRequestBody(exchange: RestExchange, operation: Operation, key: string, compile: Compiler): string[] {
  const { requestBody } = exchange;
  const described = operation.requestBody?.schema;
  if (!described) return requestBody === undefined || isEmpty(requestBody) ? [] : ["a body is not expected"];
  if (requestBody === undefined) return operation.requestBody?.required ? ["the body is missing"] : [];
  const schema = () => closed(fromOpenApi(described));
  return run(compile(`${key} body`, schema), requestBody, "request body");
}

function checkResponse(exchange: RestExchange, operation: Operation, key: string, compile: Compiler): string[] {
  const status = String(exchange.status);
  if (!(status in operation.responses)) {
    return EVERYWHERE.has(exchange.status) ? [] : [`status ${status} is not documented`];
  }
  const schema = operation.responses[status];
  if (!schema) return [];
  // A body given as text was asked for as raw content; the description covers JSON only.
  if (typeof exchange.responseBody === "string") return [];
  const sent: unknown =
    exchange.responseBody === undefined ? undefined : JSON.parse(JSON.stringify(exchange.responseBody));
  return run(
    compile(`${key} ${status}`, () => fromOpenApi(schema)),
    sent,
    `response ${status}`,
  );
}

function isEmpty(value: unknown): boolean {
  return isSchema(value) && Object.keys(value).length === 0;
}

function run(validate: ValidateFunction, value: unknown, where: string): string[] {
  return validate(value) ? [] : (validate.errors ?? []).map((error) => `${where}${describe(error)}`);
}

function describe(error: ErrorObject): string {
  return `${error.instancePath} ${error.message ?? "is wrong"} ${JSON.stringify(error.params)}`;
}
