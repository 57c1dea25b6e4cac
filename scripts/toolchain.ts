// The set-up's child that fetches Go. It runs on the Node that npm brought, with `--use-env-proxy --use-system-ca`: an
// older Node knows neither HTTPS_PROXY nor SSL_CERT_FILE. It tells its parent by messages: `{progress}` while it works,
// then `{toolchain}` or `{failure}`.
//   node scripts/toolchain.ts <the folder that keeps toolchains>

import { pinnedRelease, ToolchainError } from "./lib/release.ts";
import { installToolchain, type Toolchain } from "./lib/toolchain.ts";

async function fetchToolchain(folder: string): Promise<Toolchain> {
  const release = pinnedRelease(process.platform, process.arch);
  if (release === undefined) throw new ToolchainError(`none is pinned for ${process.platform}-${process.arch}`);
  const progress = (text: string): void => send({ progress: text });
  return installToolchain(release, { folder, goproxy: process.env.GOPROXY, progress });
}

function send(message: { progress: string } | { toolchain: Toolchain } | { failure: string }): void {
  process.send?.(message);
}

const [folder = "."] = process.argv.slice(2);
try {
  send({ toolchain: await fetchToolchain(folder) });
} catch (error) {
  if (!(error instanceof ToolchainError)) throw error;
  send({ failure: error.message });
}
