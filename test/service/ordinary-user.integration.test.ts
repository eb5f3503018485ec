import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeCodexHome } from '../../src/loopback/codex-home.ts';
import { LoopbackModel } from '../../src/loopback/model.ts';
import type { ServiceState } from '../../src/service/service-manager.ts';
import { UNIT } from '../../src/service/systemd-unit.ts';
import { NODE_OPTIONS } from '../../src/single-file/child.ts';
import type { Utterance } from '../../src/utterance.ts';
import { type CliResult, makeHome, type TestHome } from '../support/desktop.ts';
import { run, waitFor } from '../support/process.ts';
import { MOUNTED, type SystemdUser, startSystemdUser } from '../support/systemd-user.ts';

/** Somebody the machine knows nothing of. */
const UID = 4242;

const OUTSIDE = `/var/tmp/codex-voice-test-${process.pid}`;

/** Who the command ran as, what the unit forbids it, and what Codex's own sandbox does. */
const PROBE = [
  'id -u',
  'grep NoNewPrivs /proc/self/status',
  'echo written >in-the-project && cat in-the-project',
  // Anybody may write there, but for Codex's sandbox.
  `(echo outside >${OUTSIDE}) 2>/dev/null || echo "refused outside"`,
].join('; ');

describe('the service of an ordinary user', () => {
  let home: TestHome;
  let model: LoopbackModel;
  let systemd: SystemdUser;
  const outputs: string[] = [];

  beforeAll(async () => {
    home = await makeHome();
    model = new LoopbackModel(({ toolOutput }) => {
      if (toolOutput === null) return { kind: 'command', command: PROBE };
      outputs.push(toolOutput);
      return { kind: 'text', chunks: ['That was all.'] };
    });
    await model.start();
    await writeCodexHome(home.codexHome, model.baseUrl, {
      settings: 'sandbox_mode = "workspace-write"\napproval_policy = "never"',
    });
    // No absolute path of Codex, and no PATH to it: it is found through the person's login shell.
    const settings = home.settings().replace(/^command = .*$/m, 'command = "codex"');
    await writeFile(home.config, settings);
    await writeFile(join(home.path, '.profile'), `PATH="${MOUNTED}/node_modules/.bin:$PATH"\n`);
    await run('chmod', ['755', home.path]);
    await run('chown', ['--recursive', `${UID}:${UID}`, home.path]);
    systemd = await startSystemdUser({ env: { ...home.env, SHELL: '/bin/bash' }, uid: UID });
  });
  afterAll(async () => {
    await systemd?.stop();
    await model?.close();
    await home?.remove();
    await rm(OUTSIDE, { force: true });
  });

  function cli(...verb: string[]): Promise<CliResult> {
    const node = `${MOUNTED}/node_modules/node/bin/node`;
    return systemd.run(node, [...NODE_OPTIONS, `${MOUNTED}/bin/codex-voice.js`, ...verb]);
  }

  it('starts with the desktop, and systemd knows when it is ready', async () => {
    await systemd.startDesktop({
      LANG: 'C.UTF-8',
      NODE_OPTIONS: `--import=${MOUNTED}/test/support/throw.ts`,
    });
    const { status, stderr } = await cli('service', 'install');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const state = JSON.parse((await cli('service', 'status', '--json')).stdout) as ServiceState;
    expect(state).toMatchObject({ manager: 'systemd', enabled: true, running: true, failure: null });
    expect(await systemd.systemctl('show', UNIT, '--property=Type', '--value')).toBe('notify');
    const unit = await readFile(state.definition, 'utf8');
    expect(unit).toContain(`ExecStart=:${MOUNTED}/node_modules/node/bin/node `);
  });

  it('lets Codex write in the project, keep its own sandbox, and gain no rights', async () => {
    const { stdout, stderr } = await cli('ask', 'look around', '--json');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout) as Utterance).toMatchObject({ state: 'answered', answer: 'That was all.' });
    expect(outputs).toHaveLength(1);
    expect(outputs[0]).toMatch(/^4242$/m);
    expect(outputs[0]).toMatch(/NoNewPrivs:\s*1/);
    expect(outputs[0]).toMatch(/^written$/m);
    expect(outputs[0]).toMatch(/^refused outside$/m);
  });

  it('is started again after an error that nothing caught, which is in the log', async () => {
    await systemd.systemctl('kill', '--kill-who=main', '--signal=SIGUSR2', UNIT);
    await waitFor(
      'the next daemon',
      async () => {
        const told = await systemd.systemctl('show', UNIT, '--property=NRestarts,ActiveState');
        return told.includes('NRestarts=1') && told.includes('ActiveState=active');
      },
      { timeout: 60_000 },
    );
    expect(await readFile(join(home.state, 'codex-voice.log'), 'utf8')).toMatch(
      /"level":60,.*"message":"thrown by a test".*"stage":"idle"/,
    );
    expect((await cli('status')).status).toBe(0);
  });

  it('ends without leaving anything behind', async () => {
    const group = await systemd.systemctl('show', UNIT, '--property=ControlGroup', '--value');
    expect(group).toMatch(/codex-voice\.service$/);
    expect((await cli('service', 'uninstall')).status).toBe(0);
    const { stdout } = await systemd.run('/bin/sh', [
      '-c',
      `cat /sys/fs/cgroup${group}/cgroup.procs 2>/dev/null`,
    ]);
    expect(stdout).toBe('');
    const folder = join(home.path, 'config/systemd/user');
    await waitFor(
      'an empty folder of units',
      async () => (await run('find', [folder, '-name', UNIT])) === '',
    );
    expect((await cli('status')).status).toBe(3);
  });
});
