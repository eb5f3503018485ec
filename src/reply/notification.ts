/** What a bubble shows; plain text, untrusted: the driver escapes it for its server. */
export interface Bubble {
  title: string;
  body: string;
  urgency: 'low' | 'normal' | 'critical';
  /** Buttons: key -> label. */
  actions: Record<string, string>;
  /** ms until it goes by itself; 0: stays; absent: as the server likes. */
  timeout?: number;
}

export interface NotifierState {
  backend: string;
  capabilities: string[];
  /** Why there is none. */
  reason?: string;
}

export type NotifierEvent =
  /** A button was pressed. */
  | { type: 'action'; bubble: string; key: string }
  /** It is gone from the screen. */
  | { type: 'closed'; bubble: string };

/** Shows bubbles. `bubble` is our own name for one: the same name replaces what it shows. */
export interface Notifier {
  readonly state: NotifierState;
  /** One consumer; ends when closed. */
  readonly events: AsyncIterable<NotifierEvent>;
  /** Resolves true when the server took it, false when there is none; never rejects. */
  show(bubble: string, content: Bubble): Promise<boolean>;
  dismiss(bubble: string): Promise<void>;
  close(): Promise<void>;
}
