import { type LocalRepository, openRepository } from "../../../src/git/repository.ts";
import type { RenderSource } from "../../../src/model/render.ts";
import type { RenderSpec } from "../../../src/model/target.ts";
import { launcher } from "../../support/launcher.ts";
import { type TempGit, tempGit } from "../../support/temp-git.ts";

/** A repository with what a render needs from it. */
export interface RenderRepository {
  readonly temp: TempGit;
  readonly repository: LocalRepository;
  source(commit?: string): Promise<RenderSource>;
  remove(): Promise<void>;
}

/** A fresh repository. */
export function renderRepository(): RenderRepository {
  const temp = tempGit();
  const repository = openRepository(temp.dir, { start: launcher.start });
  return {
    temp,
    repository,
    source: async (commit = "HEAD") => ({ tree: await repository.tree(commit), objects: repository.objects }),
    async remove() {
      await repository.close();
      temp.remove();
    },
  };
}

/** The spec of a kustomize target. */
export function kustomize(path: string): RenderSpec {
  return { kind: "kustomize", path, options: {} };
}

/** The text of a ConfigMap. */
export function configMap(name: string, value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  value: ${JSON.stringify(value)}\n`;
}
