/**
 * Key names that the settings accept, lower-case, with the X keysym each stands for (X11/keysymdef.h and
 * X11/XF86keysym.h of xorgproto). Letters, digits and punctuation have their Latin-1 code as keysym.
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
  backspace: 0xff08,
  tab: 0xff09,
  enter: 0xff0d,
  return: 0xff0d,
  pause: 0xff13,
  break: 0xff13,
  scrolllock: 0xff14,
  scroll_lock: 0xff14,
  escape: 0xff1b,
  esc: 0xff1b,
  home: 0xff50,
  left: 0xff51,
  up: 0xff52,
  right: 0xff53,
  down: 0xff54,
  pageup: 0xff55,
  pagedown: 0xff56,
  end: 0xff57,
  print: 0xff61,
  printscreen: 0xff61,
  insert: 0xff63,
  menu: 0xff67,
  help: 0xff6a,
  numlock: 0xff7f,
  capslock: 0xffe5,
  delete: 0xffff,
  kp_enter: 0xff8d,
  kp_multiply: 0xffaa,
  kp_add: 0xffab,
  kp_subtract: 0xffad,
  kp_decimal: 0xffae,
  kp_divide: 0xffaf,
  // A modifier key as the key itself, for push-to-talk.
  shift_r: 0xffe2,
  control_r: 0xffe4,
  rightctrl: 0xffe4,
  alt_r: 0xffea,
  rightalt: 0xffea,
  super_r: 0xffec,
  altgr: 0xfe03,
  xf86monbrightnessup: 0x1008ff02,
  xf86monbrightnessdown: 0x1008ff03,
  xf86audiolowervolume: 0x1008ff11,
  xf86audiomute: 0x1008ff12,
  xf86audioraisevolume: 0x1008ff13,
  xf86audioplay: 0x1008ff14,
  xf86audiostop: 0x1008ff15,
  xf86audioprev: 0x1008ff16,
  xf86audionext: 0x1008ff17,
  xf86homepage: 0x1008ff18,
  xf86mail: 0x1008ff19,
  xf86search: 0x1008ff1b,
  xf86audiorecord: 0x1008ff1c,
  xf86calculator: 0x1008ff1d,
  xf86back: 0x1008ff26,
  xf86forward: 0x1008ff27,
  xf86screensaver: 0x1008ff2d,
  xf86www: 0x1008ff2e,
  xf86sleep: 0x1008ff2f,
  xf86favorites: 0x1008ff30,
  xf86audiopause: 0x1008ff31,
  xf86audiomedia: 0x1008ff32,
  xf86mycomputer: 0x1008ff33,
  xf86display: 0x1008ff59,
  xf86explorer: 0x1008ff5d,
  xf86messenger: 0x1008ff8e,
  xf86webcam: 0x1008ff8f,
  xf86tools: 0x1008ff81,
  xf86touchpadtoggle: 0x1008ffa9,
  xf86audiomicmute: 0x1008ffb2,
};

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
  return Object.hasOwn(NAMED, key) ? NAMED[key] : undefined;
}

/** Is it a keypad keysym? Those depend on Num Lock instead of Shift. */
export function isKeypad(keysym: number): boolean {
  return keysym >= 0xff80 && keysym <= 0xffb9;
}

/** Does the key alone write or edit text? Such a key cannot be taken from every app without a modifier. */
export function isTypingKey(keysym: number): boolean {
  return keysym <= 0xff || [0xff08, 0xff09, 0xff0d, 0xffff].includes(keysym) || isKeypad(keysym);
}
