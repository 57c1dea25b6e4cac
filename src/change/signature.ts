import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/** Proves that a text was written by this App: anybody who may write can edit a pull request's body, or push to its branch. */
export interface Signer {
  /** 64 hex digits. `use` keeps apart what is sealed: a signer of one use is none of another. */
  sign(use: string, text: string): string;
  verify(use: string, text: string, signer: string): boolean;
}

/** The signer of every worker of one App. */
export function createSigner(privateKey: string): Signer {
  const key = new Uint8Array(hkdfSync("sha256", privateKey, "", "sluice promotion seals", 32));
  const mac = (use: string, text: string) => createHmac("sha256", key).update(`${use}\0${text}`).digest();
  return {
    sign: (use, text) => mac(use, text).toString("hex"),
    verify(use, text, signer) {
      const given = Buffer.from(signer, "hex");
      const right = mac(use, text);
      return given.length === right.length && timingSafeEqual(given, right);
    },
  };
}
