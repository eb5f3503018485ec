import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TARGETS, type Target } from '../../scripts/single-file/target.ts';
import { pathsOf } from '../../src/files/paths.ts';
import { launchdPlist } from '../../src/service/launchd.ts';
import type { Manifest } from '../../src/update/manifest.ts';
import { fileName } from '../../src/update/release.ts';
import { run } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const VERSION = '1.2.3';
const BASE = `https://github.com/codex-voice/codex-voice/releases/download/v${VERSION}`;
const SHARE = `codex-voice-${VERSION}-share.tar.gz`;
const APPS = {
  arm64: `codex-voice-${VERSION}-darwin-arm64.app.zip`,
  x64: `codex-voice-${VERSION}-darwin-x64.app.zip`,
};

const sha256 = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex');
const hashOf = (release: string, name: string): string => sha256(readFileSync(join(release, name)));

/** A release folder of stand-ins: each program is a script that says which machine it is for. */
async function makeRelease(change: (manifest: Manifest) => void = () => {}): Promise<string> {
  const folder = temporaryFolder();
  const file = async (target: Target): Promise<[Target, Manifest['files'][string]]> => {
    const name = fileName(VERSION, target);
    const program = `#!/bin/sh\necho ${target}\n`;
    writeFileSync(join(folder, name), program);
    const compressed = target === 'win32-x64' ? name.replace('.exe', '.zip') : `${name}.xz`;
    if (compressed.endsWith('.xz')) await run('xz', ['--keep', join(folder, name)]);
    else writeFileSync(join(folder, compressed), 'a zip file');
    const content = readFileSync(join(folder, compressed));
    return [
      target,
      {
        name,
        size: program.length,
        sha256: sha256(program),
        compressed: { name: compressed, size: content.length, sha256: sha256(content) },
      },
    ];
  };
  const tree = join(folder, 'tree');
  for (const path of ['lib/systemd/user', 'share/licenses/codex-voice', 'share/zsh/vendor-completions'])
    mkdirSync(join(tree, path), { recursive: true });
  writeFileSync(join(tree, 'share/licenses/codex-voice/LICENCES'), 'MIT');
  writeFileSync(join(tree, 'share/zsh/vendor-completions/_codex-voice'), '#compdef codex-voice');
  await run('tar', ['-czf', join(folder, SHARE), '-C', tree, 'lib', 'share']);
  const manifest: Manifest = {
    version: VERSION,
    channel: 'stable',
    date: '2026-01-31T12:00:00.000Z',
    files: Object.fromEntries(await Promise.all(TARGETS.map(file))),
  };
  change(manifest);
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  for (const name of Object.values(APPS)) writeFileSync(join(folder, name), `the app ${name}`);
  const sums = [...Object.values(APPS), SHARE].map((name) => `${hashOf(folder, name)}  ${name}\n`);
  writeFileSync(join(folder, 'SHA256SUMS'), sums.join(''));
  return folder;
}

async function makeFormulae(release: string): Promise<string> {
  const output = temporaryFolder();
  await run(process.execPath, ['scripts/package/formulae.ts', release, output]);
  return output;
}

describe('what package managers read of a release', () => {
  it('is a formula that Ruby reads, for Linux, with the address and the hash of each machine', async () => {
    const release = await makeRelease();
    const formula = join(await makeFormulae(release), 'homebrew/Formula/codex-voice.rb');
    expect(await run('ruby', ['-c', formula])).toBe('Syntax OK\n');
    // Homebrew itself is not here: its words, as far as the formula uses them.
    const homebrew = `
      class Formula
        def self.method_missing(*) = nil
        def self.respond_to_missing?(*) = true
        def self.depends_on(what) = puts("needs #{what}")
        def self.on_arm = ($cpu = 'arm64'; yield)
        def self.on_intel = ($cpu = 'x64'; yield)
        def self.resource(name) = ($cpu = name; yield)
        def self.test = nil
        def self.url(url) = puts("#{$cpu} #{url}")
        def self.sha256(hash) = puts(hash)
      end
      load ARGV[0]`;
    const files = ['arm64', 'x64'].flatMap((cpu) => {
      const name = `codex-voice-${VERSION}-linux-${cpu}.xz`;
      return [`${cpu} ${BASE}/${name}`, hashOf(release, name)];
    });
    const share = [`share ${BASE}/${SHARE}`, hashOf(release, SHARE)];
    const read = (await run('ruby', ['-e', homebrew, formula])).trim().split('\n');
    expect(read).toEqual(['needs linux', ...files, ...share]);
  });

  it.each(['arm64', 'x64'] as const)('is a cask that Ruby reads, with the app for %s', async (cpu) => {
    const release = await makeRelease();
    const cask = join(await makeFormulae(release), 'homebrew/Casks/codex-voice.rb');
    expect(await run('ruby', ['-c', cask])).toBe('Syntax OK\n');
    // The words of Homebrew's Cask Cookbook, as far as the cask uses them; any other word is an error.
    const homebrew = `
      require 'json'
      $read = {}
      def appdir = '/Applications'
      def cask(token) = ($read[:token] = token; yield)
      def arch(of = nil) = of ? $arch = of[ARGV[1].to_sym] : $arch
      def version(text = nil) = text ? $version = text : $version
      def sha256(of) = $read[:sha256] = of[ARGV[1].to_sym]
      %i[url name desc homepage depends_on app binary zap caveats].each do |word|
        define_method(word) { |value| $read[word] = value }
      end
      load ARGV[0]
      puts JSON.dump($read)`;
    const processor = cpu === 'arm64' ? 'arm' : 'intel';
    const read = JSON.parse(await run('ruby', ['-e', homebrew, cask, processor]));
    const { identifier, home } = launchdFacts();
    expect(read).toMatchObject({
      token: 'codex-voice',
      url: `${BASE}/${APPS[cpu]}`,
      sha256: hashOf(release, APPS[cpu]),
      depends_on: { macos: 'ventura' },
      app: 'Codex Voice.app',
      binary: '/Applications/Codex Voice.app/Contents/MacOS/codex-voice',
      caveats: expect.stringContaining('xattr -dr com.apple.quarantine "/Applications/Codex Voice.app"\n'),
    });
    expect(read.zap).toEqual({ launchctl: identifier, trash: home });
  });

  it('is three winget manifests that hold what their format wants, and nothing it does not know', async () => {
    const release = await makeRelease();
    const folder = join(await makeFormulae(release), `winget/manifests/c/CodexVoice/CodexVoice/${VERSION}`);
    const read = async (name: string): Promise<unknown> => {
      const script = 'puts JSON.dump(YAML.safe_load(File.read(ARGV[0])))';
      return JSON.parse(await run('ruby', ['-ryaml', '-rjson', '-e', script, join(folder, name)]));
    };
    expect(readdirSync(folder).sort()).toEqual([
      'CodexVoice.CodexVoice.installer.yaml',
      'CodexVoice.CodexVoice.locale.en-US.yaml',
      'CodexVoice.CodexVoice.yaml',
    ]);
    WINGET.version.parse(await read('CodexVoice.CodexVoice.yaml'));
    WINGET.defaultLocale.parse(await read('CodexVoice.CodexVoice.locale.en-US.yaml'));
    const { Installers, NestedInstallerFiles } = WINGET.installer.parse(
      await read('CodexVoice.CodexVoice.installer.yaml'),
    );
    const zip = `codex-voice-${VERSION}-win32-x64.zip`;
    expect(Installers[0]).toMatchObject({
      InstallerUrl: `${BASE}/${zip}`,
      InstallerSha256: hashOf(release, zip).toUpperCase(),
    });
    expect(NestedInstallerFiles[0]?.RelativeFilePath).toBe(`codex-voice-${VERSION}-win32-x64.exe`);
  });

  it('is a PKGBUILD from which makepkg makes a package, and the .SRCINFO that makepkg would write', async () => {
    const release = await makeRelease();
    const folder = join(await makeFormulae(release), 'aur');
    await run('shellcheck', [join(folder, 'PKGBUILD')]);
    // makepkg takes what lies beside the PKGBUILD instead of downloading it, and checks its hash.
    for (const name of [SHARE, `codex-voice-${VERSION}-linux-x64.xz`])
      cpSync(join(release, name), join(folder, name));
    const makepkg = (...args: string[]) => asOrdinaryUser(folder, 'makepkg', ...args);
    expect(await makepkg('--printsrcinfo')).toBe(readFileSync(join(folder, '.SRCINFO'), 'utf8'));
    await makepkg('--nodeps', '--nocheck');
    const packed = join(folder, readdirSync(folder).find((name) => name.includes('.pkg.tar')) ?? '');
    const listed = (await run('tar', ['-tf', packed])).split('\n');
    expect(listed).toEqual(
      expect.arrayContaining([
        'usr/bin/codex-voice',
        'usr/share/licenses/codex-voice-bin/LICENCES',
        'usr/share/zsh/site-functions/_codex-voice',
      ]),
    );
    expect(await run('tar', ['-xOf', packed, 'usr/bin/codex-voice'])).toBe('#!/bin/sh\necho linux-x64\n');
  });

  it('is not made of a beta, or of a release with something missing', async () => {
    const beta = await makeRelease((manifest) => {
      manifest.channel = 'beta';
    });
    await expect(makeFormulae(beta)).rejects.toThrow('package managers get stable');
    const incomplete = await makeRelease((manifest) => {
      delete manifest.files['darwin-arm64'];
    });
    await expect(makeFormulae(incomplete)).rejects.toThrow('no file for darwin-arm64');
    for (const name of [SHARE, APPS.x64]) {
      const withoutSum = await makeRelease();
      const file = join(withoutSum, 'SHA256SUMS');
      const lines = readFileSync(file, 'utf8').split('\n');
      writeFileSync(file, lines.filter((line) => !line.endsWith(name)).join('\n'));
      await expect(makeFormulae(withoutSum)).rejects.toThrow(`no SHA-256 for ${name}`);
    }
  });
});

/** The name that launchd knows the service by, and every folder of the user that the program writes to on macOS. */
function launchdFacts(): { identifier: string; home: string[] } {
  const definition = launchdPlist({ command: '/x', args: [] }, '/y');
  const identifier = /<key>Label<\/key>\s*<string>([^<]+)</.exec(definition)?.[1] ?? '';
  const { config, state, models } = pathsOf({ HOME: '~' }, 'darwin');
  return { identifier, home: ['~/.cache/codex-voice', dirname(config), dirname(models), state] };
}

/** makepkg refuses to be root. */
async function asOrdinaryUser(folder: string, command: string, ...args: string[]): Promise<string> {
  const env = { PATH: '/usr/bin:/bin', HOME: folder, CARCH: 'x86_64', LANG: 'C.UTF-8' };
  if (process.getuid?.() !== 0) return run(command, args, { cwd: folder, env });
  chmodSync(folder, 0o755);
  chmodSync(join(folder, '..'), 0o755);
  await run('chown', ['-R', 'nobody:nogroup', folder]);
  return run('setpriv', ['--reuid=nobody', '--regid=nogroup', '--clear-groups', command, ...args], {
    cwd: folder,
    env,
  });
}

/**
 * The winget manifest format 1.10.0 as far as these manifests use it. Strict: a key that is not here is a mistake of
 * ours. The limits are those of the published schemas.
 */
const COMMON = {
  PackageIdentifier: z
    .string()
    .max(128)
    .regex(/^[^.\s\\/:*?"<>|]{1,32}(\.[^.\s\\/:*?"<>|]{1,32}){1,7}$/),
  PackageVersion: z
    .string()
    .max(128)
    .regex(/^[^\\/:*?"<>|]+$/),
  ManifestVersion: z.literal('1.10.0'),
};
const url = z.url().max(2_048);
const WINGET = {
  version: z.strictObject({
    ...COMMON,
    DefaultLocale: z.literal('en-US'),
    ManifestType: z.literal('version'),
  }),
  defaultLocale: z.strictObject({
    ...COMMON,
    PackageLocale: z.literal('en-US'),
    Publisher: z.string().min(2).max(256),
    PackageName: z.string().min(2).max(256),
    PackageUrl: url,
    License: z.string().min(3).max(512),
    LicenseUrl: url,
    ShortDescription: z.string().min(3).max(256),
    Description: z.string().min(3).max(10_000),
    Moniker: z.string().min(1).max(40),
    Tags: z.array(z.string().min(1).max(40)).max(16),
    ReleaseNotesUrl: url,
    ManifestType: z.literal('defaultLocale'),
  }),
  installer: z.strictObject({
    ...COMMON,
    Platform: z.array(z.enum(['Windows.Desktop', 'Windows.Universal'])).max(2),
    MinimumOSVersion: z.string().regex(/^\d{1,5}(\.\d{1,5}){0,3}$/),
    InstallerType: z.literal('zip'),
    NestedInstallerType: z.literal('portable'),
    NestedInstallerFiles: z
      .array(
        z.strictObject({
          RelativeFilePath: z.string().min(1).max(512),
          PortableCommandAlias: z.string().min(1).max(40),
        }),
      )
      .length(1),
    Commands: z.array(z.string().min(1).max(40)).max(16),
    ReleaseDate: z.iso.date(),
    Installers: z
      .array(
        z.strictObject({
          Architecture: z.enum(['x86', 'x64', 'arm', 'arm64', 'neutral']),
          InstallerUrl: url,
          InstallerSha256: z.string().regex(/^[A-Fa-f0-9]{64}$/),
        }),
      )
      .length(1),
    ManifestType: z.literal('installer'),
  }),
};
