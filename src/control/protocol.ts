/** Supported versions of the protocol. */
export interface Versions {
  oldest: number;
  newest: number;
}

/** The versions that this program supports; docs/control-protocol.md describes them. */
export const VERSIONS: Versions = { oldest: 1, newest: 1 };

/** Additions to these versions, which only one of the two sides may know. */
export const FEATURES: readonly string[] = ['paced'];

/** Returns the newest version that both sides support; null: none. */
export function commonVersion(one: Versions, other: Versions): number | null {
  const newest = Math.min(one.newest, other.newest);
  return newest < Math.max(one.oldest, other.oldest) ? null : newest;
}

/** Limits of incoming and outgoing data, in bytes unless stated otherwise. */
export const LIMITS = {
  /** A message of a client. */
  frame: 8 * 1024 * 1024,
  /** The headers of a message. */
  headers: 4 * 1024,
  /** Output of a slow client beyond which `level` and `partial` are left out: the next one replaces them. */
  dropAbove: 64 * 1024,
  /** Output of a slow client beyond which it is disconnected. */
  disconnectAbove: 16 * 1024 * 1024,
  /** Number of unanswered requests of one client. */
  requests: 64,
  /** Number of clients. */
  clients: 64,
} as const;
