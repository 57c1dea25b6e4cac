import type { Clock } from "../model/observe.ts";
import { SingleFlight } from "../model/single-flight.ts";
import { APP_KEPT_MS } from "./limits.ts";

/** Tells the App's own login. */
export interface AppLogin {
  /** Whether it is this one. Asks GitHub only about logins of bots, and about a name that it knows never again. */
  is(login: string): Promise<boolean>;
  /** The login itself; asks GitHub for a name that is older than a minute, as an App can be renamed. */
  login(): Promise<string>;
  /** GitHub says that the App itself did something under this login. */
  learn(login: string): void;
}

/** Where nothing is the App's own. */
export const NO_LOGIN: AppLogin = { is: async () => false, login: async () => "", learn: () => undefined };

/**
 * Makes it; `slug` asks GitHub for the App's name. An App can be renamed: another name than the known one is looked up
 * again, at most once a minute.
 */
export function createAppLogin(parts: { readonly slug: () => Promise<string>; readonly clock: Clock }): AppLogin {
  let known: { readonly login: string; readonly at: number } | undefined;
  const asking = new SingleFlight<string>();
  const ask = async (): Promise<string> => {
    return keep(`${await parts.slug()}[bot]`);
  };
  const keep = (name: string): string => {
    const login = name.toLowerCase();
    known = { login, at: parts.clock() };
    return login;
  };
  return {
    async is(login) {
      const asked = login.toLowerCase();
      // No person's login has a bracket.
      if (!asked.endsWith("[bot]")) return false;
      if (known?.login === asked) return true;
      if (known !== undefined && parts.clock() - known.at < APP_KEPT_MS) return false;
      return (await asking.join("app", ask)) === asked;
    },
    async login() {
      if (known !== undefined && parts.clock() - known.at < APP_KEPT_MS) return known.login;
      return asking.join("app", ask);
    },
    learn: (login) => void keep(login),
  };
}
