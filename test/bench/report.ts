import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { table } from '../../src/cli/output.ts';
import type { Figure, SectionReport, Spread, Unit } from './figures.ts';
import { processTree, spentBy } from './process-tree.ts';

/** A section with how busy the machine was. */
export interface MeasuredSection extends SectionReport {
  name: string;
  /** How much of all cores others had meanwhile, %: other programs, or (stolen) other guests of the host. */
  others: { programs: number; stolen: number };
}

export interface Machine {
  processor: string;
  cores: number;
  memoryMB: number;
  platform: string;
  node: string;
}

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryMB: Math.round(totalmem() / 1e6),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
  };
}

/** Runs a section and notes how busy the machine was meanwhile. */
export async function measure(name: string, run: () => Promise<SectionReport>): Promise<MeasuredSection> {
  const before = { machine: machineTime(), own: await ownTime() };
  const report = await run();
  const after = { machine: machineTime(), own: await ownTime() };
  const spent = (what: keyof MachineTime): number => after.machine[what] - before.machine[what];
  const share = (ms: number): number => (100 * Math.max(0, ms)) / spent('total');
  const programs = share(spent('busy') - (after.own - before.own));
  return { name, others: { programs, stolen: share(spent('stolen')) }, ...report };
}

interface MachineTime {
  total: number;
  busy: number;
  stolen: number;
}

/** Of all cores since the machine started, ms. The first line of /proc/stat in ticks of 10 ms (Linux, proc(5)). */
function machineTime(): MachineTime {
  const [first] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
  const times = (first ?? '')
    .split(/\s+/)
    .slice(1, 9)
    .map((ticks) => Number(ticks) * 10);
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, interrupts = 0, soft = 0, stolen = 0] = times;
  const busy = user + nice + system + interrupts + soft;
  return { total: busy + idle + waiting + stolen, busy, stolen };
}

/** Processor time of this process and of all that it started, ended ones too, ms. */
async function ownTime(): Promise<number> {
  return spentBy(await processTree(process.pid));
}

export function formatMachine({ processor, cores, memoryMB, platform, node }: Machine): string {
  return `${processor}, ${cores} cores, ${memoryMB} MB, ${platform}, Node ${node}`;
}

export function formatSection({ name, figures, notes, others }: MeasuredSection): string {
  const { programs, stolen } = others;
  const head = `${name} (of all cores, other programs had ${programs.toFixed(1)} %, other guests ${stolen.toFixed(1)} %)`;
  return [head, table([HEADINGS, ...figures.map(rowOf)]), ...notes.map((note) => `- ${note}`), ''].join('\n');
}

const HEADINGS = ['', 'n', 'median', 'p95', 'baseline', 'p95', 'ratio', 'p95', 'aim'];

function rowOf({ what, unit, ours, baseline, ratio, aim }: Figure): string[] {
  return [
    what,
    String(ours.count),
    ...pair(ours, unit),
    ...(baseline ? pair(baseline, unit) : ['', '']),
    ratio ? `${ratio.median.toFixed(1)}x` : '',
    ratio ? `${ratio.p95.toFixed(1)}x` : '',
    aim === undefined ? '' : `<= ${format(aim, unit)}: ${ours.median <= aim ? 'met' : 'MISSED'}`,
  ];
}

function pair({ median, p95 }: Spread, unit: Unit): [string, string] {
  return [format(median, unit), format(p95, unit)];
}

function format(value: number, unit: Unit): string {
  const digits = unit === '%' ? 2 : value < 10 ? 1 : 0;
  return `${value.toFixed(digits)} ${unit}`;
}
