/** What the local registry promises to those who start it: the demo and tests. */

/** Where notifications go; what a Distribution registry has under `notifications.endpoints`. */
export interface NotificationTarget {
  readonly url: string;
  /** Sent with each notification, e.g. `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Actions that are not sent. */
  readonly ignoreActions?: readonly RegistryAction[];
  /** How long to wait before a notification that was not taken is sent again, in milliseconds; default 1,000. */
  readonly backoffMs?: number;
}

/** How to start. */
export interface LocalRegistryOptions {
  /** 0 (the default) takes a free port. Always bound to 127.0.0.1. */
  readonly port?: number;
  readonly notify?: NotificationTarget;
  /**
   * Name to password. The API then wants one of them by Basic authentication; `push` and the page push as the first.
   */
  readonly users?: Readonly<Record<string, string>>;
  readonly clock?: () => Date;
}

/** An image to push. It has one small layer, the same for all images. */
export interface ImageInput {
  /** Without the host, e.g. `shop/api`. */
  readonly repository: string;
  readonly tag: string;
  /** When the image says that it was built; default now. */
  readonly created?: Date;
  /** Labels of the image's configuration, e.g. `org.opencontainers.image.revision`. */
  readonly labels?: Readonly<Record<string, string>>;
  /** `os/architecture[/variant]`; default `linux/amd64` alone. More than one makes an index. */
  readonly platforms?: readonly string[];
}

/** What happened, in the words of Distribution's notifications. */
export type RegistryAction = "push" | "pull" | "mount" | "delete";

/** One event as Distribution writes it into its envelope. */
export interface RegistryEvent {
  readonly id: string;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly action: RegistryAction;
  readonly target: {
    readonly mediaType: string;
    readonly size: number;
    readonly digest: string;
    /** The same as `size`. */
    readonly length: number;
    readonly repository: string;
    readonly url: string;
    /** Of manifests that were named by a tag. */
    readonly tag?: string;
  };
  readonly request: {
    readonly id: string;
    readonly addr: string;
    readonly host: string;
    readonly method: string;
    readonly useragent: string;
  };
  /** Empty where nobody had to say who they are. */
  readonly actor: { readonly name?: string };
  readonly source: { readonly addr: string; readonly instanceID: string };
}

/** One attempt to send an event. */
export interface Notification {
  readonly event: RegistryEvent;
  /** ISO 8601. */
  readonly at: string;
  /** 0 when there was no answer. */
  readonly status: number;
}

/** One request to the API. */
export interface RegistryRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly status: number;
  /** Empty for nobody. */
  readonly actor: string;
}

/** A running local registry. It keeps everything in memory. */
export interface LocalRegistry {
  /** Of the page for people; the API is below it at `/v2/`. No trailing slash. */
  readonly url: string;
  /** What stands before the repository in an image's name, e.g. `127.0.0.1:5000`. */
  readonly host: string;
  /**
   * Pushes an image through the registry's own API. The digest is the index's where there is more than one platform.
   */
  push(image: ImageInput): Promise<{ readonly digest: string }>;
  /** Replaces where notifications go. What is waiting goes to the new place. */
  setNotifications(target: NotificationTarget | undefined): void;
  /** Every request to the API so far, oldest first. */
  readonly requests: readonly RegistryRequest[];
  /** Every attempt to notify so far, oldest first. */
  readonly notifications: readonly Notification[];
  /** Resolves when every event so far was taken. */
  settled(): Promise<void>;
  close(): Promise<void>;
}
