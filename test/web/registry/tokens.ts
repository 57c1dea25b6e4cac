import { once } from "node:events";
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";

/** An issuer of tokens with real RSA keys, whose public ones it serves. */
export interface Issuer {
  /** `http://127.0.0.1:…`, without a slash at the end. */
  readonly url: string;
  /** How often its keys were fetched. */
  fetches(): number;
  /** Answers with this status from now on; 0 never answers. */
  answer(status: number): void;
  /** Signs the claims; `iat` is the given time, `exp` five minutes later where it is not among them. */
  token(claims: JWTPayload, how?: { readonly at?: number; readonly foreign?: boolean }): Promise<string>;
  /** From now on it signs with another key, which it publishes instead. */
  rotate(): Promise<void>;
  close(): Promise<void>;
}

/** Starts an issuer. Its keys are at `/.well-known/jwks`. */
export async function startIssuer(): Promise<Issuer> {
  let [status, fetches] = [200, 0];
  let current = await makeKey("first");
  const stranger = await makeKey("first");
  const server = createServer((_request, response) => {
    fetches++;
    if (status === 0) return;
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ keys: [current.jwk] }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    fetches: () => fetches,
    answer(next) {
      status = next;
    },
    token(claims, { at = Date.now(), foreign = false } = {}) {
      const key = foreign ? stranger : current;
      const seconds = Math.floor(at / 1000);
      return new SignJWT({ iat: seconds, exp: seconds + 300, ...claims })
        .setProtectedHeader({ alg: "RS256", kid: key.jwk.kid, typ: "JWT" })
        .sign(key.privateKey);
    },
    async rotate() {
      current = await makeKey("second");
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function makeKey(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" } };
}
