const ENTERPRISE = /\/api\/v3$/;

/**
 * The address below which `/graphql` lies: that of the REST API, but `https://<host>/api` for a GitHub Enterprise
 * Server.
 */
export function graphqlBase(apiUrl: string): string {
  return apiUrl.replace(ENTERPRISE, "/api");
}

/**
 * Where the pages for people are: `https://github.com`, `https://<name>.ghe.com` or `https://<host>` of a GitHub
 * Enterprise Server.
 */
export function webUrl(apiUrl: string): string {
  return apiUrl.replace(ENTERPRISE, "").replace(/^(https?:\/\/)api\./, "$1");
}
