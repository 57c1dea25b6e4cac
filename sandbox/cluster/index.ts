/**
 * A Kubernetes control plane on this machine: etcd, the API server, its controllers and scheduler, and kwok, which
 * plays the nodes. For the demo and for tests.
 */
export type { Access } from "./access.ts";
export { type Api, connect } from "./api.ts";
export { startControlPlane } from "./control-plane.ts";
export { programs } from "./programs.ts";
