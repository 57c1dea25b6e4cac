import type { Client } from "./client.ts";

/**
 * Whether this App made something. GitHub says by way of which App it was made; where it does not, the login of who
 * made it does.
 */
export async function isByApp(
  { appLogin }: Pick<Client, "appLogin">,
  appId: number,
  via: { readonly id: number } | null | undefined,
  login: string | undefined,
): Promise<boolean> {
  if (via) return via.id === appId;
  return login !== undefined && (await appLogin.is(login));
}
