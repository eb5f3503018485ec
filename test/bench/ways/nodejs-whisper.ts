import { cp, mkdir, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ggmlModel } from '../../support/ggml-model.ts';
import { NODEJS_WHISPER, whisperPrograms } from '../../support/whisper-cpp/programs.ts';

/** Of nodejs-whisper 0.3.1, as much as is used here. */
interface NodejsWhisper {
  nodewhisper(file: string, options: object): Promise<string>;
}

const silent = { log: () => undefined, debug: () => undefined, error: () => undefined };

/**
 * The package nodejs-whisper, ready for use, in a copy: it looks for the model and for whisper-cli below its own
 * folder, and would build there (0.3.1). The model has the one name that it takes for tiny.en.
 * @returns its text of a recording (16 kHz mono), by a process that is started for it
 */
export async function prepareNodejsWhisper(folder: string): Promise<(wav: string) => Promise<string>> {
  const copy = join(folder, 'nodejs-whisper');
  const source = join(copy, 'cpp', 'whisper.cpp');
  for (const part of ['package.json', 'dist'])
    await cp(join(NODEJS_WHISPER, part), join(copy, part), { recursive: true });
  // Its own dependencies are where the package is.
  await symlink(dirname(NODEJS_WHISPER), join(copy, 'node_modules'));
  await mkdir(join(source, 'models'), { recursive: true });
  await symlink(ggmlModel.path, join(source, 'models', 'ggml-tiny.en.bin'));
  await mkdir(join(source, 'build'));
  await symlink(await whisperPrograms(), join(source, 'build', 'bin'));
  const { nodewhisper } = createRequire(join(copy, 'package.json'))('./dist/index.js') as NodejsWhisper;
  return async (wav) => {
    const whisperOptions = { language: 'en' };
    const lines = await nodewhisper(wav, { modelName: 'tiny.en', whisperOptions, logger: silent });
    // [00:00:00.000 --> 00:00:01.880]   has never been surpassed.
    return lines
      .replace(/^\[[^\]]*\]\s*/gm, '')
      .replace(/\s+/g, ' ')
      .trim();
  };
}
