/**
 * Cuts the operations that Sluice uses out of GitHub's own OpenAPI description.
 *
 *   node scripts/openapi.mjs [path to api.github.com.json]
 *
 * Without a path it downloads the npm package `@octokit/openapi` to a temporary folder (it unpacks to 400 MB, so it
 * is no dependency) and reads one file of it. Writes test/fixtures/github-openapi/operations.json.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PACKAGE = "@octokit/openapi@23.0.2";
const MEMBER = "package/generated/api.github.com.json";
const TARGET = new URL("../test/fixtures/github-openapi/operations.json", import.meta.url);

const OPERATIONS = [
  "GET /app",
  "GET /app/hook/config",
  "GET /app/hook/deliveries",
  "GET /app/hook/deliveries/{delivery_id}",
  "POST /app/hook/deliveries/{delivery_id}/attempts",
  "GET /app/installations",
  "GET /app/installations/{installation_id}",
  "POST /app/installations/{installation_id}/access_tokens",
  "GET /installation/repositories",
  "DELETE /installation/token",
  "GET /meta",
  "GET /orgs/{org}/installation",
  "GET /orgs/{org}/members/{username}",
  "GET /orgs/{org}/memberships/{username}",
  "GET /orgs/{org}/teams",
  "GET /orgs/{org}/teams/{team_slug}",
  "GET /orgs/{org}/teams/{team_slug}/members",
  "GET /orgs/{org}/teams/{team_slug}/memberships/{username}",
  "GET /rate_limit",
  "GET /repos/{owner}/{repo}",
  "GET /repos/{owner}/{repo}/activity",
  "GET /repos/{owner}/{repo}/branches",
  "GET /repos/{owner}/{repo}/branches/{branch}",
  "POST /repos/{owner}/{repo}/check-runs",
  "GET /repos/{owner}/{repo}/check-runs/{check_run_id}",
  "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
  "GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations",
  "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
  "GET /repos/{owner}/{repo}/commits",
  "GET /repos/{owner}/{repo}/commits/{ref}",
  "GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls",
  "GET /repos/{owner}/{repo}/commits/{ref}/check-runs",
  "GET /repos/{owner}/{repo}/commits/{ref}/status",
  "GET /repos/{owner}/{repo}/commits/{ref}/statuses",
  "GET /repos/{owner}/{repo}/compare/{basehead}",
  "GET /repos/{owner}/{repo}/contents/{path}",
  "PUT /repos/{owner}/{repo}/contents/{path}",
  "POST /repos/{owner}/{repo}/git/blobs",
  "GET /repos/{owner}/{repo}/deployments",
  "POST /repos/{owner}/{repo}/deployments",
  "GET /repos/{owner}/{repo}/deployments/{deployment_id}",
  "GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
  "POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
  "GET /repos/{owner}/{repo}/git/blobs/{file_sha}",
  "POST /repos/{owner}/{repo}/git/commits",
  "GET /repos/{owner}/{repo}/git/commits/{commit_sha}",
  "GET /repos/{owner}/{repo}/git/matching-refs/{ref}",
  "GET /repos/{owner}/{repo}/git/ref/{ref}",
  "POST /repos/{owner}/{repo}/git/refs",
  "PATCH /repos/{owner}/{repo}/git/refs/{ref}",
  "DELETE /repos/{owner}/{repo}/git/refs/{ref}",
  "POST /repos/{owner}/{repo}/git/trees",
  "GET /repos/{owner}/{repo}/git/trees/{tree_sha}",
  "GET /repos/{owner}/{repo}/installation",
  "GET /repos/{owner}/{repo}/issues",
  "POST /repos/{owner}/{repo}/issues",
  "GET /repos/{owner}/{repo}/issues/comments/{comment_id}",
  "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
  "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}",
  "GET /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
  "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
  "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}",
  "GET /repos/{owner}/{repo}/issues/{issue_number}",
  "PATCH /repos/{owner}/{repo}/issues/{issue_number}",
  "POST /repos/{owner}/{repo}/issues/{issue_number}/assignees",
  "DELETE /repos/{owner}/{repo}/issues/{issue_number}/assignees",
  "GET /repos/{owner}/{repo}/issues/{issue_number}/comments",
  "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
  "GET /repos/{owner}/{repo}/issues/{issue_number}/labels",
  "POST /repos/{owner}/{repo}/issues/{issue_number}/labels",
  "PUT /repos/{owner}/{repo}/issues/{issue_number}/labels",
  "DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}",
  "GET /repos/{owner}/{repo}/pulls",
  "POST /repos/{owner}/{repo}/pulls",
  "GET /repos/{owner}/{repo}/pulls/{pull_number}",
  "PATCH /repos/{owner}/{repo}/pulls/{pull_number}",
  "GET /repos/{owner}/{repo}/pulls/{pull_number}/commits",
  "GET /repos/{owner}/{repo}/pulls/{pull_number}/files",
  "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge",
  "GET /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
  "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
  "DELETE /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
  "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews",
  "POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews",
  "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}",
  "PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals",
  "POST /repos/{owner}/{repo}/statuses/{sha}",
  "GET /repos/{owner}/{repo}/rules/branches/{branch}",
  "GET /repos/{owner}/{repo}/teams",
  "GET /user",
  "GET /users/{username}",
  "GET /users/{username}/installation",
];

/**
 * Where the description contradicts itself and the service: an account would have to be a person and an enterprise at
 * once, everywhere else it is one of them; a conflict would have to be exactly one of two shapes of which each plain
 * error is both.
 */
const CORRECTED_RESPONSES = {
  "GET /app/installations": { 200: { type: "array", items: { $ref: "#/components/schemas/installation" } } },
  "PUT /repos/{owner}/{repo}/contents/{path}": { 409: { $ref: "#/components/schemas/basic-error" } },
};

const WORDS = new Set(["description", "summary", "example", "examples", "externalDocs", "title", "deprecated", "tags"]);
const WORDS_PREFIX = "x-";

/** The description as an object, read from a file or from the package's tarball. */
function loadDescription(path) {
  if (path) return JSON.parse(readFileSync(path, "utf8"));
  const folder = mkdtempSync(join(tmpdir(), "openapi-"));
  try {
    execFileSync("npm", ["pack", PACKAGE, "--silent"], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
    execFileSync("tar", ["-xzf", "octokit-openapi-23.0.2.tgz", MEMBER], { cwd: folder });
    return JSON.parse(readFileSync(join(folder, MEMBER), "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Addresses whose default is the empty text may be empty, although their format says otherwise. */
const MAYBE_EMPTY = {
  anyOf: [
    { type: "string", format: "uri" },
    { type: "string", enum: [""] },
  ],
};

/** A copy without the words for people. `named` is true where the keys are names, e.g. of properties. */
function withoutWords(value, named = false) {
  if (Array.isArray(value)) return value.map((item) => withoutWords(item));
  if (value === null || typeof value !== "object") return value;
  if (value.format === "uri" && value.default === "") return MAYBE_EMPTY;
  const kept = Object.entries(value).filter(([key]) => named || !(WORDS.has(key) || key.startsWith(WORDS_PREFIX)));
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutWords(item, !named && key === "properties")]));
}

/** Follows one `$ref`. */
function resolve(description, value) {
  if (!value?.$ref) return value;
  const target = value.$ref
    .split("/")
    .slice(1)
    .reduce((node, key) => node[key], description);
  return resolve(description, target);
}

/** The schema of a JSON body, null when the body is empty or of another type. */
function jsonSchema(description, body) {
  const schema = resolve(description, body)?.content?.["application/json"]?.schema;
  return schema ? withoutWords(schema) : null;
}

/** One operation: parameters and bodies, schemas still with `$ref`s to `components/schemas`. */
function cut(description, key) {
  const [method, path] = key.split(" ");
  const item = description.paths[path];
  const operation = item?.[method.toLowerCase()];
  if (!operation) throw new Error(`GitHub describes no "${key}"`);
  const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])]
    .map((parameter) => resolve(description, parameter))
    .filter((parameter) => parameter.in === "path" || parameter.in === "query")
    .map(({ name, in: place, required, schema }) => ({
      name,
      in: place,
      required: required === true,
      schema: withoutWords(schema),
    }));
  const responses = Object.entries(operation.responses).map(([status, body]) => [
    status,
    jsonSchema(description, body),
  ]);
  const requestBody = operation.requestBody
    ? {
        required: resolve(description, operation.requestBody).required === true,
        schema: jsonSchema(description, operation.requestBody),
      }
    : null;
  return { parameters, requestBody, responses: { ...Object.fromEntries(responses), ...CORRECTED_RESPONSES[key] } };
}

/** Every schema that is reachable from `roots`. */
function reachable(description, roots) {
  const found = {};
  const visit = (value) => {
    if (value === null || typeof value !== "object") return;
    const name = typeof value.$ref === "string" ? value.$ref.replace("#/components/schemas/", "") : undefined;
    if (name !== undefined && !(name in found)) {
      found[name] = withoutWords(description.components.schemas[name]);
      visit(found[name]);
    }
    for (const item of Object.values(value)) visit(item);
  };
  visit(roots);
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const description = loadDescription(process.argv[2]);
const operations = Object.fromEntries(OPERATIONS.map((key) => [key, cut(description, key)]));
const text = JSON.stringify({
  source: PACKAGE,
  openapi: description.openapi,
  operations,
  schemas: reachable(description, operations),
});
writeFileSync(TARGET, `${text}\n`);
process.stdout.write(`${OPERATIONS.length} operations, ${text.length} bytes\n`);
