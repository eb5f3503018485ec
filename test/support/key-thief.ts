import pino from 'pino';
import { parseChord } from '../../src/hotkey/chord.ts';
import { ChordGrab } from '../../src/hotkey/x11/grab.ts';
import { combinationsOf, loadKeymap } from '../../src/hotkey/x11/keymap.ts';
import { XConnection } from '../../src/x11/connection.ts';

// Another program that holds a key: `node key-thief.ts Ctrl+Alt+Space` prints "grabbed" and stays.
const connection = await XConnection.open(
  process.env,
  pino({ level: 'silent' }),
  new AbortController().signal,
);
const chord = parseChord(process.argv[2] ?? '');
await new ChordGrab(connection, chord).hold(combinationsOf(chord, await loadKeymap(connection)));
console.log('grabbed');
await connection.closed;
