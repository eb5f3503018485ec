import { parseArgs } from 'node:util';
import { startDesktop } from '../support/desktop.ts';
import type { BenchContext, Section } from './context.ts';
import { describeMachine, formatMachine, formatSection, type MeasuredSection, measure } from './report.ts';
import { attach } from './sections/attach.ts';
import { busy } from './sections/busy.ts';
import { comparison } from './sections/comparison.ts';
import { file } from './sections/file.ts';
import { idle } from './sections/idle.ts';
import { microphone } from './sections/microphone.ts';
import { notification } from './sections/notification.ts';
import { recovery } from './sections/recovery.ts';
import { start } from './sections/start.ts';
import { text } from './sections/text.ts';
import { wayland } from './sections/wayland.ts';

/** In the order in which they run. */
const SECTIONS: Record<string, Section> = {
  comparison,
  text,
  microphone,
  start,
  file,
  idle,
  notification,
  recovery,
  attach,
  busy,
  wayland,
};

const USAGE = `Usage: npm run bench -- [options]
Measures the program on a virtual desktop with real parts: X server, PulseAudio, dunst, Whisper, and the Codex CLI
on the loopback model. Prints, asserts nothing.

  --only NAME,...   ${Object.keys(SECTIONS).join(', ')}
  --clips N         clips of the speech set in "comparison", shortest first, and sentences for each load in "busy" (12)
  --repeat N        measurements in the other sections where it is not said otherwise (12)
  --idle SECONDS    how long to watch idle programs (60)
  --loads N,...     busy programs beside the loop in "busy" (0,6,16; 0 is the baseline)
  --json            the report as JSON on stdout`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: Object.keys(SECTIONS).join(',') },
      clips: { type: 'string', default: '12' },
      repeat: { type: 'string', default: '12' },
      idle: { type: 'string', default: '60' },
      loads: { type: 'string', default: '0,6,16' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(`${USAGE}\n`);
  const chosen = values.only.split(',').map((name) => ({ name, section: sectionOf(name) }));
  const options = {
    clips: count('clips', values.clips),
    repeat: count('repeat', values.repeat),
    idleSeconds: count('idle', values.idle),
    loads: values.loads.split(',').map((load) => count('loads', load, 0)),
  };
  const machine = describeMachine();
  const date = new Date().toISOString();
  if (!values.json) process.stdout.write(`${date}  ${formatMachine(machine)}\n\n`);
  await using desktop = await startDesktop();
  const progress = (line: string): void => void process.stderr.write(`  ${line}\n`);
  const context: BenchContext = { desktop, ...options, progress };
  const sections: MeasuredSection[] = [];
  for (const { name, section } of chosen) {
    progress(`${name} ...`);
    const measured = await measure(name, () => section(context));
    sections.push(measured);
    if (!values.json) process.stdout.write(`${formatSection(measured)}\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ date, machine, sections }, null, 2)}\n`);
}

function sectionOf(name: string): Section {
  const section = SECTIONS[name];
  if (section) return section;
  throw new Error(`there is no section "${name}": choose from ${Object.keys(SECTIONS).join(', ')}`);
}

function count(name: string, value: string, least = 1): number {
  const number = Number(value);
  if (value.trim() !== '' && Number.isInteger(number) && number >= least) return number;
  throw new Error(`--${name} needs a whole number from ${least} on, not "${value}"`);
}

// What was started ends with this process (test/support/process.ts), but only when it exits in good order.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

await main();
