import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findCodex } from '../../src/codex/binary.ts';
import { type BareDebian, bareDebian } from '../support/bare-debian.ts';
import { installerTrusting, makeSigner, publish, runAsRoot, TARGET } from '../support/installer.ts';
import { packagedFile } from '../support/packaged.ts';
import { run, type TemporaryFolder, temporaryFolder } from '../support/process.ts';
import { serveReleases } from '../support/release-server.ts';

const CODEX = fileURLToPath(new URL('../../node_modules/.bin/codex', import.meta.url));
/** debootstrap, and apt inside. */
const MINUTES = 60_000;

const signer = makeSigner();
let releases: TemporaryFolder;
let version: string;
/** The folder of the real Codex CLI, as the bare system sees it too. */
let codexFolder: string;

beforeAll(async () => {
  const file = await packagedFile();
  version = (await run(file, ['version'])).trim();
  releases = await temporaryFolder();
  await publish(releases.path, signer, { version, program: await readFile(file) });
  codexFolder = dirname((await findCodex(CODEX, process.env, pino({ level: 'silent' }))).path);
}, 5 * MINUTES);
afterAll(() => releases.remove());

async function withInstaller(suite: string): Promise<BareDebian> {
  const debian = await bareDebian(suite);
  const script = join(releases.path, 'install.sh');
  await writeFile(script, await installerTrusting(signer));
  await runAsRoot('cp', script, join(debian.root, 'install.sh'));
  return debian;
}

test(
  'Debian stable, as root: what is missing is installed, then the program, then its demo runs',
  async () => {
    await using debian = await withInstaller('stable');
    await using server = await serveReleases(releases.path);
    const { words } = await debian.run(
      `export CODEX_VOICE_BASE_URL=${server.url} PATH=${codexFolder}:$PATH
     sh -s -- --prefix /usr/local </install.sh; echo "status $?"
     ls -A /usr/local/bin; ls -A /root/.cache/codex-voice/download`,
      [codexFolder],
    );
    expect(words).toContain(
      'Installing system packages: curl ca-certificates openssl xz-utils pulseaudio-utils\n',
    );
    expect(words).toContain(`Installed: codex-voice ${version}, /usr/local/bin/codex-voice`);
    expect(words).toContain('Codex: You said: "The invention of movable metal letters');
    expect(words).toMatch(/status 0\ncodex-voice\n/);
    expect(words).toContain("cannot access '/root/.cache/codex-voice/download'");
  },
  5 * MINUTES,
);

test(
  'Debian testing, as an ordinary user: it says what is missing, and an archive does without',
  async () => {
    await using debian = await withInstaller('testing');
    const release = join(releases.path, `v${version}`);
    const archive = join(debian.root, 'plain.tar');
    await runAsRoot(
      'tar',
      '-cf',
      archive,
      '-C',
      release,
      'manifest.json',
      `codex-voice-${version}-${TARGET}`,
    );
    const { words } = await debian.run(`
    useradd --create-home person
    cat >/try <<'TRY'
    exec 2>&1
    sh </install.sh; echo "online: $?"
    sh -s -- --from /plain.tar </install.sh; echo "signed: $?"
    sh -s -- --from /plain.tar --no-signature </install.sh; echo "archive: $?"
    $HOME/.local/bin/codex-voice version
TRY
    exec chroot --userspec=person / env HOME=/home/person sh /try`);
    const apt = '  sudo apt-get install -y --no-install-recommends';
    expect(words).toContain(`${apt} curl ca-certificates openssl xz-utils pulseaudio-utils\n`);
    expect(words).toContain('A download needs curl or wget. Install one, then run this again.\nonline: 1\n');
    expect(words).toContain(`${apt} openssl xz-utils pulseaudio-utils\n`);
    expect(words).toContain('that needs OpenSSL 3 or Node.js');
    expect(words).toContain('signed: 1\n');
    expect(words).toContain('run this installer again with --codex release');
    expect(words).toContain(`archive: 0\n${version}\n`);
  },
  5 * MINUTES,
);
