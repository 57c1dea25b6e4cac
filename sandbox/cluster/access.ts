/** How a cluster is reached, as what another process can be given. */
export interface Access {
  readonly server: string;
  /** PEM. */
  readonly ca?: string | undefined;
  readonly insecure?: boolean | undefined;
  readonly token?: string | undefined;
  /** PEM. */
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  /** The path of a kubeconfig whose current context gives the same access. */
  readonly kubeconfig: string;
  /** Whether it is a control plane of ours, whose Pods fail as their images' tags say. */
  readonly own: boolean;
  /** Where the programs' crashes are noted. */
  readonly folder?: string | undefined;
}
