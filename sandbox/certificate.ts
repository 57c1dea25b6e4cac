import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A key and a certificate that it signed itself. */
export interface SelfSigned {
  readonly privateKey: KeyObject;
  /** DER. */
  readonly certificate: Buffer;
  /** The certificate again, PEM. */
  readonly pem: string;
}

/**
 * The shortest certificate that there is (X.509, P-256), good until 2049, since node makes none. With an IPv4 address,
 * programs written in Go take it from a server there.
 */
export function selfSigned(commonName: string, address?: string): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ecdsaWithSha256 = der(0x30, der(0x06, Buffer.from("2a8648ce3d040302", "hex")));
  const attribute = der(0x30, der(0x06, Buffer.from("550403", "hex")), der(0x0c, Buffer.from(commonName)));
  const name = der(0x30, der(0x31, attribute));
  const validity = der(0x30, der(0x17, Buffer.from("200101000000Z")), der(0x17, Buffer.from("491231235959Z")));
  const serial = der(0x02, Buffer.from([1]));
  const subjectKey = publicKey.export({ type: "spki", format: "der" });
  const [version, extensions] = address === undefined ? [[], []] : [[versionThree], [alternativeName(address)]];
  const content = der(0x30, ...version, serial, ecdsaWithSha256, name, validity, name, subjectKey, ...extensions);
  const signature = der(0x03, Buffer.from([0]), sign("sha256", content, privateKey));
  const certificate = der(0x30, content, ecdsaWithSha256, signature);
  return { privateKey, certificate, pem: pem(certificate) };
}

const versionThree = der(0xa0, der(0x02, Buffer.from([2])));

function alternativeName(address: string): Buffer {
  const names = der(0x30, der(0x87, Buffer.from(address.split(".").map(Number))));
  const extension = der(0x30, der(0x06, Buffer.from("551d11", "hex")), der(0x04, names));
  return der(0xa3, der(0x30, extension));
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
