import type { HookSettings } from "../../../src/model/hooks.ts";
import type { PushedImage } from "../../../src/model/images.ts";
import { base, hmacOf, SECRET, type Sent } from "./fixture.ts";
import * as payloads from "./payloads.ts";
import type { Issuer } from "./tokens.ts";

/** One adapter with what its registry sends. */
export interface AdapterCase {
  readonly title: string;
  readonly settings: HookSettings;
  /** The request of the registry that knows this secret; of one that knows none when it is absent. */
  send(body: string, secret: string | undefined): Promise<Sent> | Sent;
  readonly payload: unknown;
  readonly pushes: readonly PushedImage[];
  /** The job's id, where the registry has one. */
  readonly id?: string;
  /** Authentic events that are about no image. */
  readonly needless: readonly unknown[];
  /** Whether the proof is over the body, so that an altered one is noticed. */
  readonly signed?: boolean;
  /** A form of Sluice's own, of which the sender is told what is wrong with it. */
  readonly own?: boolean;
}

const inPath = (body: string, secret: string | undefined): Sent => ({
  body,
  ...(secret !== undefined && { path: `/${secret}` }),
});

const inHeader =
  (write: (secret: string) => string, type = "application/json", header = "authorization") =>
  (body: string, secret: string | undefined): Sent => ({
    body,
    headers: { "content-type": type, ...(secret !== undefined && { [header]: write(secret) }) },
  });

const bearer = (secret: string) => `Bearer ${secret}`;
const verbatim = (secret: string) => secret;
const basic = (secret: string) => `Basic ${Buffer.from(`sluice:${secret}`).toString("base64")}`;
const byHeader = { ...base, secrets: [SECRET], header: "authorization" } as const;

/** The body with the field that the notification's template adds. */
function withSecret(body: string, secret: string | undefined): string {
  if (secret === undefined) return body;
  return body.replace(/^\s*\{\s*(\}?)/, (_, end) => `{"secret":"${secret}"${end === "" ? "," : end}`);
}

const nexusHeaders = (signature: string | undefined) => ({
  "content-type": "application/json; charset=UTF-8",
  "x-nexus-webhook-id": "rm:repository:component",
  "x-nexus-webhook-delivery": "bd9e6aef-0e27-4570-980d-f639c49ab5ed",
  ...(signature !== undefined && { "x-nexus-webhook-signature": signature }),
});

const harborImage: PushedImage = {
  image: "hub.harbor.com/test-webhook/debian",
  tag: "latest",
  digest: "sha256:8a9e9863dbb6e10edb5adfe917c00da84e1700fa76e7ed02476aa6e6fb8ee0d8",
};
const alpine: PushedImage = {
  image: "harbor.dev/library/alpine",
  tag: "v1.0.0",
  digest: "sha256:954b378c375d852eb3c63ab88978f640b4348b01c1b3456a024a81536dafbbf4",
};
const aci: PushedImage = {
  image: "demo.azurecr.io/aci-helloworld",
  tag: "v1",
  digest: "sha256:213bbc182920ab41e18edc2001e06abcca6735d87782d9cef68abd83941cf0e5",
};
const web: PushedImage = {
  image: "127.0.0.1:5599/acme/web",
  tag: "1.2.3",
  digest: "sha256:746149bd040cb1d72951d8d48cda127c207afbe17ffc8fcc793124006084f144",
};
const ubuntu: PushedImage = {
  image: "example.jfrog.io/docker-local/library/ubuntu",
  tag: "latest",
  digest: "sha256:35c4a2c15539c6c1e4e5fa4e554dac323ad0107d8eb5c582d6ff386b383b7dce",
};
const cannotReplace = { ...payloads.harborPush, type: "PULL_ARTIFACT" };
const [acrDelete, acrPing] = [
  { ...payloads.acrPush, action: "delete" },
  { id: "1", action: "ping" },
];
const distributionNeedless = [payloads.distributionLayer, payloads.distributionPull, { events: [] }];
const v1 = "application/vnd.docker.distribution.events.v1+json";
const v2 = "application/vnd.docker.distribution.events.v2+json";

const ownPayload = { image: "ghcr.io/acme/web", tag: "1.2.3", digest: web.digest, id: "run-17-1" };
const ownPushes: readonly PushedImage[] = [{ ...web, image: "ghcr.io/acme/web" }];

/** Every adapter that shares a secret. */
export const cases: readonly AdapterCase[] = [
  {
    title: "Docker Hub",
    settings: { ...base, kind: "dockerhub", secrets: [SECRET] },
    send: inPath,
    payload: payloads.dockerHubPush,
    pushes: [{ image: "docker.io/svendowideit/testhook", tag: "latest" }],
    needless: [{ ...payloads.dockerHubPush, push_data: {} }],
  },
  {
    title: "Quay with the secret in the address",
    settings: { ...base, kind: "quay", secrets: [SECRET], bodySecrets: [] },
    send: inPath,
    payload: payloads.quayPush,
    pushes: ["latest", "1.2.3"].map((tag) => ({ image: "quay.io/mynamespace/repository", tag })),
    needless: [payloads.quayBuild, { ...payloads.quayPush, updated_tags: [] }],
  },
  {
    title: "Quay with the secret in the template",
    settings: { ...base, kind: "quay", secrets: [], bodySecrets: [SECRET] },
    send: (body, secret) => ({ body: withSecret(body, secret) }),
    payload: payloads.quayPush,
    pushes: ["latest", "1.2.3"].map((tag) => ({ image: "quay.io/mynamespace/repository", tag })),
    needless: [payloads.quayBuild],
  },
  {
    title: "Harbor, default format",
    settings: { ...byHeader, kind: "harbor" },
    send: inHeader(verbatim),
    payload: payloads.harborPush,
    pushes: [harborImage],
    needless: [cannotReplace, { ...payloads.harborPush, event_data: {} }],
  },
  {
    title: "Harbor, CloudEvents",
    settings: { ...byHeader, kind: "harbor" },
    send: inHeader(bearer, "application/cloudevents+json"),
    payload: payloads.harborCloudEvent,
    pushes: [alpine],
    id: payloads.harborCloudEvent.id,
    needless: [{ ...payloads.harborCloudEvent, type: "harbor.scan.completed" }],
  },
  {
    title: "ECR by EventBridge with Basic",
    settings: { ...byHeader, kind: "ecr" },
    send: inHeader(basic),
    payload: payloads.ecrPush,
    pushes: [
      {
        image: "123456789012.dkr.ecr.us-west-2.amazonaws.com/my-repository-name",
        tag: "latest",
        digest: payloads.ecrPush.detail["image-digest"],
      },
    ],
    id: payloads.ecrPush.id,
    needless: [
      payloads.ecrCache,
      { ...payloads.ecrPush, detail: { ...payloads.ecrPush.detail, "action-type": "DELETE" } },
    ],
  },
  {
    title: "ECR by EventBridge with a key",
    settings: { ...byHeader, kind: "ecr", header: "x-api-key" },
    send: inHeader(verbatim, "application/json", "x-api-key"),
    payload: { ...payloads.ecrPush, region: "cn-north-1" },
    pushes: [
      {
        image: "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/my-repository-name",
        tag: "latest",
        digest: payloads.ecrPush.detail["image-digest"],
      },
    ],
    id: payloads.ecrPush.id,
    needless: [{ ...payloads.ecrPush, detail: { ...payloads.ecrPush.detail, result: "FAILURE" } }],
  },
  {
    title: "Azure Container Registry",
    settings: { ...byHeader, kind: "acr" },
    send: inHeader(verbatim),
    payload: payloads.acrPush,
    pushes: [
      {
        image: "myregistry.azurecr.io/hello-world",
        tag: "v1",
        digest: payloads.acrPush.target.digest,
      },
    ],
    id: payloads.acrPush.id,
    needless: [acrPing, acrDelete, { ...payloads.acrPush, target: { ...payloads.acrPush.target, tag: "" } }],
  },
  {
    title: "Event Grid's own schema, secret in the address",
    settings: { ...byHeader, kind: "eventgrid" },
    send: inPath,
    payload: payloads.eventGridPush,
    pushes: [aci],
    id: "831e1650-001e-001b-66ab-eeb76e069631",
    needless: [
      payloads.eventGridPush.map((one) => ({ ...one, eventType: "Microsoft.ContainerRegistry.ImageDeleted" })),
    ],
  },
  {
    title: "Event Grid's CloudEvents, secret in a header",
    settings: { ...byHeader, kind: "eventgrid", header: "x-sluice" },
    send: inHeader(verbatim, "application/cloudevents+json; charset=utf-8", "x-sluice"),
    payload: payloads.eventGridCloudEvent[0],
    pushes: [aci],
    id: "831e1650-001e-001b-66ab-eeb76e069631",
    needless: [{ ...payloads.eventGridCloudEvent[0], type: "Microsoft.ContainerRegistry.ChartPushed" }],
  },
  {
    title: "Distribution up to 2.8",
    settings: { ...byHeader, kind: "distribution" },
    send: inHeader(bearer, v1),
    payload: payloads.distributionPush,
    pushes: [web],
    id: "828d12ab-682c-4171-b649-648a5ff97ea0",
    needless: distributionNeedless,
  },
  {
    title: "Distribution since 3.0",
    settings: { ...byHeader, kind: "distribution" },
    send: inHeader(basic, v2),
    payload: payloads.distributionPush,
    pushes: [web],
    id: "828d12ab-682c-4171-b649-648a5ff97ea0",
    needless: distributionNeedless,
  },
  {
    title: "GitLab's registry",
    settings: { ...byHeader, kind: "gitlab", host: "registry.gitlab.example.com" },
    send: inHeader(bearer, v1),
    payload: payloads.distributionPush,
    pushes: [{ ...web, image: "registry.gitlab.example.com/acme/web" }],
    id: "828d12ab-682c-4171-b649-648a5ff97ea0",
    needless: distributionNeedless,
  },
  {
    title: "Artifactory that signs",
    settings: { ...base, kind: "jfrog", secrets: [SECRET], signed: true },
    send: (body, secret) => ({
      body,
      ...(secret !== undefined && { headers: { "x-jfrog-event-auth": hmacOf(body, "sha256", secret) } }),
    }),
    payload: payloads.jfrogPush,
    pushes: [ubuntu],
    needless: [payloads.jfrogDeployed, { ...payloads.jfrogPush, event_type: "deleted" }],
    signed: true,
  },
  {
    title: "Artifactory that sends its secret",
    settings: { ...base, kind: "jfrog", secrets: [SECRET], signed: false },
    send: inHeader(verbatim, "application/json", "x-jfrog-event-auth"),
    payload: payloads.jfrogPush,
    pushes: [ubuntu],
    needless: [payloads.jfrogDeployed],
  },
  {
    title: "Nexus",
    settings: { ...base, kind: "nexus", secrets: [SECRET], host: "docker.example.com" },
    send: (body, secret) => ({
      body,
      headers: nexusHeaders(secret === undefined ? undefined : hmacOf(body, "sha1", secret)),
    }),
    payload: JSON.parse(payloads.nexusPush),
    pushes: [{ image: "docker.example.com/app1/alpine", tag: "3.4" }],
    id: "bd9e6aef-0e27-4570-980d-f639c49ab5ed",
    needless: [payloads.nexusNpm, { ...payloads.nexusNpm, action: "DELETED" }],
    signed: true,
  },
  {
    title: "CloudEvents of zot, binary",
    settings: { ...byHeader, kind: "cloudevents", host: "zot.example.com" },
    send: (body, secret) => ({
      body,
      headers: {
        "ce-specversion": "1.0",
        "ce-id": "a6b1",
        "ce-source": "zotregistry.dev",
        "ce-type": "zotregistry.image.updated",
        ...(secret !== undefined && { authorization: basic(secret) }),
      },
    }),
    payload: payloads.zotData,
    pushes: [{ image: "zot.example.com/golang", tag: "1.20", digest: payloads.zotData.digest }],
    needless: [{ ...payloads.zotData, reference: payloads.zotData.digest }],
  },
  {
    title: "CloudEvents of CDEvents",
    settings: { ...byHeader, kind: "cloudevents" },
    send: inHeader(bearer, "application/cloudevents+json"),
    payload: payloads.cdEvent,
    pushes: [
      {
        image: "mycr.io/myapp",
        tag: "1.4.0",
        digest: "sha256:0b31b1c02ff458ad9b7b81cbdf8f028bd54699fa151f221d1e8de6817db93427",
      },
    ],
    needless: [{ ...payloads.cdEvent, type: "dev.cdevents.artifact.deleted.0.1.0" }, { specversion: "1.0" }],
  },
  {
    title: "CloudEvents of Harbor",
    settings: { ...byHeader, kind: "cloudevents" },
    send: inHeader(bearer, "application/cloudevents+json"),
    payload: payloads.harborCloudEvent,
    pushes: [alpine],
    needless: [{ ...payloads.harborCloudEvent, type: "harbor.artifact.pulled" }],
  },
  {
    title: "a signed sender of one's own",
    settings: { ...base, kind: "hmac", secrets: [SECRET], header: "x-signature" },
    send: (body, secret) => ({
      body,
      ...(secret !== undefined && { headers: { "x-signature": `sha256=${hmacOf(body, "sha256", secret)}` } }),
    }),
    payload: ownPayload,
    pushes: ownPushes,
    id: "run-17-1",
    needless: [],
    signed: true,
    own: true,
  },
];

const audience = "https://sluice.example.com";
const email = "sluice-push@my-project.iam.gserviceaccount.com";

/**
 * Claims of Google's tokens: what the example token of docs.cloud.google.com, "Authentication for push subscriptions",
 * says, with an audience and an address of ours and without its times.
 */
export const googleClaims = {
  aud: audience,
  azp: "113774264463038321964",
  email,
  email_verified: true,
  iss: "https://accounts.google.com",
  sub: "113774264463038321964",
};

/**
 * Claims of a job of GitHub Actions: the example token of docs.github.com, "OpenID Connect", in parts, with an audience
 * of ours.
 */
export const actionsClaims = {
  jti: "example-id",
  sub: "repo:octo-org/octo-repo:environment:prod",
  environment: "prod",
  aud: audience,
  ref: "refs/heads/main",
  sha: "example-sha",
  repository: "octo-org/octo-repo",
  repository_owner: "octo-org",
  actor: "octocat",
  workflow: "example-workflow",
  event_name: "workflow_dispatch",
  ref_type: "branch",
  job_workflow_ref: "octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main",
};

/** The adapters that verify tokens; a "secret" is who signs. */
export function tokenCases(issuer: () => Issuer): readonly AdapterCase[] {
  const withToken =
    (claims: object, at: number) =>
    async (body: string, secret: string | undefined): Promise<Sent> => {
      if (secret === undefined) return { body };
      const token = await issuer().token({ ...claims }, { at, foreign: secret !== SECRET });
      return { body, headers: { authorization: `Bearer ${token}` } };
    };
  const at = Date.parse("2026-11-23T09:00:00Z");
  const gar: HookSettings = { ...base, kind: "gar", audience, email, jwksUrl: `${issuer().url}/certs` };
  const actions: HookSettings = {
    ...base,
    kind: "github-actions",
    issuer: issuer().url,
    audience,
    repositories: ["octo-org/*"],
    refs: [],
    environments: [],
    workflows: [],
  };
  return [
    {
      title: "Artifact Registry by Pub/Sub",
      settings: gar,
      send: withToken(googleClaims, at),
      payload: payloads.pubSub(payloads.garNotice),
      pushes: [
        {
          image: "us-east1-docker.pkg.dev/my-project/my-repo/hello-world",
          tag: "1.1",
          digest: "sha256:6ec128e26cd5b3bd4a4d2f1a3b1f6d6f8c0b1d2a3e4f5061728394a5b6c7d8e9",
        },
      ],
      id: "2070443601311540",
      needless: [
        payloads.pubSub({ ...payloads.garNotice, action: "DELETE" }),
        payloads.pubSub({ action: "INSERT", digest: payloads.garNotice.digest }),
        { message: { data: "not base64 of JSON" } },
      ],
    },
    {
      title: "Container Registry by Pub/Sub",
      settings: gar,
      send: withToken({ ...googleClaims, iss: "accounts.google.com" }, at),
      payload: payloads.gcrMessage,
      pushes: [{ image: "us.gcr.io/am/am.kebab.api", tag: "test" }],
      id: "981636256311680",
      needless: [],
    },
    {
      title: "GitHub Actions",
      settings: actions,
      send: withToken({ ...actionsClaims, iss: issuer().url }, at),
      payload: ownPayload,
      pushes: ownPushes,
      id: "run-17-1",
      needless: [],
      own: true,
    },
  ];
}
