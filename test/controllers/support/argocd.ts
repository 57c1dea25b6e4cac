import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunningControlPlane } from "../../../sandbox/cluster/control-plane.ts";
import { freePort } from "../../../sandbox/free-port.ts";
import { answers } from "./http.ts";
import { applyDefinitions, applyObject } from "./objects.ts";
import type { ControllerPrograms } from "./programs.ts";

/** Where Argo CD and its Applications are. */
export const argocdNamespace = "argocd";

/** Starts Argo CD's application controller and repository server; resolves when they are ready. */
export async function startArgocd(running: RunningControlPlane, programs: ControllerPrograms, ca: string) {
  await applyDefinitions(running, programs.argocd.crds);
  await applySettings(running);
  const env = environment(running, programs, ca);
  const { binary } = programs.argocd;
  const [redis, server, metrics, serverMetrics] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  running.run({
    name: "redis-server",
    binary: programs.redis,
    args: ["--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--port", String(redis)],
  });
  running.run({
    name: "argocd-repo-server",
    binary,
    args: [
      ...["--address", "127.0.0.1", "--port", String(server), "--redis", `127.0.0.1:${redis}`],
      ...["--metrics-address", "127.0.0.1", "--metrics-port", String(serverMetrics)],
    ],
    env,
  });
  running.run({
    name: "argocd-application-controller",
    binary,
    args: [
      ...["--kubeconfig", running.access.kubeconfig, "-n", argocdNamespace, "--redis", `127.0.0.1:${redis}`],
      ...["--repo-server", `127.0.0.1:${server}`, "--metrics-port", String(metrics)],
    ],
    env,
  });
  const ready = [serverMetrics, metrics].map((port) => `http://127.0.0.1:${port}/healthz`);
  await running.until("Argo CD is ready", async () => (await Promise.all(ready.map(answers))).every(Boolean));
}

/** What Argo CD does not start or sync without. */
async function applySettings({ api }: RunningControlPlane): Promise<void> {
  const part = { namespace: argocdNamespace, labels: { "app.kubernetes.io/part-of": "argocd" } };
  await applyObject(api, { apiVersion: "v1", kind: "Namespace", metadata: { name: argocdNamespace } });
  const stringData = { "server.secretkey": "of-the-tests" };
  await applyObject(api, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "argocd-cm", ...part } });
  await applyObject(api, {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "argocd-secret", ...part },
    stringData,
  });
  await applyObject(api, {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "AppProject",
    metadata: { name: "default", namespace: argocdNamespace },
    spec: {
      sourceRepos: ["*"],
      destinations: [{ namespace: "*", server: "*" }],
      clusterResourceWhitelist: [{ group: "*", kind: "*" }],
    },
  });
}

/** Folders of its own, the programs that it starts, and the certificate of the Git server. */
function environment({ folder, access }: RunningControlPlane, programs: ControllerPrograms, ca: string) {
  const own = (name: string): string => {
    const path = join(folder, "argocd", name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  const [bin, tls, ssh] = [own("bin"), own("tls"), own("ssh")];
  symlinkSync(programs.kustomize, join(bin, "kustomize"));
  symlinkSync(programs.argocd.gitVerifyWrapper, join(bin, "git-verify-wrapper.sh"));
  writeFileSync(join(tls, "127.0.0.1"), ca);
  writeFileSync(join(ssh, "ssh_known_hosts"), "");
  return {
    KUBECONFIG: access.kubeconfig,
    // The cluster of the kubeconfig is the one that Argo CD runs in.
    ARGOCD_FAKE_IN_CLUSTER: "true",
    ARGOCD_GPG_ENABLED: "false",
    ARGOCD_TLS_DATA_PATH: tls,
    ARGOCD_SSH_DATA_PATH: ssh,
    ARGOCD_GPG_DATA_PATH: own("gpg"),
    ARGOCD_GNUPGHOME: own("gnupg"),
    ARGOCD_PLUGINSOCKFILEPATH: own("plugins"),
    TMPDIR: own("tmp"),
    PATH: `${bin}:${process.env.PATH ?? ""}`,
  };
}
