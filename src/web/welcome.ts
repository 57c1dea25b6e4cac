/** The page at the server's address. */
export const welcomePage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sluice</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem; color: #1f2328; background: #fff; }
code { background: #eff1f3; padding: .1em .3em; border-radius: 4px; }
@media (prefers-color-scheme: dark) { body { color: #e6edf3; background: #0d1117; } a { color: #4493f8; } code { background: #21262d; } }
</style>
</head>
<body>
<h1>Sluice</h1>
<p>This is Sluice, a GitHub App that makes pull requests the control plane of a GitOps repository. It is running.</p>
<p>GitHub delivers webhooks to <code>/api/github/webhooks</code>. For operators:
<a href="/healthz">/healthz</a>, <a href="/readyz">/readyz</a>.</p>
</body>
</html>
`;
