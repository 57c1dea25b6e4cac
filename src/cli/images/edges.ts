/** The client of registries; loaded when it is needed, so that the help needs none of it. */
export const loadRegistries = () => import("../../wiring/registry-client.ts");

/** The reader of a server's file; loaded when it is needed. */
export const loadServerFile = () => import("../../settings.ts");
