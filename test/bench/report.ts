import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { table } from '../../src/commands/output.ts';
import type { Figure, SectionReport, Spread, Unit } from './figures.ts';

/** A section with how busy the machine was. */
export interface MeasuredSection extends SectionReport {
  name: string;
  /** Load average over one minute, before and after. */
  load: { before: number; after: number };
  /** Share of the section in which the host gave the processor to others, % of all cores; null where unknown. */
  stolen: number | null;
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
  const [before, ticksBefore] = [load(), processorTicks()];
  const report = await run();
  const ticks = processorTicks();
  const total = ticks.total - ticksBefore.total;
  const stolen = total > 0 ? (100 * (ticks.stolen - ticksBefore.stolen)) / total : null;
  return { name, load: { before, after: load() }, stolen, ...report };
}

function load(): number {
  return loadavg()[0] ?? 0;
}

/** The first line of /proc/stat; `steal` is its eighth number (Linux, proc(5)). */
function processorTicks(): { total: number; stolen: number } {
  const [first] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
  const ticks = (first ?? '').split(/\s+/).slice(1, 9).map(Number);
  return { total: ticks.reduce((sum, each) => sum + each, 0), stolen: ticks[7] ?? 0 };
}

export function formatMachine({ processor, cores, memoryMB, platform, node }: Machine): string {
  return `${processor}, ${cores} cores, ${memoryMB} MB, ${platform}, Node ${node}`;
}

export function formatSection({ name, figures, notes, load, stolen }: MeasuredSection): string {
  const stolenText = stolen === null ? '' : `, stolen by the host ${stolen.toFixed(1)} %`;
  const head = `${name} (load ${load.before.toFixed(1)} -> ${load.after.toFixed(1)}${stolenText})`;
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
