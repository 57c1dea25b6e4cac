import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunningControlPlane } from "../../../sandbox/cluster/control-plane.ts";
import { freePort } from "../../../sandbox/free-port.ts";
import { answers } from "./http.ts";
import { applyDefinitions, applyObject } from "./objects.ts";
import type { ControllerPrograms } from "./programs.ts";

const namespace = "flux-system";

/** Starts Flux's source-controller and kustomize-controller; resolves when they are ready. */
export async function startFlux(running: RunningControlPlane, programs: ControllerPrograms, ca: string) {
  await Promise.all([programs.fluxSource, programs.fluxKustomize].map(({ crds }) => applyDefinitions(running, crds)));
  await applyObject(running.api, { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  const storage = await freePort();
  const ready = [
    await run(running, programs.fluxSource.binary, "source-controller", ca, [
      ...["--storage-path", join(running.folder, "source-controller")],
      ...["--storage-addr", `127.0.0.1:${storage}`, "--storage-adv-addr", `127.0.0.1:${storage}`],
    ]),
    await run(running, programs.fluxKustomize.binary, "kustomize-controller", ca, []),
  ];
  await running.until("Flux is ready", async () => (await Promise.all(ready.map(answers))).every(Boolean));
}

/** Starts a controller, and gives the address that says whether it is ready. */
async function run(
  { folder, access, run }: RunningControlPlane,
  binary: string,
  name: string,
  ca: string,
  args: readonly string[],
): Promise<string> {
  const own = join(folder, name);
  mkdirSync(own);
  writeFileSync(join(own, "ca.crt"), ca);
  const [metrics, health] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  run({
    name,
    binary,
    args: [...args, "--metrics-addr", metrics, "--health-addr", health, "--enable-leader-election=false"],
    env: {
      KUBECONFIG: access.kubeconfig,
      RUNTIME_NAMESPACE: namespace,
      SSL_CERT_FILE: join(own, "ca.crt"),
      TMPDIR: own,
    },
  });
  return `http://${health}/readyz`;
}
