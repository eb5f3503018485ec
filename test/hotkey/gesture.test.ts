import { describe, expect, it } from 'vitest';
import { Gesture, type GestureAction, type HotkeyMode } from '../../src/hotkey/gesture.ts';

/** What the key does at which ms, whether a recording runs then, and what must come of it. */
type Step = ['press' | 'release', number, boolean, GestureAction | null];

const cases: [string, HotkeyMode, Step[]][] = [
  [
    'a press starts and the next ends',
    'toggle',
    [
      ['press', 0, false, 'start'],
      ['release', 900, true, null],
      ['press', 2_000, true, 'finish'],
      ['release', 2_100, false, null],
    ],
  ],
  [
    'a press after silence ended it starts again',
    'toggle',
    [
      ['press', 0, false, 'start'],
      ['release', 100, true, null],
      ['press', 3_000, false, 'start'],
    ],
  ],
  [
    'listens as long as the key is down',
    'hold',
    [
      ['press', 0, false, 'start'],
      ['release', 50, true, 'finish'],
    ],
  ],
  [
    'a release after silence or Escape ended it does nothing',
    'hold',
    [
      ['press', 0, false, 'start'],
      ['release', 5_000, false, null],
    ],
  ],
  [
    'takes over a recording that was started elsewhere',
    'hold',
    [
      ['press', 0, true, null],
      ['release', 400, true, 'finish'],
    ],
  ],
  [
    'the next press ends it when the release was lost',
    'hold',
    [
      ['press', 0, false, 'start'],
      ['press', 4_000, true, 'finish'],
      ['release', 4_100, false, null],
    ],
  ],
  [
    'a tap leaves it running until the next tap',
    'auto',
    [
      ['press', 0, false, 'start'],
      ['release', 300, true, null],
      ['press', 2_000, true, 'finish'],
      ['release', 2_100, false, null],
    ],
  ],
  [
    'holding is push-to-talk',
    'auto',
    [
      ['press', 0, false, 'start'],
      ['release', 301, true, 'finish'],
    ],
  ],
  [
    'a long press that ended a recording does not end the next',
    'auto',
    [
      ['press', 0, true, 'finish'],
      ['release', 1_000, true, null],
    ],
  ],
  [
    'a release after silence ended it does nothing',
    'auto',
    [
      ['press', 0, false, 'start'],
      ['release', 5_000, false, null],
      ['press', 6_000, false, 'start'],
    ],
  ],
  ['a release without its press (key down at start) does nothing', 'auto', [['release', 500, true, null]]],
];

describe('Gesture', () => {
  it.each(cases)('%s (%s, %#)', (_, mode, steps) => {
    const gesture = new Gesture();
    for (const [type, at, listening, action] of steps) {
      expect(gesture.next(mode, { type, at }, listening)).toBe(action);
    }
  });
});
