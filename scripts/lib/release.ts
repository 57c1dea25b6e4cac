// The Go release that is taken when the machine has none.

/** What there is of the release for one platform. */
export interface Release {
  /** As the go command says it: `go1.26.8`. */
  readonly version: string;
  /** As Go names it: `linux-amd64`. */
  readonly platform: string;
  /** The version of the module `golang.org/toolchain`. */
  readonly module: string;
  /** Bytes of the module's zip. */
  readonly bytes: number;
  /** Of the module's zip, hex. */
  readonly sha256: string;
}

/** Why there is no toolchain, for the person who set up. */
export class ToolchainError extends Error {}

/** The module that Go publishes its toolchains as. */
export const TOOLCHAIN_MODULE = "golang.org/toolchain";

const VERSION = "go1.26.8";

/** By platform: bytes and SHA-256 of `golang.org/toolchain/@v/v0.0.1-go1.26.8.<platform>.zip`. */
const zips: Readonly<Record<string, readonly [bytes: number, sha256: string]>> = {
  "darwin-amd64": [72_726_289, "fe99a2009e5bb51e06d7784f1a486478673512041c2671157bd382806e2aedcf"],
  "darwin-arm64": [69_567_788, "0aad5fb52b88498885290178adc0bcfe429bc63012621af9f83282eb640bd9c7"],
  "linux-amd64": [71_680_185, "30c2b1bf7dcc88d3eb0a1364e47ddd9128edb3110a30e8a0ef61cd5856b31de7"],
  "linux-arm64": [68_581_891, "02b36b6787b3ac767668f630e2998df45a3b1f9ffee08d1bf3ef6487cd658d99"],
};

const systems: Readonly<Record<string, string>> = { win32: "windows" };
const processors: Readonly<Record<string, string>> = { x64: "amd64" };

/** The release for a platform in Node's words (`linux`, `x64`), if one is pinned. */
export function pinnedRelease(system: string, processor: string): Release | undefined {
  const platform = `${systems[system] ?? system}-${processors[processor] ?? processor}`;
  const [bytes, sha256] = zips[platform] ?? [];
  if (bytes === undefined || sha256 === undefined) return undefined;
  return { version: VERSION, platform, module: `v0.0.1-${VERSION}.${platform}`, bytes, sha256 };
}
