import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import project from '../../package.json' with { type: 'json' };
import type { Utterance } from '../../src/utterance.ts';
import { makeHome, type TestHome } from '../support/desktop.ts';
import { run, startProcess, type TemporaryFolder, temporaryFolder } from '../support/process.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Node 24 and the Codex CLI. */
const PROGRAMS = join(ROOT, 'node_modules', '.bin');

describe('npm install --global', () => {
  let home: TestHome;
  let folder: TemporaryFolder;
  let tarball: string;

  beforeAll(async () => {
    home = await makeHome();
    folder = await temporaryFolder();
    const packed = await run('npm', ['pack', '--json', '--pack-destination', folder.path], { cwd: ROOT });
    const [{ filename, files }] = JSON.parse(packed.slice(packed.indexOf('['))) as Packed;
    tarball = join(folder.path, filename);
    const others = files.map(({ path }) => path.split('/')[0]);
    expect([...new Set(others)].sort()).toEqual(
      ['CHANGELOG.md', 'LICENSE', 'README.md', 'assets', 'bin', 'docs', 'lib', 'package.json'].sort(),
    );
  });
  afterAll(async () => {
    await folder.remove();
    await home.remove();
  });

  /** Installs into an empty prefix and gives a function that runs the program there. */
  async function install(prefix: string, env: NodeJS.ProcessEnv) {
    await run('npm', ['install', '--global', '--prefix', prefix, '--prefer-offline', '--no-audit', tarball], {
      env: { ...process.env, ...env },
      cwd: folder.path,
    });
    return async (...args: string[]) => {
      const started = await startProcess(join(prefix, 'bin', 'codex-voice'), args, {
        cwd: home.project,
        env: { ...home.env, PATH: `${PROGRAMS}:${process.env.PATH}` },
      });
      return { status: await started.exited, stdout: started.stdout(), stderr: started.stderr() };
    };
  }

  it('brings a program that runs from its own prefix, with nothing built there', async () => {
    const prefix = join(folder.path, 'prefix');
    const cli = await install(prefix, { ONNXRUNTIME_NODE_INSTALL: 'skip' });
    expect(await cli('version')).toEqual({ status: 0, stdout: `${project.version}\n`, stderr: '' });
    const checks = JSON.parse((await cli('doctor', '--json')).stdout) as { name: string; state: string }[];
    const states = Object.fromEntries(checks.map(({ name, state }) => [name, state]));
    expect(states).toMatchObject({ settings: 'ok', state: 'ok', detector: 'ok', whisper: 'ok' });
    const { status, stdout, stderr } = await cli('demo', '--loopback', '--json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect((JSON.parse(stdout) as Utterance).transcript).toMatch(/movable metal letters/);
    const installed = await readdir(join(prefix, 'lib', 'node_modules', 'codex-voice'));
    expect(installed).not.toContain('src');
  });

  it("survives a failure of ONNX Runtime's install script, and says what is missing", async () => {
    // Nobody listens on port 9: what the script wants to download is out of reach, as behind many a company's wall.
    const unreachable = 'http://127.0.0.1:9';
    const cli = await install(join(folder.path, 'without-onnx'), {
      ONNXRUNTIME_NODE_INSTALL: '',
      GLOBAL_AGENT_HTTP_PROXY: unreachable,
      GLOBAL_AGENT_HTTPS_PROXY: unreachable,
    });
    expect((await cli('version')).stdout).toBe(`${project.version}\n`);
    const { status, stderr } = await cli('demo', '--loopback');
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/ONNX Runtime is not installed.*ONNXRUNTIME_NODE_INSTALL=skip/s),
    });
  });
});

type Packed = [{ filename: string; files: { path: string }[] }];
