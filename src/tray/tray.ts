import type { Action } from '../actions.ts';

/** States of the icon. */
export const TRAY_ICONS = ['idle', 'listening', 'working', 'asks', 'error', 'paused'] as const;
export type TrayIcon = (typeof TRAY_ICONS)[number];

/** An entry of the menu. */
export type TrayEntry =
  | { type: 'separator' }
  /** Words, to be read. */
  | { type: 'text'; label: string }
  | { type: 'item'; label: string; action: Action }
  /** One of several exclusive choices. */
  | { type: 'choice'; label: string; chosen: boolean; action: Action }
  | { type: 'submenu'; label: string; entries: readonly TrayEntry[] };

/** All that a tray shows. Texts are plain, in one line, and not too long for a menu. */
export interface TrayView {
  icon: TrayIcon;
  tooltip: { title: string; text: string };
  menu: readonly TrayEntry[];
}

export interface TrayState {
  backend: 'status-notifier' | 'systray' | 'none';
  /** `waiting`: no panel shows icons at present; it appears when one does. */
  state: 'shown' | 'waiting' | 'off';
}

/** A click of the user: `activate` is a click on the icon, `secondary` one with the middle button. */
export type TrayEvent = { type: 'activate' } | { type: 'secondary' } | { type: 'click'; action: Action };

/** An icon with a menu in the panel of the desktop. A tray that cannot be shown is silent. */
export interface Tray {
  readonly state: TrayState;
  /** Replaces what was shown. */
  show(view: TrayView): void;
  close(): Promise<void>;
}
