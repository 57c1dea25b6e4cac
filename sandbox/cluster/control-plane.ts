import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { freePort } from "../free-port.ts";
import type { Access } from "./access.ts";
import { type Api, type ApiAnswer, connect, crashFile, messageOf } from "./api.ts";
import { type Daemon, type DaemonProgram, startDaemon, whileRunning } from "./daemon.ts";
import type { Programs } from "./programs.ts";
import { type FailingImages, readStages } from "./stages.ts";

/** A control plane of the tests' own, with one node. */
export interface ControlPlane {
  readonly access: Access;
  /** Ends everything, and deletes what it kept. Rejects when one of the programs had ended by itself. */
  stop(): Promise<void>;
}

/** A control plane that is up, for programs that are to run on it. */
export interface RunningControlPlane {
  readonly access: Access;
  readonly api: Api;
  /** Where everything is kept that they write; deleted at the end. */
  readonly folder: string;
  /** Starts one more program, which is stopped, and whose crash is noted, like the others. */
  run(program: DaemonProgram): void;
  /** Asks again and again until there is an answer, or one of the programs has ended. */
  until<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T>;
}

/** Another program may take a port between the moment it was found free and its use. */
const attempts = 3;

/**
 * Starts a control plane in an empty folder, on loopback and free ports; resolves when Pods can run, and `more` has
 * done what it does there. Pods of `failing` images fail.
 */
export async function startControlPlane(
  programs: Programs,
  more?: (running: RunningControlPlane) => Promise<void>,
  failing: readonly FailingImages[] = [],
): Promise<ControlPlane> {
  for (let attempt = 1; ; attempt += 1) {
    const folder = mkdtempSync(join(tmpdir(), "sluice-cluster-"));
    try {
      return await new Start(programs, folder, failing).run(more);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      if (attempt === attempts || !String(error).includes("address already in use")) throw error;
    }
  }
}

/** One start: what runs already is stopped when the rest does not come up. */
class Start {
  readonly #programs: Programs;
  readonly #folder: string;
  readonly #failing: readonly FailingImages[];
  readonly #token = randomBytes(24).toString("hex");
  /** In the order of their starts. */
  readonly #daemons: Daemon[] = [];

  constructor(programs: Programs, folder: string, failing: readonly FailingImages[]) {
    this.#programs = programs;
    this.#folder = folder;
    this.#failing = failing;
  }

  async run(more?: (running: RunningControlPlane) => Promise<void>): Promise<ControlPlane> {
    try {
      const access = await this.#start(more);
      const watch = this.#noteCrashes();
      return {
        access,
        stop: async () => {
          clearInterval(watch);
          await this.#stop();
        },
      };
    } catch (error) {
      await this.#stop().catch(() => undefined);
      throw error;
    }
  }

  async #start(more?: (running: RunningControlPlane) => Promise<void>): Promise<Access> {
    const [etcd, apiserver] = [`http://127.0.0.1:${await freePort()}`, await freePort()];
    this.#startEtcd(etcd, `http://127.0.0.1:${await freePort()}`);
    await this.#startApiserver(etcd, apiserver);
    const access: Access = {
      server: `https://127.0.0.1:${apiserver}`,
      ca: readFileSync(this.#file("certs/apiserver.crt"), "utf8"),
      token: this.#token,
      kubeconfig: this.#file("kubeconfig"),
      own: true,
      folder: this.#folder,
    };
    const api = connect(access);
    try {
      await whileRunning(this.#daemons, "the API server is ready", () => isReady(api));
      await this.#startControllers(access, api);
      await more?.({
        access,
        api,
        folder: this.#folder,
        run: (program) => this.#daemons.push(startDaemon(program, this.#folder)),
        until: (what, ask) => whileRunning(this.#daemons, what, ask),
      });
      return access;
    } finally {
      await api.close();
    }
  }

  #startEtcd(client: string, peer: string): void {
    this.#run("etcd", this.#programs.etcd, [
      ...["--data-dir", this.#file("etcd"), "--unsafe-no-fsync"],
      ...["--listen-client-urls", client, "--advertise-client-urls", client],
      ...["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer],
      ...["--initial-cluster", `default=${peer}`],
    ]);
  }

  async #startApiserver(etcd: string, port: number): Promise<void> {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const key = this.#write("service-accounts.pem", privateKey.export({ type: "pkcs8", format: "pem" }));
    const tokens = this.#write("tokens.csv", `${this.#token},admin,admin,"system:masters"\n`);
    mkdirSync(this.#file("certs"));
    this.#run("kube-apiserver", this.#programs.apiserver, [
      ...["--etcd-servers", etcd, "--bind-address", "127.0.0.1", "--advertise-address", "127.0.0.1"],
      ...["--secure-port", String(port), "--cert-dir", this.#file("certs")],
      ...["--token-auth-file", tokens, "--authorization-mode", "RBAC"],
      ...["--service-account-issuer", "https://kubernetes.default.svc"],
      ...["--service-account-key-file", key, "--service-account-signing-key-file", key],
      ...["--service-cluster-ip-range", "10.96.0.0/16", "--endpoint-reconciler-type", "none"],
      "--allow-privileged=true",
    ]);
    const certificate = this.#file("certs/apiserver.crt");
    await whileRunning(this.#daemons, "the API server has made its certificate", async () => hasContent(certificate));
  }

  async #startControllers(access: Access, api: Api): Promise<void> {
    const { config, storageClass } = readStages(this.#programs.stages, this.#failing);
    const { kubeconfig } = access;
    writeFileSync(kubeconfig, JSON.stringify(kubeconfigOf(access)), { mode: 0o600 });
    this.#startManager(kubeconfig);
    this.#run("kube-scheduler", this.#programs.scheduler, [
      ...["--kubeconfig", kubeconfig, "--leader-elect=false", "--bind-address", "127.0.0.1", "--secure-port", "0"],
      ...fast,
    ]);
    this.#startKwok(kubeconfig, this.#write("stages.yaml", config));
    created(await api.send("POST", "/apis/storage.k8s.io/v1/storageclasses", { body: storageClass }));
    created(await api.send("POST", "/api/v1/nodes", { body: node }));
    await whileRunning(this.#daemons, "the node is ready and takes Pods", () => takesPods(api));
  }

  #startManager(kubeconfig: string): void {
    this.#run("kube-controller-manager", this.#programs.controllerManager, [
      ...["--kubeconfig", kubeconfig, "--leader-elect=false", "--bind-address", "127.0.0.1", "--secure-port", "0"],
      ...["--service-account-private-key-file", this.#file("service-accounts.pem")],
      ...["--root-ca-file", this.#file("certs/apiserver.crt"), "--use-service-account-credentials"],
      ...["--concurrent-deployment-syncs", "20", "--concurrent-replicaset-syncs", "20"],
      // A machine so busy that a node is not heard of for a minute is no reason to give up its Pods.
      ...["--node-monitor-grace-period", "24h"],
      ...fast,
    ]);
  }

  #startKwok(kubeconfig: string, stages: string): void {
    this.#run("kwok", this.#programs.kwok, [
      ...["--kubeconfig", kubeconfig, "--config", stages, "--manage-all-nodes"],
      ...["--node-ip", "127.0.0.1", "--node-port", "0", "--cidr", "10.244.0.0/16"],
      // Without leases the node turns NotReady after 40 seconds, and its Pods never become ready again.
      ...["--node-lease-duration-seconds", "40"],
    ]);
  }

  #run(name: string, binary: string, args: readonly string[]): void {
    this.#daemons.push(startDaemon({ name, binary, args }, this.#folder));
  }

  /** Tests run in other processes: they read there why nothing answers. */
  #noteCrashes(): NodeJS.Timeout {
    const look = (): void => {
      const crashes = this.#daemons.flatMap((daemon) => daemon.crash() ?? []);
      if (crashes.length > 0) this.#write(crashFile, crashes.join("\n\n"));
    };
    // Of a run that is interrupted nobody stops anything.
    process.once("exit", () => {
      for (const daemon of this.#daemons) daemon.kill();
      rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
    });
    return setInterval(look, 500);
  }

  async #stop(): Promise<void> {
    const crashes = this.#daemons.flatMap((daemon) => daemon.crash() ?? []);
    for (const daemon of this.#daemons.toReversed()) await daemon.stop();
    rmSync(this.#folder, { recursive: true, force: true });
    if (crashes.length > 0) throw new Error(crashes.join("\n\n"));
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }

  /** For the owner only: some are secrets. */
  #write(name: string, content: string | Buffer): string {
    writeFileSync(this.#file(name), content, { mode: 0o600 });
    return this.#file(name);
  }
}

/** Else a test of many objects would measure the limits of the clients. */
const fast = ["--kube-api-qps", "500", "--kube-api-burst", "1000"];

const node = {
  apiVersion: "v1",
  kind: "Node",
  metadata: { name: "node-1", labels: { "kubernetes.io/hostname": "node-1" } },
};

/** For the programs themselves. JSON is YAML. */
function kubeconfigOf({ server, ca = "", token }: Access): object {
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "tests",
    contexts: [{ name: "tests", context: { cluster: "tests", user: "admin" } }],
    clusters: [
      { name: "tests", cluster: { server, "certificate-authority-data": Buffer.from(ca).toString("base64") } },
    ],
    users: [{ name: "admin", user: { token } }],
  };
}

function hasContent(file: string): boolean {
  try {
    return readFileSync(file, "utf8").includes("END CERTIFICATE");
  } catch {
    return false;
  }
}

async function isReady(api: Api): Promise<boolean> {
  try {
    return (await api.send("GET", "/readyz")).status === 200;
  } catch {
    return false;
  }
}

function created(answer: ApiAnswer): void {
  if (answer.status !== 201) throw new Error(messageOf(answer));
}

const nodeState = z.object({
  spec: z.object({ taints: z.array(z.unknown()).default([]) }),
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) }),
});

async function takesPods(api: Api): Promise<boolean> {
  const { spec, status } = nodeState.parse((await api.send("GET", "/api/v1/nodes/node-1")).body);
  const ready = status.conditions.some((one) => one.type === "Ready" && one.status === "True");
  return ready && spec.taints.length === 0;
}
