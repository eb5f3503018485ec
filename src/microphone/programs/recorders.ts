import type { Recorder } from '../recorder.ts';
import { arecord } from './arecord.ts';
import { parec } from './parec.ts';
import { pwRecord } from './pw-record.ts';
import { type ProgramOptions, ProgramRecorder } from './recorder-program.ts';
import { rec, sox } from './sox.ts';

/** Recorders that run a program, in the order in which they are tried: the quickest and least demanding first. */
export function programRecorders(options: ProgramOptions): readonly Recorder[] {
  return [parec, pwRecord, arecord, sox, rec].map((program) => new ProgramRecorder(program, options));
}
