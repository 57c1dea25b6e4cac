import { type KeyObject, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { SignJWT } from "jose";
import { selfSigned } from "../../sandbox/certificate.ts";

/** A token service as the distribution token specification has it, for a real registry that trusts its certificate. */
export interface TokenService {
  readonly realm: string;
  /** What the registry trusts, PEM. */
  readonly certificate: string;
  readonly service: string;
  readonly issuer: string;
  /** Path and query of every request so far, with what of the credentials was right. */
  readonly requests: readonly string[];
  /** A token for these scopes, without asking over HTTP. */
  token(scopes: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

const service = "registry.test";
const issuer = "token-service.test";

/**
 * Starts a token service on 127.0.0.1 that gives whoever has the credentials what they ask for, for `expiresIn` seconds
 * (60, which is the least that is said without saying).
 */
export async function startTokenService(username: string, password: string, expiresIn = 60): Promise<TokenService> {
  const { privateKey, certificate, pem } = selfSigned(issuer);
  const right = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const requests: string[] = [];
  const token = (scopes: readonly string[]): Promise<string> => sign256(privateKey, certificate, scopes, expiresIn);
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://token");
    const authentic = request.headers.authorization === right;
    requests.push(`${url.pathname}${url.search} ${authentic ? "with" : "without"} credentials`);
    if (!authentic) return void response.writeHead(401).end();
    const body = { token: await token(url.searchParams.getAll("scope")), expires_in: expiresIn };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(500).end());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    realm: `http://127.0.0.1:${address.port}/token`,
    certificate: pem,
    service,
    issuer,
    requests,
    token,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function sign256(key: KeyObject, certificate: Buffer, scopes: readonly string[], expiresIn: number): Promise<string> {
  const access = scopes.map((scope) => {
    const [type = "", ...rest] = scope.split(":");
    return { type, name: rest.slice(0, -1).join(":"), actions: (rest.at(-1) ?? "").split(",") };
  });
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ access })
    .setProtectedHeader({ alg: "ES256", typ: "JWT", x5c: [certificate.toString("base64")] })
    .setIssuer(issuer)
    .setSubject("sluice")
    .setAudience(service)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setNotBefore(now - 10)
    .setExpirationTime(now + expiresIn)
    .sign(key);
}
