import type headless from '@xterm/headless';

/** Modes that @xterm/headless 6.0.0 does not keep, but a user's terminal needs. */
export interface HiddenModes {
  /** Flags of Kitty's keyboard protocol (https://sw.kovidgoyal.net/kitty/keyboard-protocol/); 0: ordinary keys. */
  readonly keyboard: number;
  /** The wheel sends arrow keys on the alternate screen (DEC mode 1007); null: the program has not set it. */
  readonly alternateScroll: boolean | null;
  /** Title of the window (OSC 0 and 2). Untrusted. */
  readonly title: string;
}

export const NO_HIDDEN_MODES: HiddenModes = { keyboard: 0, alternateScroll: null, title: '' };

const ALTERNATE_SCROLL = 1007;
/** Limits the memory of a program that pushes and never pops; Kitty keeps about as many. */
const MOST_PUSHED = 16;

/** Follows the modes that a program sets in the hidden terminal. A full reset clears them. */
export function watchModes(terminal: headless.Terminal): HiddenModes {
  const modes = { alternateScroll: null as boolean | null, title: '' };
  /** One stack for the main and one for the alternate screen; the last flags are the current ones. */
  let stacks = { normal: [0], alternate: [0] };
  const stack = (): number[] => stacks[terminal.buffer.active.type];
  const first = (params: readonly (number | number[])[], otherwise: number): number =>
    Number(params[0] || otherwise);
  const set = (flags: number): void => void stack().splice(-1, 1, flags & 0b11111);
  const { parser } = terminal;

  parser.registerCsiHandler({ prefix: '>', final: 'u' }, (params) => {
    stack().push(first(params, 0) & 0b11111);
    if (stack().length > MOST_PUSHED) stack().shift();
    return true;
  });
  parser.registerCsiHandler({ prefix: '<', final: 'u' }, (params) => {
    stack().splice(-first(params, 1));
    if (stack().length === 0) stack().push(0);
    return true;
  });
  parser.registerCsiHandler({ prefix: '=', final: 'u' }, (params) => {
    const [now = 0, how = Number(params[1] || 1)] = [stack().at(-1)];
    const flags = first(params, 0);
    set(how === 2 ? now | flags : how === 3 ? now & ~flags : flags);
    return true;
  });
  for (const final of ['h', 'l']) {
    parser.registerCsiHandler({ prefix: '?', final }, (params) => {
      if (params.includes(ALTERNATE_SCROLL)) modes.alternateScroll = final === 'h';
      return false; // The terminal handles other modes.
    });
  }
  parser.registerEscHandler({ final: 'c' }, () => {
    stacks = { normal: [0], alternate: [0] };
    Object.assign(modes, { alternateScroll: null, title: '' });
    return false;
  });
  terminal.onTitleChange((title) => {
    modes.title = title;
  });
  return {
    get keyboard() {
      return stack().at(-1) ?? 0;
    },
    get alternateScroll() {
      return modes.alternateScroll;
    },
    get title() {
      return modes.title;
    },
  };
}
