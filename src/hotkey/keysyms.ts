/**
 * The names that XKB gives keys, with the X keysym of each (X11/keysymdef.h and X11/XF86keysym.h of xorgproto). Letters
 * and digits have their Latin-1 code as keysym, and are their own names.
 */
const NAMED: Readonly<Record<string, number>> = {
  space: 0x20,
  plus: 0x2b,
  comma: 0x2c,
  minus: 0x2d,
  period: 0x2e,
  slash: 0x2f,
  semicolon: 0x3b,
  less: 0x3c,
  equal: 0x3d,
  apostrophe: 0x27,
  bracketleft: 0x5b,
  backslash: 0x5c,
  bracketright: 0x5d,
  grave: 0x60,
  BackSpace: 0xff08,
  Tab: 0xff09,
  Return: 0xff0d,
  Pause: 0xff13,
  Scroll_Lock: 0xff14,
  Escape: 0xff1b,
  Home: 0xff50,
  Left: 0xff51,
  Up: 0xff52,
  Right: 0xff53,
  Down: 0xff54,
  Prior: 0xff55,
  Next: 0xff56,
  End: 0xff57,
  Print: 0xff61,
  Insert: 0xff63,
  Menu: 0xff67,
  Help: 0xff6a,
  Num_Lock: 0xff7f,
  Caps_Lock: 0xffe5,
  Delete: 0xffff,
  KP_Enter: 0xff8d,
  KP_Multiply: 0xffaa,
  KP_Add: 0xffab,
  KP_Subtract: 0xffad,
  KP_Decimal: 0xffae,
  KP_Divide: 0xffaf,
  // A modifier key as the key itself, for push-to-talk.
  Shift_R: 0xffe2,
  Control_R: 0xffe4,
  Alt_R: 0xffea,
  Super_R: 0xffec,
  ISO_Level3_Shift: 0xfe03,
  XF86MonBrightnessUp: 0x1008ff02,
  XF86MonBrightnessDown: 0x1008ff03,
  XF86AudioLowerVolume: 0x1008ff11,
  XF86AudioMute: 0x1008ff12,
  XF86AudioRaiseVolume: 0x1008ff13,
  XF86AudioPlay: 0x1008ff14,
  XF86AudioStop: 0x1008ff15,
  XF86AudioPrev: 0x1008ff16,
  XF86AudioNext: 0x1008ff17,
  XF86HomePage: 0x1008ff18,
  XF86Mail: 0x1008ff19,
  XF86Search: 0x1008ff1b,
  XF86AudioRecord: 0x1008ff1c,
  XF86Calculator: 0x1008ff1d,
  XF86Back: 0x1008ff26,
  XF86Forward: 0x1008ff27,
  XF86ScreenSaver: 0x1008ff2d,
  XF86WWW: 0x1008ff2e,
  XF86Sleep: 0x1008ff2f,
  XF86Favorites: 0x1008ff30,
  XF86AudioPause: 0x1008ff31,
  XF86AudioMedia: 0x1008ff32,
  XF86MyComputer: 0x1008ff33,
  XF86Display: 0x1008ff59,
  XF86Explorer: 0x1008ff5d,
  XF86Messenger: 0x1008ff8e,
  XF86WebCam: 0x1008ff8f,
  XF86Tools: 0x1008ff81,
  XF86TouchpadToggle: 0x1008ffa9,
  XF86AudioMicMute: 0x1008ffb2,
  XF86AudioRewind: 0x1008ff3e,
  XF86AudioForward: 0x1008ff97,
  XF86AudioRepeat: 0x1008ff98,
  XF86AudioRandomPlay: 0x1008ff99,
  XF86AudioPreset: 0x1008ffb6,
  XF86Eject: 0x1008ff2c,
  XF86Go: 0x1008ff5f,
  XF86Phone: 0x1008ff6e,
  XF86Bluetooth: 0x1008ff94,
  XF86Keyboard: 0x1008ffb3,
  XF86FullScreen: 0x1008ffb8,
  // Their Linux key codes are beyond the keycodes of X11: only Wayland has them.
  XF86PickupPhone: 0x100811bd,
  XF86HangupPhone: 0x100811be,
  XF86VoiceCommand: 0x10081246,
  XF86Assistant: 0x10081247,
  XF86Dictate: 0x1008124a,
};

/** Other names that the settings accept, in lower case. */
const ALIASES: Readonly<Record<string, string>> = {
  enter: 'Return',
  break: 'Pause',
  scrolllock: 'Scroll_Lock',
  esc: 'Escape',
  pageup: 'Prior',
  page_up: 'Prior',
  pagedown: 'Next',
  page_down: 'Next',
  printscreen: 'Print',
  numlock: 'Num_Lock',
  capslock: 'Caps_Lock',
  rightctrl: 'Control_R',
  rightalt: 'Alt_R',
  altgr: 'ISO_Level3_Shift',
};

const BY_LOWER_CASE = new Map(Object.entries(NAMED).map(([name, keysym]) => [name.toLowerCase(), keysym]));
const NAME_OF = new Map(Object.entries(NAMED).map(([name, keysym]) => [keysym, name]));

const PUNCTUATION = "+,-./;<='[\\]`";
const F1 = 0xffbe;
const KP_0 = 0xffb0;
const XF86_LAUNCH_0 = 0x1008ff40;

/** The X keysym of a key name in any case; undefined for an unknown name. */
export function keysymOf(name: string): number | undefined {
  const key = name.toLowerCase();
  if (/^[a-z0-9]$/.test(key) || (key.length === 1 && PUNCTUATION.includes(key))) return key.charCodeAt(0);
  const functionKey = /^f([1-9]|[12]\d|3[0-5])$/.exec(key);
  if (functionKey) return F1 + Number(functionKey[1]) - 1;
  const keypad = /^kp_(\d)$/.exec(key);
  if (keypad) return KP_0 + Number(keypad[1]);
  const launch = /^xf86launch([0-9a-f])$/.exec(key);
  if (launch) return XF86_LAUNCH_0 + Number.parseInt(launch[1] ?? '', 16);
  const alias = Object.hasOwn(ALIASES, key) ? ALIASES[key] : undefined;
  return BY_LOWER_CASE.get((alias ?? key).toLowerCase());
}

/** What XKB calls the key of a keysym that `keysymOf` gives. */
export function xkbNameOf(keysym: number): string {
  const named = NAME_OF.get(keysym);
  if (named !== undefined) return named;
  if (keysym >= F1 && keysym < F1 + 35) return `F${keysym - F1 + 1}`;
  if (keysym >= KP_0 && keysym < KP_0 + 10) return `KP_${keysym - KP_0}`;
  if (keysym >= XF86_LAUNCH_0 && keysym < XF86_LAUNCH_0 + 16)
    return `XF86Launch${(keysym - XF86_LAUNCH_0).toString(16).toUpperCase()}`;
  return String.fromCharCode(keysym);
}

/** Is it a keypad keysym? Those depend on Num Lock instead of Shift. */
export function isKeypad(keysym: number): boolean {
  return keysym >= 0xff80 && keysym <= 0xffb9;
}

/** Does the key alone write or edit text? Such a key cannot be taken from every app without a modifier. */
export function isTypingKey(keysym: number): boolean {
  return keysym <= 0xff || [0xff08, 0xff09, 0xff0d, 0xffff].includes(keysym) || isKeypad(keysym);
}
