/** Versions of the protocol from the oldest to the newest one. */
export interface Versions {
  oldest: number;
  newest: number;
}

/** The versions that this program speaks; docs/control-protocol.md describes them. */
export const VERSIONS: Versions = { oldest: 1, newest: 1 };

/** Additions to these versions, which only one of the two sides may know. */
export const FEATURES: readonly string[] = ['paced'];

/** Returns the newest version that both sides speak; null: there is none. */
export function commonVersion(one: Versions, other: Versions): number | null {
  const newest = Math.min(one.newest, other.newest);
  return newest < Math.max(one.oldest, other.oldest) ? null : newest;
}

/** Bounds of what comes in and goes out, bytes. */
export const LIMITS = {
  /** A message of a client. */
  frame: 8 * 1024 * 1024,
  /** The headers of a message. */
  headers: 4 * 1024,
  /** Beyond this a client that does not read gets no `level` and `partial`: the next one makes up for it. */
  dropAbove: 64 * 1024,
  /** Beyond this a client that does not read is disconnected. */
  disconnectAbove: 16 * 1024 * 1024,
  /** Requests of one client that are not answered yet. */
  requests: 64,
  /** Clients at a time. */
  clients: 64,
} as const;
