import { createPublicKey, randomBytes, verify } from "node:crypto";
import { z } from "zod";

import { ApiError } from "./errors.ts";
import type { Account, Installation, InstallationToken } from "./state.ts";
import type { AccessLevel } from "./types-common.ts";
import { iso, now, type World } from "./world.ts";

/** Who makes a request. */
export type Caller =
  | { readonly kind: "anonymous" }
  | { readonly kind: "app" }
  | { readonly kind: "installation"; readonly token: InstallationToken }
  | { readonly kind: "user"; readonly account: Account };

const TOKEN_LIFE_MS = 60 * 60 * 1000;
const MAX_JWT_LIFE_S = 600;
/** GitHub tolerates a little clock drift. */
const DRIFT_S = 60;

const JwtHeader = z.object({ alg: z.literal("RS256") });
const JwtClaims = z.object({ iss: z.union([z.string(), z.number()]), iat: z.number(), exp: z.number() });

/** Identifies the caller from an Authorization header. 401 for credentials that are wrong or expired. */
export function authenticate(world: World, header: string | undefined): Caller {
  if (header === undefined) return { kind: "anonymous" };
  const [scheme = "", value = ""] = header.split(" ", 2);
  switch (scheme.toLowerCase()) {
    case "basic":
      return byToken(world, Buffer.from(value, "base64").toString("utf8").split(":").slice(1).join(":"));
    case "bearer":
    case "token":
      return value.split(".").length === 3 ? byJwt(world, value) : byToken(world, value);
    default:
      throw badCredentials();
  }
}

/** 401, as GitHub words it. */
function badCredentials(): ApiError {
  return new ApiError(401, "Bad credentials");
}

/** The caller as it stands in the request log. */
export function callerName(caller: Caller): string {
  switch (caller.kind) {
    case "anonymous":
    case "app":
      return caller.kind;
    case "installation":
      return `installation:${caller.token.installationId}`;
    case "user":
      return `user:${caller.account.login}`;
    default:
      return caller satisfies never;
  }
}

function byToken(world: World, token: string): Caller {
  if (token === "") throw badCredentials();
  const account = world.state.accounts.find((one) => one.token === token);
  if (account) return { kind: "user", account };
  const found = world.state.tokens.find((one) => one.token === token);
  if (!found || Date.parse(found.expiresAt) <= now(world).getTime()) throw badCredentials();
  return { kind: "installation", token: found };
}

function byJwt(world: World, jwt: string): Caller {
  const [head = "", body = "", signature = ""] = jwt.split(".");
  const header = JwtHeader.safeParse(decodePart(head));
  const claims = JwtClaims.safeParse(decodePart(body));
  if (!header.success || !claims.success) throw new ApiError(401, "A JSON web token could not be decoded");
  const key = createPublicKey(world.state.app.privateKey);
  if (!verify("RSA-SHA256", Buffer.from(`${head}.${body}`), key, Buffer.from(signature, "base64url"))) {
    throw new ApiError(401, "A JSON web token could not be decoded");
  }
  checkClaims(world, claims.data);
  return { kind: "app" };
}

function checkClaims(world: World, claims: z.infer<typeof JwtClaims>): void {
  const seconds = now(world).getTime() / 1000;
  if (String(claims.iss) !== String(world.state.app.id))
    throw new ApiError(401, "'Issuer' claim ('iss') must be an Integer or a client ID");
  if (claims.exp <= seconds)
    throw new ApiError(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  if (claims.exp - seconds > MAX_JWT_LIFE_S + DRIFT_S || claims.exp - claims.iat > MAX_JWT_LIFE_S + DRIFT_S) {
    throw new ApiError(401, "'Expiration time' claim ('exp') is too far in the future");
  }
  if (claims.iat > seconds + DRIFT_S)
    throw new ApiError(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
}

function decodePart(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    // Not JSON is one of the ways in which a token is invalid; the schema refuses it.
    return undefined;
  }
}

const RANK: Readonly<Record<AccessLevel, number>> = { read: 1, write: 2, admin: 3 };

/** Whether a grant includes a level. `metadata: read` always does, as on GitHub. */
export function grants(permissions: Readonly<Record<string, AccessLevel>>, name: string, level: AccessLevel): boolean {
  if (name === "metadata" && level === "read") return true;
  const granted = permissions[name];
  return granted !== undefined && RANK[granted] >= RANK[level];
}

/** What the account granted the app. */
export function permissionsOf(world: World, installation: Installation): Readonly<Record<string, AccessLevel>> {
  return installation.permissions ?? world.state.app.permissions;
}

/** Makes a token for an installation. 422 when it asks for more than the app was granted. */
export function issueToken(
  world: World,
  installation: Installation,
  wanted: { repositoryIds: readonly number[] | null; permissions: Readonly<Record<string, AccessLevel>> | undefined },
): InstallationToken {
  const granted = permissionsOf(world, installation);
  const beyond = Object.entries(wanted.permissions ?? {}).find(([name, level]) => !grants(granted, name, level));
  if (beyond) throw new ApiError(422, "The permissions requested are not granted to this installation.");
  const token: InstallationToken = {
    token: `ghs_${randomBytes(27).toString("base64url")}`,
    installationId: installation.id,
    expiresAt: iso(new Date(now(world).getTime() + TOKEN_LIFE_MS)),
    permissions: { ...(wanted.permissions ?? granted), metadata: "read" },
    repositoryIds: wanted.repositoryIds,
  };
  world.state.tokens.push(token);
  return token;
}
