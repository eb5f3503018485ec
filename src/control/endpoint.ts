/** Where the daemon listens. */
export interface Address {
  /** For `listen` and `connect` of node:net. */
  path: string;
  /** Both sides prove that they know it (proof.ts). Null: only the user can connect there. */
  key: Buffer | null;
}

/** An address that this process has claimed for its server. */
export interface Claim extends Address {
  /** Lets clients find the server. Call it when the server listens. @throws Error */
  publish(): void;
  release(): void;
}

/** How the daemon and its clients find each other on this system. `file` is Paths.controlSocket. */
export interface Endpoint {
  /**
   * Makes this process the only one that may serve, until the claim is released or the process ends.
   * @throws VoiceError daemon-running, state-unwritable, folder-unsafe
   */
  claim(file: string): Promise<Claim>;
  /** Returns the address of the daemon, which may have ended; null: none has published one. */
  find(file: string): Address | null;
  /** Checks what keeps other users away, as far as it exists. @throws VoiceError state-unwritable, folder-unsafe */
  check(file: string): void;
}
