/** Whose command it is where the configuration decides: everybody may try, as far as GitHub's levels go. */
export const byAllow = {
  needs: "read",
  who: "as `allow` says",
  why: "the environment's `allow` in the base branch's configuration decides: its people and teams, and at least `write` where it says nothing",
} as const;
