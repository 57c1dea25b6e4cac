import { buildSchema } from "graphql";

/** The part of GitHub's GraphQL schema that is here, as docs.github.com/graphql has it. */
export const schema = buildSchema(`
  scalar DateTime
  scalar GitObjectID

  type Query {
    "GitHub's workaround for clients that need the root object as a field; a schema needs at least one query."
    relay: Query!
  }

  type Mutation {
    enqueuePullRequest(input: EnqueuePullRequestInput!): EnqueuePullRequestPayload
    dequeuePullRequest(input: DequeuePullRequestInput!): DequeuePullRequestPayload
  }

  input DequeuePullRequestInput {
    clientMutationId: String
    id: ID!
  }

  type DequeuePullRequestPayload {
    clientMutationId: String
    mergeQueueEntry: MergeQueueEntry
  }

  input EnqueuePullRequestInput {
    clientMutationId: String
    expectedHeadOid: GitObjectID
    jump: Boolean
    pullRequestId: ID!
  }

  type EnqueuePullRequestPayload {
    clientMutationId: String
    mergeQueueEntry: MergeQueueEntry
  }

  type MergeQueueEntry {
    id: ID!
    position: Int!
    state: MergeQueueEntryState!
    enqueuedAt: DateTime!
    headCommit: Commit
    baseCommit: Commit
    pullRequest: PullRequest
  }

  enum MergeQueueEntryState {
    AWAITING_CHECKS
    LOCKED
    MERGEABLE
    QUEUED
    UNMERGEABLE
  }

  type Commit {
    oid: GitObjectID!
  }

  type PullRequest {
    id: ID!
    number: Int!
  }
`);
