import { z } from "zod";

import { grants, issueToken } from "../auth.ts";
import { redeliver } from "../deliver.ts";
import { ApiError, notFound } from "../errors.ts";
import {
  appObject,
  deliveryItemObject,
  deliveryObject,
  installationObject,
  installationTokenObject,
} from "../objects/app.ts";
import { repositoryObject } from "../objects/repository.ts";
import type { Installation } from "../state.ts";
import { findInstallation, findRepository } from "../world.ts";
import { bodyAs, type Call, numberParam, paged, param, type Route } from "./route.ts";

const TokenBody = z.strictObject({
  repositories: z.array(z.string()).optional(),
  repository_ids: z.array(z.number().int()).optional(),
  permissions: z.record(z.string(), z.enum(["read", "write", "admin"])).optional(),
});

/** Refuses everybody but the app itself. */
function requireApp(call: Call): void {
  if (call.caller.kind === "app") return;
  throw new ApiError(401, "A JSON web token could not be decoded");
}

function asApp(method: Route["method"], template: string, handle: Route["handle"]): Route {
  return {
    method,
    template,
    handle: (call) => {
      requireApp(call);
      return handle(call);
    },
  };
}

function installationOr404(found: Installation | undefined): Installation {
  if (!found) throw notFound();
  return found;
}

function installationById(call: Call): Installation {
  const id = numberParam(call, "installation_id");
  return installationOr404(call.world.state.installations.find((one) => one.id === id));
}

function createToken(call: Call) {
  const { world } = call;
  const installation = installationById(call);
  const body = bodyAs(call, TokenBody);
  const own = world.state.repositories.filter((one) => one.owner === installation.account);
  const byName = body.repositories?.map((name) => own.find((one) => one.name.toLowerCase() === name.toLowerCase())?.id);
  const byId = body.repository_ids?.map((id) => own.find((one) => one.id === id)?.id);
  const ids = [...(byName ?? []), ...(byId ?? [])];
  const known = ids.filter((id) => id !== undefined);
  if (known.length < ids.length) {
    throw new ApiError(
      422,
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  }
  const token = issueToken(world, installation, {
    repositoryIds: body.repositories || body.repository_ids ? known : null,
    permissions: body.permissions,
  });
  return { status: 201, body: installationTokenObject(world, token) };
}

/** The address of the account's or the repository's installation. */
function installationRoutes(): Route[] {
  const ofAccount = (name: string) => (call: Call) => {
    const found = installationOr404(findInstallation(call.world, param(call, name)));
    return { status: 200, body: installationObject(call.world, found) };
  };
  return [
    asApp("GET", "/orgs/{org}/installation", ofAccount("org")),
    asApp("GET", "/users/{username}/installation", ofAccount("username")),
    asApp("GET", "/repos/{owner}/{repo}/installation", (call) => {
      const repository = findRepository(call.world, param(call, "owner"), param(call, "repo"));
      if (!repository) throw notFound();
      const found = installationOr404(findInstallation(call.world, repository.owner));
      return { status: 200, body: installationObject(call.world, found) };
    }),
  ];
}

/** Deliveries, newest first, paged by the id of the last one seen. */
function listDeliveries(call: Call) {
  const size = Math.min(Number(call.query.per_page) || 30, 100);
  const cursor = Number(call.query.cursor?.replace(/^v1_/, "") ?? Number.NaN);
  const wanted = call.query.status;
  const items = [...call.world.state.deliveries]
    .reverse()
    .filter((one) => !(one.id >= cursor))
    .filter((one) => wanted === undefined || (wanted === "success") === (one.status === "OK"));
  const page = items.slice(0, size);
  const last = page.at(-1);
  const more = items.length > size && last !== undefined;
  const query = new URLSearchParams({ ...call.query, cursor: `v1_${last?.id ?? 0}` });
  return {
    status: 200,
    body: page.map(deliveryItemObject),
    ...(more ? { headers: { link: `<${call.address}?${query}>; rel="next"` } } : {}),
  };
}

/** What the app does as itself, and what an installation asks about itself. */
export const appRoutes: readonly Route[] = [
  asApp("GET", "/app", ({ world }) => {
    const body = { ...appObject(world), installations_count: world.state.installations.length };
    return { status: 200, body };
  }),
  asApp("GET", "/app/installations", (call) =>
    paged(call, call.world.state.installations, (page) => page.map((one) => installationObject(call.world, one))),
  ),
  asApp("GET", "/app/installations/{installation_id}", (call) => ({
    status: 200,
    body: installationObject(call.world, installationById(call)),
  })),
  asApp("POST", "/app/installations/{installation_id}/access_tokens", createToken),
  ...installationRoutes(),
  asApp("GET", "/app/hook/config", ({ world }) => ({
    status: 200,
    body: {
      content_type: "json",
      insecure_ssl: "0",
      secret: "********",
      ...(world.webhook.url === undefined ? {} : { url: world.webhook.url }),
    },
  })),
  asApp("GET", "/app/hook/deliveries", listDeliveries),
  asApp("GET", "/app/hook/deliveries/{delivery_id}", (call) => {
    const id = numberParam(call, "delivery_id");
    const delivery = call.world.state.deliveries.find((one) => one.id === id);
    if (!delivery) throw notFound();
    return { status: 200, body: deliveryObject(delivery) };
  }),
  asApp("POST", "/app/hook/deliveries/{delivery_id}/attempts", async (call) => {
    const id = numberParam(call, "delivery_id");
    if (!call.world.state.deliveries.some((one) => one.id === id)) throw notFound();
    // GitHub answers at once and sends afterwards; a failed attempt is in the log.
    redeliver(call.world, id).catch((error: unknown) =>
      call.world.options.log?.({ level: "error", message: "a redelivery could not be made", error }),
    );
    return { status: 202, body: {} };
  }),
  {
    method: "GET",
    template: "/installation/repositories",
    handle: (call) => {
      const { caller, world } = call;
      if (caller.kind !== "installation")
        throw new ApiError(
          403,
          "You must authenticate with an installation access token in order to list repositories for an installation.",
        );
      if (!grants(caller.token.permissions, "metadata", "read"))
        throw new ApiError(403, "Resource not accessible by integration");
      const installation = world.state.installations.find((one) => one.id === caller.token.installationId);
      const ids = caller.token.repositoryIds;
      const seen = world.state.repositories.filter(
        (one) => one.owner === installation?.account && (ids === null || ids.includes(one.id)),
      );
      return paged(call, seen, (page) => ({
        total_count: seen.length,
        repositories: page.map((one) => repositoryObject(world, one)),
      }));
    },
  },
  {
    method: "DELETE",
    template: "/installation/token",
    handle: ({ caller, world }) => {
      if (caller.kind !== "installation") throw new ApiError(401, "Bad credentials");
      world.state.tokens.splice(world.state.tokens.indexOf(caller.token), 1);
      return { status: 204 };
    },
  },
];
