/** The client of registries and the reader of Docker's credentials, for the command line, which starts no server. */
export { createRegistry, readDockerConfig, withDockerCredentials } from "../registry/index.ts";
