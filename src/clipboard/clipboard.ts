import type { Driver } from '../drivers.ts';

/** Copies a text to the clipboard. @throws Error when it cannot */
export type Copy = (text: string) => Promise<void>;

/** The clipboard of a desktop. A text stays there until another one is copied, by any program, or until close(). */
export interface Clipboard {
  readonly copy: Copy;
  /** Gives the clipboard up, and ends what keeps the text there. It may be called twice. */
  close(): void;
}

export interface ClipboardDriver extends Driver {
  open(): Clipboard;
}
