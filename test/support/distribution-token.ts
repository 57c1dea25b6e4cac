import { createPrivateKey, generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { SignJWT } from "jose";

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

/** Starts a token service on 127.0.0.1 that gives whoever has the credentials what they ask for, for `expiresIn` seconds (60, which is the least that is said without saying). */
export async function startTokenService(username: string, password: string, expiresIn = 60): Promise<TokenService> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const certificate = selfSigned(privateKey, publicKey);
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
    certificate: pem(certificate),
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

/** The shortest certificate that a registry takes (X.509 version 1), since node makes none. */
function selfSigned(privateKey: KeyObject, publicKey: KeyObject): Buffer {
  const ecdsaWithSha256 = der(0x30, der(0x06, Buffer.from("2a8648ce3d040302", "hex")));
  const commonName = der(0x30, der(0x06, Buffer.from("550403", "hex")), der(0x0c, Buffer.from(issuer)));
  const name = der(0x30, der(0x31, commonName));
  const validity = der(0x30, der(0x17, Buffer.from("200101000000Z")), der(0x17, Buffer.from("491231235959Z")));
  const serial = der(0x02, Buffer.from([1]));
  const subjectKey = publicKey.export({ type: "spki", format: "der" });
  const content = der(0x30, serial, ecdsaWithSha256, name, validity, name, subjectKey);
  const signature = sign("sha256", content, createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" })));
  return der(0x30, content, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature));
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
