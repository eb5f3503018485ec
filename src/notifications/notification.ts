import type { RichText } from './rich-text.ts';

/** Content of a bubble, which is our name for one notification. Plain, untrusted text: the driver escapes it. */
export interface Bubble {
  title: string;
  body: string;
  /** The body with bold text, code and links, for servers with markup. */
  rich?: RichText;
  /** The loudness: a bar if the server can draw one, else a line of text above the body. */
  meter?: { percent: number; line: string };
  urgency: 'low' | 'normal' | 'critical';
  /** Buttons: key -> label. `default` is a click on the bubble itself. */
  actions: Record<string, string>;
  /** Label of a text field, for servers with such fields (`inline-reply`), and the hint in it. */
  reply?: string;
  replyHint?: string;
  /** An additional line of the body for servers without buttons. */
  withoutButtons?: string;
  /**
   * It will be replaced soon: no history keeps it, and servers that cannot replace a bubble quietly may leave it out.
   */
  passing?: boolean;
  /** A button does not close it. */
  resident?: boolean;
  /** No sound, and no pop-up if the server supports that (see `quietCategory`). */
  quiet?: boolean;
  /** Time until it disappears, ms; 0: never. Default: the server decides. */
  timeout?: number;
}

export interface NotifierState {
  backend: string;
  /** Name and version of the notification server, once they are known. */
  server?: string;
  capabilities: string[];
  /** Why there are no notifications. */
  reason?: string;
}

/** What closed a bubble: a timeout, the user, the server, or the end of the server or its bus (`lost`). */
export type CloseReason = 'expired' | 'dismissed' | 'closed' | 'lost';

export type NotifierEvent =
  /**
   * A button was pressed. This closes the bubble without a `closed` event, unless it is resident. `activation`: the token
   * with which the desktop lets a window that this opens take the focus.
   */
  | { type: 'action'; bubble: string; key: string; activation?: string }
  /** Text was entered in its field; otherwise as for a button. Untrusted. */
  | { type: 'reply'; bubble: string; text: string }
  /** It has left the screen, but not because of `dismiss`. */
  | { type: 'closed'; bubble: string; reason: CloseReason };

/** Shows bubbles. `bubble` is the caller's name for one; a new content replaces the old one. Close it with `close`. */
export interface Notifier {
  readonly state: NotifierState;
  /** One consumer; ends when closed. */
  readonly events: AsyncIterable<NotifierEvent>;
  /**
   * Resolves true when the server took it (or a newer content for the same bubble), false when there is no server.
   * Never rejects.
   */
  show(bubble: string, content: Bubble): Promise<boolean>;
  dismiss(bubble: string): Promise<void>;
  close(): Promise<void>;
}
