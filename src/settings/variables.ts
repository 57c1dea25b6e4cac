/** One environment variable as `sluice doctor` and the documentation name it. */
interface Variable {
  readonly name: string;
  readonly required: boolean;
  readonly secret: boolean;
  readonly description: string;
}

/** Every environment variable that the server reads. */
export const variables: readonly Variable[] = [
  { name: "APP_ID", required: true, secret: false, description: "the GitHub App's id" },
  {
    name: "PRIVATE_KEY",
    required: true,
    secret: true,
    description: "the App's private key: PEM, PEM with \\n, or base64 of PEM; or PRIVATE_KEY_PATH",
  },
  {
    name: "PRIVATE_KEY_PATH",
    required: false,
    secret: false,
    description: "a file with the private key, instead of PRIVATE_KEY",
  },
  {
    name: "WEBHOOK_SECRET",
    required: true,
    secret: true,
    description: "the App's webhook secret, at least 16 characters",
  },
  { name: "GITHUB_API_URL", required: false, secret: false, description: "REST API, default https://api.github.com" },
  { name: "GITHUB_URL", required: false, secret: false, description: "git over HTTP, default https://github.com" },
  {
    name: "DOCS_URL",
    required: false,
    secret: false,
    description: "where these documents can be read; comments link to it",
  },
  { name: "ROLE", required: false, secret: false, description: "web, worker or all (default)" },
  { name: "HOST", required: false, secret: false, description: "address to listen on, default 127.0.0.1" },
  { name: "PORT", required: false, secret: false, description: "port to listen on, default 3000" },
  {
    name: "DATA_DIR",
    required: false,
    secret: false,
    description: "mirrors, render cache, embedded store; default ./data",
  },
  {
    name: "DATA_DIR_WAIT",
    required: false,
    secret: false,
    description: "seconds to wait for an embedded store that another process still has, default 30",
  },
  { name: "REDIS_URL", required: false, secret: true, description: "Redis for the queue" },
  {
    name: "DATABASE_URL",
    required: false,
    secret: true,
    description: "PostgreSQL for the queue, if REDIS_URL is not set",
  },
  {
    name: "LOG_LEVEL",
    required: false,
    secret: false,
    description: "debug, info (default), warn, error or silent",
  },
  { name: "CONCURRENCY", required: false, secret: false, description: "jobs at once, default 4" },
  { name: "ENGINES", required: false, secret: false, description: "engine processes, default one per core" },
  {
    name: "METRICS_PORT",
    required: false,
    secret: false,
    description: "a port of its own for /metrics, without a token; without it /metrics needs ADMIN_TOKEN",
  },
  {
    name: "ALLOW_UNLOCKED_ENGINE",
    required: false,
    secret: false,
    description: "true: render although the kernel's lockdown of the engine is not in force",
  },
  { name: "PREVIEW_FORKS", required: false, secret: false, description: "true: render pull requests from forks too" },
  {
    name: "SLUICE_SERVER_FILE",
    required: false,
    secret: false,
    description: "file with registry hooks and registries; default sluice.server.yaml, if it exists",
  },
  {
    name: "ADMIN_TOKEN",
    required: false,
    secret: true,
    description: "opens the event log at /events and /metrics, at least 16 characters; without it neither is there",
  },
  {
    name: "DOCKER_CONFIG",
    required: false,
    secret: false,
    description: "folder with docker login's config.json, for registries; default ~/.docker",
  },
];
