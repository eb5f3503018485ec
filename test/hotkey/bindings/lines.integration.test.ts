import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMPOSITORS, type Compositor } from '../../../src/hotkey/bindings/compositors.ts';
import { parseChord } from '../../../src/hotkey/chord.ts';
import { DEBIAN_START_MS, debian13, type TestSystem } from '../../support/newer-debian.ts';
import { run, startProcess, type TemporaryFolder, temporaryFolder, waitFor } from '../../support/process.ts';
import { heldChord } from '../../support/wtype.ts';
import { startXServer } from '../../support/x-server.ts';

const CHORD = 'Ctrl+Alt+space';

/** The lines of `keys install`, whose commands write what was called into a file. */
function linesOf(name: string, file: string): { compositor: Compositor; lines: string[] } {
  const compositor = COMPOSITORS.find((each) => each.name === name);
  const lines = compositor?.lines(parseChord(CHORD), (call) => `sh -c 'echo ${call} >> ${file}'`);
  if (!compositor || !lines) throw new Error(`there are no lines for ${name}`);
  return { compositor, lines };
}

// Both repeat the press of a key that is held: the daemon takes the first.
describe('the lines that `keys install` writes', () => {
  let system: TestSystem;
  let folder: TemporaryFolder;
  beforeAll(async () => {
    system = await debian13();
    folder = await temporaryFolder();
  }, DEBIAN_START_MS);
  afterAll(() => folder?.remove());

  const called = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

  it('are understood by labwc 0.8', async () => {
    const file = join(folder.path, 'labwc');
    const { compositor, lines } = linesOf('labwc', file);
    const config = '<?xml version="1.0"?>\n<labwc_config>\n</labwc_config>\n';
    const place = compositor.place(config);
    if (place === null) throw new Error('there is no place for the lines');
    const { at, before = [], after = [] } = place;
    const written = config.slice(0, at) + [...before, ...lines, ...after].join('\n') + config.slice(at);
    const runtime = join(folder.path, 'run');
    await mkdir(runtime, { mode: 0o700 });
    await mkdir(join(folder.path, 'labwc-config'));
    await writeFile(join(folder.path, 'labwc-config', 'rc.xml'), written);
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      XDG_RUNTIME_DIR: runtime,
      WLR_BACKENDS: 'headless',
      WLR_LIBINPUT_NO_DEVICES: '1',
      WLR_RENDERER: 'pixman',
    };
    const inside = system.command('labwc', ['-C', join(folder.path, 'labwc-config')]);
    const labwc = await startProcess(inside.command, inside.args, { env });
    try {
      await waitFor('labwc', () => {
        if (!labwc.running) throw new Error(`labwc ended: ${labwc.stderr()}`);
        return existsSync(join(runtime, 'wayland-0'));
      });
      await run('wtype', heldChord(1_200), { env: { ...env, WAYLAND_DISPLAY: 'wayland-0' } });
      await expect.poll(() => called(file)).toMatch(/^(?:Toggle\n)+$/);
    } finally {
      await labwc.stop();
    }
  });

  it('are understood by i3 4.24', async () => {
    const file = join(folder.path, 'i3');
    const { lines } = linesOf('i3', file);
    const config = join(folder.path, 'i3-config');
    await writeFile(config, `${lines.join('\n')}\n`);
    const x = await startXServer({ windowManager: false });
    const inside = system.command('i3', ['-c', config]);
    const i3 = await startProcess(inside.command, inside.args, { env: x.env });
    try {
      await waitFor('i3', async () => {
        if (!i3.running) throw new Error(`i3 ended: ${i3.stderr()}`);
        return (await run('xprop', ['-root', '_NET_SUPPORTING_WM_CHECK'], { env: x.env })).includes('0x');
      });
      await x.xdotool('keydown', 'ctrl', 'keydown', 'alt', 'keydown', 'space', 'sleep', '1.2');
      await x.xdotool('keyup', 'space', 'keyup', 'alt', 'keyup', 'ctrl');
      await expect.poll(() => called(file)).toMatch(/^(?:Press\n)+Release\n$/);
    } finally {
      await i3.stop();
      await x.stop();
    }
  });
});
