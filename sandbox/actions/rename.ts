import { rename } from "node:fs/promises";

import { emitForRepository } from "../events.ts";
import type { Repository } from "../state.ts";
import { gitDirOf, type World } from "../world.ts";

/** Gives a repository another name; GitHub redirects from the former one. */
export async function renameRepository(
  world: World,
  repository: Repository,
  name: string,
  sender: string,
): Promise<void> {
  const { name: from } = repository;
  const directory = gitDirOf(world, repository);
  repository.formerNames = [...(repository.formerNames ?? []), from];
  repository.name = name;
  await rename(directory, gitDirOf(world, repository));
  const changes = { repository: { name: { from } } };
  emitForRepository(world, repository, "repository", sender, { action: "renamed", changes });
}
