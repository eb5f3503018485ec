import type { Settings } from '../../settings/schema.ts';
import { clip } from '../../text/width.ts';
import { KEYS } from '../input/keys.ts';
import { EXPLAINED_WIDTH, percentileRows, STAGE_NAMES, timingBars } from '../painting/bars.ts';
import { blank, cellLine, fitted, type Line, span, wrapped } from '../painting/cells.ts';
import { layoutOf } from '../painting/layout.ts';
import { type State, shownTalk } from '../state.ts';
import { selectedOf } from '../talk.ts';

/** Views that scroll as one text, and the help, which covers any view. */
export function textLines(state: State): Line[] {
  const { main } = layoutOf(state);
  if (state.help) return helpLines(main);
  return state.view === 'settings' ? settingsLines(state, main) : timingLines(state, main);
}

function timingLines(state: State, width: number): Line[] {
  const selected = selectedOf(shownTalk(state));
  const lines: Line[] = [[]];
  let explained = width < 60;
  if (selected) {
    const said = clip(cellLine(selected.prompt ?? selected.transcript ?? ''), Math.max(10, width - 12));
    lines.push([span('Selected  ', 'strong'), span(said, 'dim')]);
    const bars = timingBars(selected.timings, width);
    lines.push(...(bars.length > 0 ? bars : [[span('no timings yet', 'dim')]]), []);
    explained ||= bars.length > 0 && width >= EXPLAINED_WIDTH;
  }
  const { stats } = state;
  if (!stats || stats.count === 0)
    return [...lines, [span(stats ? 'No answered utterances yet.' : 'Counting…', 'dim')]];
  lines.push([span(`The newest ${stats.count} answered`, 'strong')], ...percentileRows(stats.stages, width));
  if (explained) return lines;
  const words = Object.values(STAGE_NAMES).map(
    ({ name, what }): Line => [span(`${name.padEnd(17)}`, 'dim'), span(what, 'dim')],
  );
  return [...lines, [], ...words];
}

/** A section of the settings and its keys. */
type Key = {
  [S in keyof Settings]: S extends 'project' ? never : `${S}.${string & keyof Settings[S]}`;
}[keyof Settings];

/** The settings that users change, in order of importance, with their meaning. */
const SETTINGS_SHOWN: readonly [key: Key, what: string][] = [
  ['hotkey.listen', 'the key that starts listening'],
  ['hotkey.mode', 'toggle, hold (while it is down) or auto'],
  ['hotkey.cancel', 'the key that cancels'],
  ['audio.device', 'the microphone'],
  ['audio.keep_open', 'always open, for slow Bluetooth'],
  ['audio.headset_profile', 'a headset that plays music: ask, switch, keep'],
  ['speech.endpoint_ms', 'silence that ends an utterance, ms'],
  ['speech.max_seconds', 'the longest utterance, s'],
  ['performance.whisper_model', 'the speech model'],
  ['transcription.language', 'the spoken language'],
  ['codex.command', 'the Codex CLI'],
  ['codex.when_busy', 'while it works: queue, steer, interrupt'],
  ['codex.transport', 'connection to Codex'],
  ['codex.pool_size', 'projects whose Codex keeps running'],
  ['approvals.spoken', 'answer requests by voice'],
  ['prompt.review', 'show the text before it is sent'],
  ['reply.notify', 'notifications'],
  ['reply.sound', 'short sounds'],
  ['reply.popup', 'open a terminal automatically'],
  ['update.auto', 'new versions'],
];

function settingsLines({ config, configProblem }: State, width: number): Line[] {
  if (!config) return [[], [span('Loading…', 'dim')]];
  const lines: Line[] = [[]];
  const where = config.exists ? '' : '  (it does not exist yet: all values are defaults)';
  lines.push(...wrapped([span(config.file, 'strong'), span(where, 'dim')], width));
  lines.push(
    ...wrapped([span('It is yours: the program never writes it. e opens it in your editor.', 'dim')], width),
    [],
  );
  if (configProblem) {
    lines.push(...configProblem.message.split('\n').flatMap((line) => wrapped([span(line, 'bad')], width)));
    lines.push(...configProblem.hint.split('\n').flatMap((line) => wrapped([span(line, 'dim')], width)));
    lines.push([span('The values below stay in effect until it is fixed.', 'warn')], []);
  }
  const wide = width >= 90;
  let section = '';
  for (const [key, what] of SETTINGS_SHOWN) {
    const [table = '', name = ''] = key.split('.');
    const values: unknown = Reflect.get(config.settings, table);
    const value: unknown =
      typeof values === 'object' && values !== null ? Reflect.get(values, name) : undefined;
    if (value === undefined) continue;
    if (table !== section) {
      if (section !== '') lines.push([]);
      lines.push([span(`[${table}]`, 'dim')]);
    }
    section = table;
    const text = cellLine(JSON.stringify(value));
    const room = wide ? 44 : 30;
    const left = [...fitted([span(`${name} = `), span(text, 'code')], room), blank(2)];
    lines.push(width >= 62 ? [...left, span(what, 'dim')] : [span(`${name} = `), span(text, 'code')]);
  }
  return [...lines, [], ...wrapped([span('All settings: codex-voice config print', 'dim')], width)];
}

/** Label of a key without its own symbol. */
export function keyLabel(key: string): string {
  const names: Readonly<Record<string, string>> = {
    return: 'Enter',
    pagedown: 'PgDn',
    pageup: 'PgUp',
    escape: 'Esc',
  };
  const arrows: Readonly<Record<string, string>> = { down: '↓', up: '↑', left: '←', right: '→' };
  const named = names[key] ?? arrows[key];
  if (named) return named;
  if (key.startsWith('ctrl+')) return `Ctrl-${key.slice(5).toUpperCase()}`;
  if (key.startsWith('shift+')) return `Shift-${keyLabel(key.slice(6))}`;
  return key.length > 1 ? `${key[0]?.toUpperCase()}${key.slice(1)}` : key;
}

/** All keys, in two columns if there is room. */
function helpLines(width: number): Line[] {
  const sections = KEYS.map(({ title, bindings }): Line[] => {
    const digits = bindings.filter(({ command }) => command.name === 'option' || command.name === 'view');
    const rows = bindings
      .filter((binding) => !digits.includes(binding))
      .map(({ keys, help }): Line => helpRow(keys.map(keyLabel).join(' '), help));
    const [first] = digits;
    const numbers = `1-${digits.length}`;
    if (first) rows.push(helpRow(numbers, first.command.name === 'view' ? 'to a view' : first.help));
    return [[span(title, 'strong')], ...rows, []];
  });
  if (width < 100) return [[], ...sections.flat(), ...FIELD_HELP];
  const half = Math.floor(width / 2);
  const last = sections.at(-1) ?? [];
  const left = [...(sections[0] ?? []), ...last, ...FIELD_HELP];
  const right = sections.slice(1, -1).flat();
  return [
    [],
    ...Array.from({ length: Math.max(left.length, right.length) }, (_, index) => [
      ...fitted(left[index] ?? [], half),
      ...(right[index] ?? []),
    ]),
  ];
}

function helpRow(keys: string, what: string): Line {
  return [blank(2), ...fitted([span(keys, 'accent')], 16), span(what)];
}

const FIELD_HELP: readonly Line[] = [
  [span('While you write', 'strong')],
  helpRow('Enter', 'send'),
  helpRow('Alt-Enter Ctrl-J', 'a new line'),
  helpRow('Esc', 'close; the text is kept'),
  helpRow('Ctrl-A Ctrl-E', 'to the start, to the end of the line'),
  helpRow('Ctrl-W Ctrl-U', 'erase a word, all before the cursor'),
  helpRow('Ctrl-Y Ctrl-Z', 'put it back, undo'),
];
