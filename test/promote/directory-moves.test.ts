import { describe, expect, it } from "vitest";
import type { PullRequest } from "../../src/model/github.ts";
import { type PromotionWorld, promotionWorld, worldConfig } from "./support/memory-world.ts";

const directory = "gates: { healthy: false }\npromote: { strategy: directory, exclude: [OWNERS], merge: automatic }";

/** A Deployment and an Ingress as staging and prod have them, with what tells the environments apart. */
function folder(
  environment: string,
  version: string,
  namespace: string | undefined = environment,
): Record<string, string> {
  const metadata = namespace === undefined ? "{ name: web }" : `{ name: web, namespace: ${namespace} }`;
  return {
    [`apps/web/${environment}/deployment.yaml`]: `apiVersion: apps/v1
kind: Deployment
metadata: ${metadata}
spec: { template: { spec: { containers: [{ name: web, image: "ghcr.io/acme/web:${version}" }] } } }
`,
    [`apps/web/${environment}/ingress.yaml`]: `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: ${metadata}
spec: { rules: [{ host: web.${environment}.example.com }] }
`,
    [`apps/web/${environment}/OWNERS`]: `${environment}-team\n`,
  };
}

async function promoted(
  staging: Record<string, string>,
  prod: Record<string, string>,
  lines = directory,
): Promise<{ world: PromotionWorld; promotion: PullRequest | undefined; reply: string }> {
  const world = promotionWorld({ files: { ".sluice.yaml": worldConfig(lines), ...staging, ...prod } });
  await world.merge({ "docs/note.md": "x" });
  const reply = await world.say("/promote prod web");
  return { world, promotion: world.promotions()[0], reply };
}

describe("04-directory-moves-the-namespace", () => {
  it("namespaces and hosts of the target stay, and the image goes", async () => {
    const { world, promotion } = await promoted(folder("staging", "1.5.0"), folder("prod", "1.2.0"));
    expect(promotion?.title).toBe("Promote web to prod: 1.2.0 → 1.5.0");
    for (const name of ["deployment", "ingress"])
      expect(await world.file(`apps/web/prod/${name}.yaml`)).toBe(
        folder("prod", "1.5.0")[`apps/web/prod/${name}.yaml`],
      );
    expect(await world.file("apps/web/prod/OWNERS")).toBe("prod-team\n");
  });

  it("what comes into the source's namespace is refused", async () => {
    const more = {
      "apps/web/staging/more.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: more, namespace: staging }\n",
    };
    const { world, promotion, reply } = await promoted(
      { ...folder("staging", "1.5.0"), ...more },
      folder("prod", "1.2.0"),
    );
    expect(promotion).toBeUndefined();
    expect(world.reaction()).toBe("-1");
    expect(reply).toContain("into the namespace `staging`");
  });

  it("values that name the source's environment are told", async () => {
    const more = (environment: string, ...names: readonly string[]) => ({
      [`apps/web/${environment}/more.yaml`]: names
        .map(
          (name) =>
            `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: ${environment} }\ndata: { bucket: "${name}-${environment}", level: stagingly }\n`,
        )
        .join("---\n"),
    });
    const asked = directory.replace("merge: automatic", "moveNamespaces: true");
    const { promotion } = await promoted(
      { ...folder("staging", "1.5.0"), ...more("staging", "one", "two") },
      { ...folder("prod", "1.2.0"), ...more("prod", "one") },
      asked,
    );
    expect(promotion?.body).toContain("`data.bucket` of ConfigMap `two` names staging in prod: `two-staging`.");
    expect(promotion?.body).not.toContain("`one`");
    expect(promotion?.body).not.toContain("stagingly");
  });

  it("unless it is asked for", async () => {
    const more = {
      "apps/web/staging/more.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: more, namespace: staging }\n",
    };
    const asked = directory.replace("merge:", "moveNamespaces: true, merge:");
    const { promotion } = await promoted({ ...folder("staging", "1.5.0"), ...more }, folder("prod", "1.2.0"), asked);
    expect(promotion?.merged).toBe(true);
  });

  it("the same namespace on both sides is merged", async () => {
    const bare = (environment: string, version: string) => {
      const { [`apps/web/${environment}/deployment.yaml`]: text = "" } = folder(environment, version);
      return { [`apps/web/${environment}/deployment.yaml`]: text.replace(/, namespace: \w+/, "") };
    };
    const { world, promotion } = await promoted(bare("staging", "1.5.0"), bare("prod", "1.2.0"));
    expect(promotion?.merged).toBe(true);
    expect(await world.file("apps/web/prod/deployment.yaml")).toContain("1.5.0");
  });
});
