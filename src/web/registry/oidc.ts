import { errors, type JWTPayload, jwtVerify } from "jose";
import { type KeySource, type RequestHead, refused, type Verdict } from "./adapter.ts";
import { bearerOf } from "./secrets.ts";

/** The expected issuer and audience of a token. */
export interface TokenRules {
  readonly issuers: readonly string[];
  readonly audience: string;
  readonly jwksUrl: string;
  readonly now: Date;
}

/** Tolerated difference between the issuer's clock and this machine's. */
const TOLERANCE_S = 30;

/**
 * Verifies the token after `Bearer` in `Authorization`: its RS256 signature with the issuer's published keys, that it
 * is valid now, its issuer and its audience. Gives its claims, or the verdict that it is not authentic. Rejects with an
 * `unavailable` Fault when the keys cannot be fetched.
 */
export async function verifyToken(
  head: RequestHead,
  keys: KeySource,
  rules: TokenRules,
): Promise<{ readonly claims: JWTPayload } | { readonly verdict: Verdict }> {
  const token = bearerOf(head.header("authorization") ?? "");
  if (token === undefined) return { verdict: refused("there is no token after Bearer in the authorization header") };
  try {
    const { payload } = await jwtVerify(token, keys(rules.jwksUrl), {
      algorithms: ["RS256"],
      issuer: [...rules.issuers],
      audience: rules.audience,
      requiredClaims: ["exp", "iat"],
      clockTolerance: TOLERANCE_S,
      currentDate: rules.now,
    });
    return { claims: payload };
  } catch (error) {
    if (error instanceof errors.JOSEError) return { verdict: refused(`the token is not valid: ${error.message}`) };
    throw error;
  }
}
