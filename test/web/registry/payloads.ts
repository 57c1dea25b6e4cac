/**
 * What registries send. Each says where it is from: received from a registry here, an example of a page or a fixture of
 * a project ("example"), or put together after one with values of our own ("shape after"). Fields that nobody reads may
 * be left out.
 */

/**
 * docs.docker.com, "Webhooks" of Docker Hub, example without its `dockerfile`. The two times are fractions as in
 * earlier editions of the page; today it has whole numbers.
 */
export const dockerHubPush = {
  callback_url: "https://registry.hub.docker.com/u/svendowideit/testhook/hook/2141b5bi5i5b02bec211i4eeih0242eg11000a/",
  push_data: { pushed_at: 1.417566161e9, pusher: "trustedbuilder", tag: "latest" },
  repository: {
    comment_count: 0,
    date_created: 1.417494799e9,
    description: "",
    full_description: "Docker Hub based automated build from a GitHub repo",
    is_official: false,
    is_private: true,
    is_trusted: true,
    name: "testhook",
    namespace: "svendowideit",
    owner: "svendowideit",
    repo_name: "svendowideit/testhook",
    repo_url: "https://registry.hub.docker.com/u/svendowideit/testhook/",
    star_count: 0,
    status: "Active",
  },
};

/**
 * docs.quay.io, "Repository Notifications", shape after "Repository Push", whose example has the tag `latest` alone.
 */
export const quayPush = {
  name: "repository",
  repository: "mynamespace/repository",
  namespace: "mynamespace",
  docker_url: "quay.io/mynamespace/repository",
  homepage: "https://quay.io/repository/mynamespace/repository",
  updated_tags: ["latest", "1.2.3"],
};

/** The same page, parts of the example "Dockerfile Build Queued". */
export const quayBuild = {
  repository: "mynamespace/repository",
  namespace: "mynamespace",
  name: "repository",
  docker_url: "quay.io/mynamespace/repository",
  homepage: "https://quay.io/repository/mynamespace/repository/build?current=some-fake-build",
  is_manual: false,
  build_id: "build_uuid",
  docker_tags: ["latest", "foo", "bar"],
};

/**
 * goharbor.io, "Configure Webhook Notifications", example of PUSH_ARTIFACT in its earlier editions; the same in
 * fluxcd/flux-recv, test/fixtures/harborV2_payload.
 */
export const harborPush = {
  type: "PUSH_ARTIFACT",
  occur_at: 1586922308,
  operator: "admin",
  event_data: {
    resources: [
      {
        digest: "sha256:8a9e9863dbb6e10edb5adfe917c00da84e1700fa76e7ed02476aa6e6fb8ee0d8",
        tag: "latest",
        resource_url: "hub.harbor.com/test-webhook/debian:latest",
      },
    ],
    repository: {
      date_created: 1586922308,
      name: "debian",
      namespace: "test-webhook",
      repo_full_name: "test-webhook/debian",
      repo_type: "private",
    },
  },
};

/**
 * The same page today, shape after "Artifact pushed" in CloudEvents. The example there is a push without a tag to
 * `localhost`: tag, host and project are made up.
 */
export const harborCloudEvent = {
  specversion: "1.0",
  id: "66e18103-09c1-41f6-982f-37df223f3eeb",
  requestid: "51c0b694-0168-4f3c-b0db-282565455d7b",
  source: "/projects/2/webhook/policies/15",
  type: "harbor.artifact.pushed",
  datacontenttype: "application/json",
  time: "2023-04-03T06:04:46Z",
  data: {
    resources: [
      {
        digest: "sha256:954b378c375d852eb3c63ab88978f640b4348b01c1b3456a024a81536dafbbf4",
        tag: "v1.0.0",
        resource_url: "harbor.dev/library/alpine:v1.0.0",
      },
    ],
    repository: {
      date_created: 1680501893,
      name: "alpine",
      namespace: "library",
      repo_full_name: "library/alpine",
      repo_type: "private",
    },
  },
  operator: "harbor-jobservice",
};

/**
 * docs.aws.amazon.com, "Amazon ECR events and EventBridge", example "Event for a completed image push"; the digest
 * there has 60 digits, the last four are added.
 */
export const ecrPush = {
  version: "0",
  id: "13cde686-328b-6117-af20-0e5566167482",
  "detail-type": "ECR Image Action",
  source: "aws.ecr",
  account: "123456789012",
  time: "2019-11-16T01:54:34Z",
  region: "us-west-2",
  resources: [],
  detail: {
    result: "SUCCESS",
    "repository-name": "my-repository-name",
    "image-digest": "sha256:7f5b2640fe6fb4f46592dfd3410c4a79dac4f89e4782432e0378abcd1234aabb",
    "action-type": "PUSH",
    "image-tag": "latest",
  },
};

/** The same page, example "Event for a pull through cache action". */
export const ecrCache = {
  version: "0",
  id: "85fc3613-e913-7fc4-a80c-a3753e4aa9ae",
  "detail-type": "ECR Pull Through Cache Action",
  source: "aws.ecr",
  account: "123456789012",
  time: "2023-02-29T02:36:48Z",
  region: "us-west-2",
  resources: ["arn:aws:ecr:us-west-2:123456789012:repository/docker-hub/alpine"],
  detail: {
    "rule-version": "1",
    "sync-status": "SUCCESS",
    "ecr-repository-prefix": "docker-hub",
    "repository-name": "docker-hub/alpine",
    "upstream-registry-url": "public.ecr.aws",
    "image-tag": "3.17.2",
    "image-digest": "sha256:4aa08ef415aecc80814cb42fa41b658480779d80c77ab15EXAMPLE",
  },
};

/**
 * docs.cloud.google.com, "Configure Pub/Sub notifications", example of a new tag, as projects quote it; the digest
 * there breaks off after twelve digits, the rest is made up.
 */
export const garNotice = {
  action: "INSERT",
  digest:
    "us-east1-docker.pkg.dev/my-project/my-repo/hello-world@sha256:6ec128e26cd5b3bd4a4d2f1a3b1f6d6f8c0b1d2a3e4f5061728394a5b6c7d8e9",
  tag: "us-east1-docker.pkg.dev/my-project/my-repo/hello-world:1.1",
};

/**
 * docs.cloud.google.com, "Push subscriptions", shape after a wrapped message without attributes; ids, times and names
 * are those that projects quote from its example.
 */
export function pubSub(notice: unknown) {
  return {
    message: {
      data: Buffer.from(JSON.stringify(notice)).toString("base64"),
      messageId: "2070443601311540",
      message_id: "2070443601311540",
      publishTime: "2021-02-26T19:13:55.749Z",
      publish_time: "2021-02-26T19:13:55.749Z",
    },
    subscription: "projects/myproject/subscriptions/mysubscription",
  };
}

/** fluxcd/flux-recv, test/fixtures/gcr_payload: a message of Container Registry without a digest. */
export const gcrMessage = {
  message: {
    data: "eyJhY3Rpb24iOiJJTlNFUlQiLCJ0YWciOiJ1cy5nY3IuaW8vYW0vYW0ua2ViYWIuYXBpOnRlc3QifQo=",
    messageId: "981636256311680",
    message_id: "981636256311680",
    publishTime: "2020-01-30T04:18:04.805Z",
    publish_time: "2020-01-30T04:18:04.805Z",
  },
  subscription: "projects/am/subscriptions/flux-recv-gcr",
};

/**
 * learn.microsoft.com, "Azure Container Registry webhook reference", example of a push event: time and digest as in
 * editions of before 2023 (later ones mask the digest), the user agent cut.
 */
export const acrPush = {
  id: "cb8c3971-9adc-488b-xxxx-43cbb4974ff5",
  timestamp: "2017-11-17T16:52:01.343145347Z",
  action: "push",
  target: {
    mediaType: "application/vnd.docker.distribution.manifest.v2+json",
    size: 524,
    digest: "sha256:80f0d5c8786bb9e621a45ece0db56d11cdc624ad20da9fe62e9d25490f331d7d",
    length: 524,
    repository: "hello-world",
    tag: "v1",
  },
  request: {
    id: "3cbb6949-7549-4fa1-xxxx-a6d5451dffc7",
    host: "myregistry.azurecr.io",
    method: "PUT",
    useragent: "docker/17.09.0-ce go/go1.8.3 git-commit/afdb6d4 kernel/4.10.0-27-generic os/linux arch/amd64",
  },
};

/**
 * learn.microsoft.com, "Azure Container Registry as an Event Grid source", example in Event Grid's schema without the
 * user agent. Editions until 2020 have the type without its beginning.
 */
export const eventGridPush = [
  {
    id: "831e1650-001e-001b-66ab-eeb76e069631",
    topic: "/subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.ContainerRegistry/registries/<name>",
    subject: "aci-helloworld:v1",
    eventType: "Microsoft.ContainerRegistry.ImagePushed",
    eventTime: "2018-04-25T21:39:47.6549614Z",
    data: {
      id: "31c51664-e5bd-416a-a5df-e5206bc47ed0",
      timestamp: "2018-04-25T21:39:47.276585742Z",
      action: "push",
      target: {
        mediaType: "application/vnd.docker.distribution.manifest.v2+json",
        size: 3023,
        digest: "sha256:213bbc182920ab41e18edc2001e06abcca6735d87782d9cef68abd83941cf0e5",
        length: 3023,
        repository: "aci-helloworld",
        tag: "v1",
      },
      request: { id: "7c66f28b-de19-40a4-821c-6f5f6c0003a4", host: "demo.azurecr.io", method: "PUT" },
    },
    dataVersion: "1.0",
    metadataVersion: "1",
  },
];

/** The same page, the example in CloudEvents' schema: the same event, and `specversion`. */
export const eventGridCloudEvent = eventGridPush.map(({ topic, eventType, eventTime, id, subject, data }) => ({
  id,
  source: topic,
  subject,
  type: eventType,
  time: eventTime,
  data,
  specversion: "1.0",
}));

/**
 * learn.microsoft.com, "Endpoint validation with Event Grid event schema", example; the end of `validationUrl` is cut.
 */
export const eventGridValidation = [
  {
    id: "2d1781af-3a4c-4d7c-bd0c-e34b19da4e66",
    topic: "/subscriptions/xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
    subject: "",
    data: {
      validationCode: "512d38b6-c7b8-40c8-89fe-f46f9e9622b6",
      validationUrl: "https://rp-eastus2.eventgrid.azure.net:553/eventsubscriptions/myeventsub/validate?id=0000",
    },
    eventType: "Microsoft.EventGrid.SubscriptionValidationEvent",
    eventTime: "2022-10-28T04:23:35.1981776Z",
    metadataVersion: "1",
    dataVersion: "1",
  },
];

const distributionRequest = {
  id: "e1ff254e-5962-4897-b474-3703dd49c63b",
  addr: "127.0.0.1:39664",
  host: "127.0.0.1:5599",
  method: "PUT",
  useragent: "curl/7.88.1",
};
const distributionSource = { addr: "vm:5599", instanceID: "7433e428-f0a7-4136-b360-1c0479df0ad2" };

/** Received here from Debian's docker-registry 2.8.2 when a tag was pushed. */
export const distributionPush = {
  events: [
    {
      id: "828d12ab-682c-4171-b649-648a5ff97ea0",
      timestamp: "2026-11-21T07:20:21.447940032Z",
      action: "push",
      target: {
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        size: 247,
        digest: "sha256:746149bd040cb1d72951d8d48cda127c207afbe17ffc8fcc793124006084f144",
        length: 247,
        repository: "acme/web",
        url: "http://127.0.0.1:5599/v2/acme/web/manifests/sha256:746149bd040cb1d72951d8d48cda127c207afbe17ffc8fcc793124006084f144",
        tag: "1.2.3",
      },
      request: distributionRequest,
      actor: {},
      source: distributionSource,
    },
  ],
};

/** Received from it for the layer before. */
export const distributionLayer = {
  events: [
    {
      id: "af05613d-3895-472e-8b65-4a45a9796f61",
      timestamp: "2026-11-21T07:20:21.431357973Z",
      action: "push",
      target: {
        mediaType: "application/octet-stream",
        size: 37,
        digest: "sha256:9d99a75171aea000c711b34c0e5e3f28d3d537dd99d110eafbfbc2bd8e52c2bf",
        length: 37,
        repository: "acme/web",
        url: "http://127.0.0.1:5599/v2/acme/web/blobs/sha256:9d99a75171aea000c711b34c0e5e3f28d3d537dd99d110eafbfbc2bd8e52c2bf",
      },
      request: distributionRequest,
      actor: {},
      source: distributionSource,
    },
  ],
};

/** distribution.github.io, "Work with notifications", example of a pull. */
export const distributionPull = {
  events: [
    {
      id: "320678d8-ca14-430f-8bb6-4ca139cd83f7",
      timestamp: "2016-03-09T14:44:26.402973972-08:00",
      action: "pull",
      target: {
        mediaType: "application/vnd.docker.distribution.manifest.v2+json",
        size: 708,
        digest: "sha256:fea8895f450959fa676bcc1df0611ea93823a735a01205fd8622846041d0c7cf",
        length: 708,
        repository: "hello-world",
        url: "http://192.168.100.227:5000/v2/hello-world/manifests/sha256:fea8895f450959fa676bcc1df0611ea93823a735a01205fd8622846041d0c7cf",
        tag: "latest",
      },
      request: {
        id: "6df24a34-0959-4923-81ca-14f09767db19",
        addr: "192.168.64.11:42961",
        host: "192.168.100.227:5000",
        method: "GET",
        useragent: "curl/7.38.0",
      },
      actor: {},
      source: { addr: "xtal.local:5000", instanceID: "a53db899-3b4b-4a62-a067-8dd013beaca4" },
    },
  ],
};

/**
 * jfrog.com, "Domain: Docker", example "Docker Tag was Pushed" with two of its five platforms, in the envelope that
 * docs.jfrog.com, "Event Types", shows for artifacts. The repository's key (there that of a cache), and what stands for
 * the placeholders in `jpd_origin` and `source`, are made up.
 */
export const jfrogPush = {
  domain: "docker",
  event_type: "pushed",
  data: {
    repo_key: "docker-local",
    event_type: "pushed",
    path: "library/ubuntu/latest/list.manifest.json",
    name: "list.manifest.json",
    sha256: "35c4a2c15539c6c1e4e5fa4e554dac323ad0107d8eb5c582d6ff386b383b7dce",
    size: 1206,
    image_name: "library/ubuntu",
    tag: "latest",
    platforms: [
      { architecture: "amd64", os: "linux" },
      { architecture: "arm64", os: "linux" },
    ],
  },
  subscription_key: "test",
  jpd_origin: "https://example.jfrog.io",
  source: "jfrog/user@domain.com",
};

/**
 * docs.jfrog.com, "Event Types", example "Artifact was Deployed"; what stands for the placeholders in `jpd_origin` and
 * `source` is made up.
 */
export const jfrogDeployed = {
  domain: "artifact",
  event_type: "deployed",
  data: {
    repo_key: "sample_repo",
    path: "sample_dir/sample.txt",
    name: "sample.txt",
    sha256: "sample_checksum",
    size: 0,
  },
  subscription_key: "test",
  jpd_origin: "https://example.jfrog.io",
  source: "jfrog/user@domain.com",
};

/**
 * fluxcd/flux-recv, test/fixtures/nexus_payload and nexus_key, sources_test.go: a body byte for byte, with the secret
 * and the signature of that test, which match.
 */
export const nexusPush =
  '{"timestamp":"2020-04-05T21:49:44.219+0000","nodeId":"8C4F3E91-CD46AFE0-61B8403D-94526884-19AC4E06","initiator":"admin/127.0.0.1","repositoryName":"app1","action":"CREATED","component":{"id":"c770169c0b2e3ed8357368b43d4da3d8","componentId":"YXBwMTpjNzcwMTY5YzBiMmUzZWQ4MzU3MzY4YjQzZDRkYTNkOA","format":"docker","name":"app1/alpine","version":"3.4"}}';
export const nexusSecret = "gk0qp4u98xy0vntojv81i8zcjr4zw7xd6c4ugzad";
export const nexusSignature = "d06eea380d4631e8c1180b689d10d9ba83ab68f6";

/** help.sonatype.com, "Example Headers And Payloads", example of a component, as projects quote it: no image. */
export const nexusNpm = {
  timestamp: "2016-11-14T19:32:13.515+0000",
  nodeId: "7FFA7361-6ED33978-36997BD4-47095CC4-331356BE",
  initiator: "anonymous/127.0.0.1",
  repositoryName: "npm-proxy",
  action: "CREATED",
  component: {
    id: "08909bf0c86cf6c9600aade89e1c5e25",
    componentId: "bnBtLXByb3h5OjA4OTA5YmYwYzg2Y2Y2Yzk2MDBhYWRlODllMWM1ZTI1",
    format: "npm",
    name: "angular2",
    group: "types",
    version: "0.0.2",
  },
};

/**
 * Shape after project-zot/zot, pkg/extensions/events/events.go, `ImageUpdated`; values made up. It is the body of a
 * CloudEvent in the binary form.
 */
export const zotData = {
  name: "golang",
  reference: "1.20",
  digest: "sha256:4f5a1f4a8b0a0c1d2e3f405162738495a6b7c8d9e0f10213243546576879808a",
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  manifest: "{}",
};

/**
 * Shape after cdevents/spec, conformance/artifact_published.json of 0.4.1, cut, in a CloudEvent as
 * cloudevents-binding.md has it. The artifact there is a Go module; the one here begins as the specification writes
 * images, and the repository and the tag behind it are made up.
 */
export const cdEvent = {
  specversion: "1.0",
  id: "271069a8-fc18-44f1-b38f-9d70a1695819",
  source: "/event/source/123",
  type: "dev.cdevents.artifact.published.0.2.0",
  datacontenttype: "application/json",
  data: {
    context: { version: "0.4.1", id: "271069a8-fc18-44f1-b38f-9d70a1695819", source: "/event/source/123" },
    subject: {
      id: "pkg:oci/myapp@sha256%3A0b31b1c02ff458ad9b7b81cbdf8f028bd54699fa151f221d1e8de6817db93427?repository_url=mycr.io/myapp&tag=1.4.0",
      source: "/event/source/123",
      type: "artifact",
      content: {},
    },
  },
};
