import pino from 'pino';
import { spawn } from 'node:child_process';
import { createWhisper } from '../src/transcription/whisper.ts';
import { speechSet } from '../test/support/speech.ts';
import { setPriorities } from '../src/processes/set-priority.ts';
import { raiseSession } from '../src/processes/scheduling-group.ts';
import { BusyProcesses } from '../test/bench/busy-processes.ts';
const clips = speechSet().filter((c) => c.duration < 3).slice(0, 4);
const w = createWhisper({ modelPath: 'assets/models/ggml-tiny.en-q8_0.bin', sha256: null, language: 'en', logger: pino({ level: 'silent' }) });
await w.ready();
const pid = w.state.pid!;
const med = (a: number[]) => a.toSorted((x, y) => x - y)[a.length >> 1]!.toFixed(0);
for (const load of [0, 16]) {
  await using _ = await BusyProcesses.start(load);
  for (const [nice, session] of [[0, 0], [-3, 0], [-7, 0], [-7, -11], [-11, -11]] as const) {
    setPriorities(process.pid, 0);
    if (session < 0) raiseSession(process.pid, session);
    setPriorities(pid, nice);
    const ms: number[] = [];
    for (const c of clips) ms.push((await w.transcribe(c.samples)).ms!);
    console.log(load, 'busy, engine nice', nice, 'session', session, 'median ms', med(ms), ms.map((m) => m.toFixed(0)).join(' '));
  }
  (await import('node:fs')).writeFileSync('/proc/self/autogroup', '0');
}
await w.close();
