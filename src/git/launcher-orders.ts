/** What a launcher is told. */
export type LauncherOrder =
  | {
      readonly kind: "start";
      readonly id: number;
      readonly file: string;
      readonly args: readonly string[];
      readonly cwd: string;
      readonly env: Readonly<Record<string, string>>;
      readonly input: string | Uint8Array;
      readonly maxOutputBytes: number;
    }
  | { readonly kind: "kill"; readonly id: number };

/** What a launcher tells. */
export type LauncherReport =
  | { readonly kind: "started"; readonly id: number; readonly pid: number }
  | {
      readonly kind: "ended";
      readonly id: number;
      readonly code: number;
      readonly stdout: Uint8Array;
      readonly stderr: Uint8Array;
      readonly overflowed: boolean;
    }
  | { readonly kind: "failed"; readonly id: number; readonly error: unknown };
