import { HISTORY_LIMIT } from "./apply.ts";
import { DEFERRED_PATH, STATE_BRANCH } from "./paths.ts";

/** What the branch says of itself. */
export const README = `# What people decided

Sluice stores on this branch (\`${STATE_BRANCH}\`) what people decided: holds, promotions, rollbacks, overrides, acknowledgements. Every commit is one
decision, or one head that Sluice published; its message names who made it and why. The branch has no common history with the others and is never merged.

- \`environments/ENV.yaml\`: the hold on a whole environment, and the decisions about it.
- \`environments/ENV/APP.yaml\`: the same for one app there. Characters that are unusual in a file's name are written like \`=2F\`.
- \`published/BRANCH.yaml\`: which head of a branch of its own Sluice published last, for which pull request, signed. No other head is merged by it.
- \`${DEFERRED_PATH}\`: promotions that were asked for before their pull request was merged.

A file's history has the newest ${HISTORY_LIMIT} decisions, oldest first; the branch's own history (\`git log ${STATE_BRANCH} -- environments/ENV/APP.yaml\`)
has all of them.

Do not edit these files: comment \`/hold\`, \`/release\`, \`/promote\` or \`/rollback\` on a pull request. A file that cannot be read holds its target until it
is fixed. Protect the branch with a ruleset that lets only the Sluice App push to it: whoever can write here can lift holds.
`;
