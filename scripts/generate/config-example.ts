/** The full example of the reference page; a test reads it. */
export const exampleConfig = `version: 1
environments: # in promotion order
  - name: staging
    targets:
      - path: apps/{app}/overlays/staging # {app} names the app; * and ** as in globs
      - path: charts/{app} # charts with a values file for this environment
        helm: { valueFiles: ["charts/{app}/values-{environment}.yaml"] }
  - name: prod
    targets:
      - path: apps/{app}/overlays/prod
      - path: charts/{app}
        helm: { valueFiles: ["charts/{app}/values-{environment}.yaml"], namespace: "{app}" }
    from: staging
    promote: { strategy: images, auto: false, merge: manual, method: squash }
    gates:
      approvals: 1 # reviews on the promotion pull request
      healthy: true # the version is live and healthy in staging
      soak: 30m # and has been for that long
      checks: [e2e] # check runs or statuses on the promoted commit
      findings: danger # these must be acknowledged with /ack
      override: { teams: [release], permission: maintain } # who may pass a gate with /override
      windows:
        - { allow: "mon-fri 09:00-17:00", timezone: Europe/Berlin }
        - { deny: "2026-12-20/2027-01-03", timezone: Europe/Berlin }
    allow: { teams: [release], permission: write }
    reviewers: { teams: [release] }
    health: { deployment: "{environment}" } # GitHub Deployments say what is live and healthy
images:
  - image: ghcr.io/acme/webapp
    policy: { semver: "^1.0" }
    environments: [staging]
    pullRequest: { group: acme, autoMerge: true }
preview:
  ignore: [{ kind: Deployment, path: /metadata/annotations/checksum~1config }]
apps:
  webapp: { environments: { prod: { promote: { auto: true }, gates: { dependsOn: [gateway] } } } } # overrides
`;
