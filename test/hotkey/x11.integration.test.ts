import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../support/process.ts';
import { type KeyLog, openKeyLog, startXServer, type XServer } from '../support/x-server.ts';
import { watchHotkey } from './watched-hotkey.ts';

let server: XServer;
let terminal: KeyLog;
/** How much of what was typed the tests before have seen. */
let seen = 0;

beforeAll(async () => {
  server = await startXServer({ auth: true });
  terminal = await openKeyLog(server);
});

afterAll(async () => {
  await terminal?.stop();
  await server?.stop();
});

/** Types a letter and returns what the app with the focus got up to it since the last call. */
async function typedUpTo(letter: string): Promise<string> {
  await server.xdotool('key', letter);
  const typed = await waitFor(`"${letter}" in the terminal`, async () => {
    const text = (await terminal.typed()).slice(seen);
    return text.toLowerCase().includes(letter) ? text : null;
  });
  seen += typed.length;
  return typed;
}

describe('the listen key', () => {
  it('is seen and consumed, and no other key is', async () => {
    await using watched = watchHotkey(server.env);
    await watched.waitForState('grabbed');
    const before = performance.now();
    await server.xdotool('key', 'ctrl+alt+space');
    expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
    const times = watched.events.flatMap((event) => ('at' in event ? [event.at] : []));
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    expect(times[0]).toBeGreaterThan(before);
    await server.xdotool('key', 'space', 'ctrl+a', 'alt+space', 'ctrl+alt+x');
    const typed = await typedUpTo('z');
    expect(typed.startsWith(' \x01')).toBe(true);
    expect(watched.keys()).toEqual(['press', 'release']);
  });

  it.each([[['Num_Lock']], [['Caps_Lock']], [['Num_Lock', 'Caps_Lock']]])(
    'works with %j on',
    async (locks) => {
      await using watched = watchHotkey(server.env);
      await watched.waitForState('grabbed');
      await server.xdotool('key', ...locks);
      try {
        await typedUpTo('y');
        // Keycode 87 is 1 on the keypad under Num Lock, End without (evdev).
        await server.xdotool('key', '87', 'ctrl+alt+space');
        expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
        const [keypad, letter] = [locks.includes('Num_Lock') ? '1' : '\x1b[F', 'z'];
        const wanted = keypad + (locks.includes('Caps_Lock') ? letter.toUpperCase() : letter);
        expect(await typedUpTo('z')).toBe(wanted);
      } finally {
        await server.xdotool('key', ...locks);
      }
    },
  );

  it('is pressed once and released once however long it is held', async () => {
    await using watched = watchHotkey(server.env);
    await watched.waitForState('grabbed');
    await typedUpTo('y');
    const hold = ['sleep', '1.5'];
    await server.xdotool('keydown', 'x', ...hold, 'keyup', 'x');
    // The server does repeat: this is what the key would do.
    expect((await typedUpTo('z')).length).toBeGreaterThan(5);
    await server.xdotool('keydown', 'ctrl', 'keydown', 'alt', 'keydown', 'space', ...hold);
    expect(await watched.waitForKeys(1)).toEqual(['press']);
    await server.xdotool('keyup', 'space', 'keyup', 'alt', 'keyup', 'ctrl');
    expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
    expect(await typedUpTo('z')).toBe('z');
    expect(watched.keys()).toEqual(['press', 'release']);
  });

  it('is released with the key, not with its modifiers', async () => {
    await using watched = watchHotkey(server.env);
    await watched.waitForState('grabbed');
    await server.xdotool('keydown', 'ctrl', 'keydown', 'alt', 'keydown', 'space');
    await server.xdotool('keyup', 'ctrl', 'keyup', 'alt', 'sleep', '1');
    expect(watched.keys()).toEqual(['press']);
    await server.xdotool('keyup', 'space');
    expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
    expect(await typedUpTo('z')).toBe('z');
  });

  // xdotool's name of each; 191 and 105 are the keycodes of F13 and the right Ctrl key (evdev).
  it.each([
    ['F13', '191'],
    ['RightCtrl', '105'],
    ['Super+v', 'super+v'],
    ['Ctrl+Shift+comma', 'ctrl+shift+comma'],
    ['XF86AudioPlay', 'XF86AudioPlay'],
    ['Pause', 'Pause'],
    ['Ctrl+KP_5', 'ctrl+KP_5'],
    ['XF86AudioMicMute', 'XF86AudioMicMute'],
  ])('can be %s', async (listen, key) => {
    await using watched = watchHotkey(server.env, { listen });
    await watched.waitForState('grabbed');
    await server.xdotool('key', key);
    expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
    expect(await typedUpTo('z')).toBe('z');
  });

  it('is free for everybody again after close', async () => {
    const watched = watchHotkey(server.env);
    await watched.waitForState('grabbed');
    await watched[Symbol.asyncDispose]();
    expect(watched.hotkey.state.state).toBe('off');
    await server.xdotool('key', 'ctrl+alt+space');
    expect((await typedUpTo('z')).length).toBeGreaterThan(1);
  });
});

describe('a mouse button', () => {
  it('is seen and consumed however long it is held, and the others are not', async () => {
    await using watched = watchHotkey(server.env, { listen: 'Mouse8' });
    await watched.waitForState('grabbed');
    await server.xdotool('mousemove', '600', '400', 'click', '8');
    expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
    await server.xdotool('mousedown', '8', 'sleep', '0.8');
    expect(await watched.waitForKeys(3)).toEqual(['press', 'release', 'press']);
    await server.xdotool('mouseup', '8', 'click', '1', 'click', '9');
    await watched.waitForKeys(4);
    const [, , press = 0, release = 0] = watched.events.flatMap((event) => ('at' in event ? [event.at] : []));
    expect(release - press).toBeGreaterThan(700);
    expect(watched.keys()).toHaveLength(4);
  });

  it('counts with its modifiers, whatever is let go first, and with Num Lock on', async () => {
    await using watched = watchHotkey(server.env, { listen: 'Super+Mouse2' });
    await watched.waitForState('grabbed');
    await server.xdotool('click', '2', 'key', 'Num_Lock');
    await server.xdotool('keydown', 'super', 'mousedown', '2', 'keyup', 'super', 'mouseup', '2');
    expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
    await server.xdotool('key', 'Num_Lock');
  });

  it('is not the key of the same number: keycode 9 is Escape', async () => {
    await using watched = watchHotkey(server.env, { listen: 'Mouse9' });
    await watched.waitForState('grabbed');
    watched.hotkey.setListening(true);
    await waitFor('the cancel key', async () => {
      await server.xdotool('key', 'Escape');
      await sleep(50);
      return watched.keys().includes('cancel');
    });
    expect(watched.keys()).not.toContain('press');
    watched.hotkey.setListening(false);
    await server.xdotool('click', '9');
    await waitFor('press and release', () => watched.keys().at(-1) === 'release');
    await typedUpTo('z'); // An Escape from before the grab.
  });

  it('can be the cancel key', async () => {
    await using watched = watchHotkey(server.env, { cancel: 'Mouse9' });
    await watched.waitForState('grabbed');
    watched.hotkey.setListening(true);
    await waitFor('the cancel button', async () => {
      await server.xdotool('click', '9');
      await sleep(50);
      return watched.keys().includes('cancel');
    });
  });

  it('that another program has is reported', async () => {
    await using first = watchHotkey(server.env, { listen: 'Mouse8' });
    await first.waitForState('grabbed');
    await using second = watchHotkey(server.env, { listen: 'Mouse8' });
    const { reason } = await second.waitForState('waiting', 'hotkey-taken');
    expect(reason?.message).toContain('Mouse8 is taken');
    await first.hotkey.close();
    await second.waitForState('grabbed');
  });
});

describe('the cancel key', () => {
  it('is taken only while listening', async () => {
    await using watched = watchHotkey(server.env);
    await watched.waitForState('grabbed');
    await server.xdotool('key', 'Escape');
    expect(await typedUpTo('z')).toBe('\x1bz');

    watched.hotkey.setListening(true);
    await waitFor('the cancel key', async () => {
      await server.xdotool('key', 'Escape');
      await sleep(50);
      return watched.keys().length > 0;
    });
    expect(new Set(watched.keys())).toEqual(new Set(['cancel']));
    await typedUpTo('z');
    await server.xdotool('keydown', 'Escape', 'sleep', '1', 'keyup', 'Escape');
    const { length } = await watched.waitForKeys(2);
    expect(await typedUpTo('z')).toBe('z');
    expect(watched.keys()).toHaveLength(length);

    watched.hotkey.setListening(false);
    await waitFor('Escape in the terminal', async () => {
      await server.xdotool('key', 'Escape');
      return (await typedUpTo('z')) === '\x1bz';
    });
  });

  it('works while the listen key is held down', async () => {
    await using watched = watchHotkey(server.env);
    await watched.waitForState('grabbed');
    await server.xdotool('keydown', 'ctrl', 'keydown', 'alt', 'keydown', 'space');
    await watched.waitForKeys(1);
    watched.hotkey.setListening(true);
    await waitFor('the cancel key', async () => {
      await server.xdotool('key', 'Escape');
      await sleep(50);
      return watched.keys().includes('cancel');
    });
    await server.xdotool('keyup', 'space', 'keyup', 'alt', 'keyup', 'ctrl');
    await waitFor('the release', () => watched.keys().includes('release'));
    expect(await typedUpTo('z')).toBe('z');
  });
});
