import { createHash, timingSafeEqual } from "node:crypto";
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";

import { beginUpload, continueUpload, endUpload, readBlob } from "./blobs.ts";
import { RegistryError } from "./errors.ts";
import { readManifest, writeManifest } from "./manifests.ts";
import { type Place, placeOf } from "./names.ts";
import { listTags } from "./tags.ts";
import type { RegistryCall, RegistryReply, RegistryWorld } from "./world.ts";

const BODY_LIMIT = 256 * 1024 * 1024;
const REALM = "Local registry";

/** The API below `/v2/`: what the OCI distribution specification has for pulling, pushing and listing. */
export function makeApi(world: RegistryWorld): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const tooLarge = () => respond(refusal(new RegistryError("SIZE_INVALID", "the body is too large")));
  app.use(bodyLimit({ maxSize: BODY_LIMIT, onError: tooLarge }));
  app.all("*", async (context) => {
    const { socket } = context.env.incoming;
    const request = context.req.raw;
    const url = new URL(request.url);
    const actor = userOf(world, request.headers.get("authorization"));
    const call: RegistryCall = {
      world,
      request,
      url,
      actor: actor ?? "",
      address: `${socket.remoteAddress ?? ""}:${socket.remotePort ?? 0}`,
      body: Buffer.from(await request.arrayBuffer()),
    };
    const reply = actor === undefined ? challenge() : answer(call);
    const { method } = request;
    world.requests.push({ method, path: url.pathname + url.search, status: reply.status, actor: call.actor });
    return respond(reply, method === "HEAD");
  });
  return app;
}

/** Who asks; empty where nobody has to say, `undefined` for somebody who may not. */
function userOf(world: RegistryWorld, header: string | null): string | undefined {
  const users = Object.entries(world.users);
  if (users.length === 0) return "";
  const [scheme = "", value = ""] = (header ?? "").split(" ", 2);
  if (scheme.toLowerCase() !== "basic") return undefined;
  const given = Buffer.from(value, "base64").toString("utf8");
  return users.find(([name, password]) => same(given, `${name}:${password}`))?.[0];
}

function same(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}

function challenge(): RegistryReply {
  const reply = refusal(new RegistryError("UNAUTHORIZED", "authentication required", null));
  return { ...reply, headers: { ...reply.headers, "www-authenticate": `Basic realm="${REALM}"` } };
}

function answer(call: RegistryCall): RegistryReply {
  if (call.url.pathname === "/v2/") return { status: 200, headers: { "content-type": "application/json" }, body: "{}" };
  const place = placeOf(call.url.pathname.slice("/v2/".length));
  if (!place) return { status: 404, headers: { "content-type": "text/plain" }, body: "404 page not found\n" };
  try {
    return route(call, place);
  } catch (error) {
    if (error instanceof RegistryError) return refusal(error);
    throw error;
  }
}

function route(call: RegistryCall, place: Place): RegistryReply {
  // HEAD is GET whose body is not sent.
  const verb = call.request.method === "HEAD" ? "GET" : call.request.method;
  const { name } = place;
  if (place.kind === "uploads" && verb === "POST") return beginUpload(call, name);
  if (place.kind === "upload" && verb === "PATCH") return continueUpload(call, name, place.id);
  if (place.kind === "upload" && verb === "PUT") return endUpload(call, name, place.id);
  if (place.kind === "blob" && verb === "GET") return readBlob(call, name, place.digest);
  if (place.kind === "manifest" && verb === "GET") return readManifest(call, name, place.reference);
  if (place.kind === "manifest" && verb === "PUT") return writeManifest(call, name, place.reference);
  if (place.kind === "tags" && verb === "GET") return listTags(call, name);
  throw new RegistryError("UNSUPPORTED", "the operation is unsupported");
}

function refusal(error: RegistryError): RegistryReply {
  return { status: error.status, headers: { "content-type": "application/json" }, body: JSON.stringify(error.body()) };
}

function respond({ status, headers, body = "" }: RegistryReply, bodiless = false): Response {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const empty = bodiless || status === 304;
  return new Response(empty ? null : new Uint8Array(bytes), {
    status,
    headers: {
      "docker-distribution-api-version": "registry/2.0",
      ...(status === 304 ? {} : { "content-length": String(bytes.length) }),
      ...headers,
    },
  });
}
