import { describe, expect, it } from "vitest";
import { type Files, previewOf, service } from "./support.ts";

const generated = (name: string, file: string) => `resources:
  - svc.yaml
generatorOptions:
  disableNameSuffixHash: true
configMapGenerator:
  - name: ${name}
    files: [${file}]
`;

async function changed(app: string, name: string, file: string, before: string, after: string) {
  const at = `apps/${app}/overlays/prod`;
  const base: Files = {
    [`${at}/kustomization.yaml`]: generated(name, file),
    [`${at}/svc.yaml`]: service(app),
    [`${at}/${file}`]: before,
  };
  return previewOf(base, { [`${at}/${file}`]: after });
}

describe("a file in a ConfigMap", () => {
  it("longline-crlf-script: one word of 140 lines with CRLF is shown with a little around it", async () => {
    const lines = Array.from({ length: 140 }, (_, at) => `step ${at}: copy /srv/in/${at} to /srv/out/${at}`);
    const script = (days: string) => lines.with(71, `step 71: keep ${days} days`).join("\r\n");
    const { comment, target, preview } = await changed("batch", "script", "run.cmd", script("seven"), script("thirty"));
    expect(target("batch/prod")?.changes).toMatchObject([{ action: "changed", kind: "ConfigMap", name: "script" }]);
    expect(comment).toContain("keep seven days");
    expect(comment).toContain("keep thirty days");
    expect(Math.max(...comment.split("\n").map(({ length }) => length))).toBeLessThan(600);
    expect(preview.completeness.truncated).toBe(0);
  });

  it("longline-minified-json: one title of some 50 KB in one line is shown by what differs", async () => {
    const panel = (id: number, title: string) => ({
      id,
      title,
      gridPos: { h: 8, w: 12, x: 0, y: id * 8 },
      targets: [{ expr: `sum(rate(acme_requests_total{shard="${id}"}[5m]))` }],
    });
    const board = (title: string) =>
      JSON.stringify({ panels: Array.from({ length: 400 }, (_, id) => panel(id, id === 210 ? title : `Panel ${id}`)) });
    expect(board("Quiet queue").length).toBeGreaterThan(50_000);
    const [before, after] = [board("Quiet queue"), board("Loud backlog")];
    const { comment, preview } = await changed("boards", "board", "board.json", before, after);
    expect(comment).toContain("Quiet queue");
    expect(comment).toContain("Loud backlog");
    expect(comment.length).toBeLessThan(5_000);
    expect(preview.completeness.truncated).toBe(0);
  });
});
