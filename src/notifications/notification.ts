import type { RichText } from './rich-text.ts';

/** What a bubble shows; plain text, untrusted: the driver escapes it for its server. */
export interface Bubble {
  title: string;
  body: string;
  /** The body with what is bold, code or a link, for servers with markup. */
  rich?: RichText;
  /** How loud it is: as a bar where the server draws one, else as a line of text above the body. */
  meter?: { percent: number; line: string };
  urgency: 'low' | 'normal' | 'critical';
  /** Buttons: key -> label. `default` is a click on the bubble itself. */
  actions: Record<string, string>;
  /** The label of a field for a text, where the server has such fields (`inline-reply`), and what stands in it. */
  reply?: string;
  replyHint?: string;
  /** One more line of the body where the server has no buttons. */
  withoutButtons?: string;
  /**
   * It says little that is new, and something newer follows soon: no history keeps it, and servers that cannot replace
   * a bubble in place without disturbing may leave it out.
   */
  passing?: boolean;
  /** A button does not take it away. */
  resident?: boolean;
  /** It is there for who looks for it: no sound, and no pop-up where the server has that (see `quietCategory`). */
  quiet?: boolean;
  /** ms until it goes by itself; 0: stays; absent: as the server likes. */
  timeout?: number;
}

export interface NotifierState {
  backend: string;
  /** Name and version of the notification server, once it told them. */
  server?: string;
  capabilities: string[];
  /** Why there is none. */
  reason?: string;
}

/** Who took a bubble off the screen: time, the person, the server itself, or it went with its server or bus. */
export type CloseReason = 'expired' | 'dismissed' | 'closed' | 'lost';

export type NotifierEvent =
  /** A button was pressed; the bubble goes with it and no `closed` follows, unless it is resident. */
  | { type: 'action'; bubble: string; key: string }
  /** A text was typed into its field; otherwise as with a button. Untrusted. */
  | { type: 'reply'; bubble: string; text: string }
  /** It is gone from the screen, and not because of `dismiss`. */
  | { type: 'closed'; bubble: string; reason: CloseReason };

/** Shows bubbles. `bubble` is our own name for one: the same name replaces what it shows. */
export interface Notifier {
  readonly state: NotifierState;
  /** One consumer; ends when closed. */
  readonly events: AsyncIterable<NotifierEvent>;
  /**
   * Resolves true when the server took it (or something newer for the same bubble), false when there is none;
   * never rejects.
   */
  show(bubble: string, content: Bubble): Promise<boolean>;
  dismiss(bubble: string): Promise<void>;
  close(): Promise<void>;
}
