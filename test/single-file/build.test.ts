import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import {
  describeGroup,
  nativeSources,
  notifierSource,
  traySources,
} from '../../scripts/single-file/contents.ts';
import { licencesText, packageOf, readKept } from '../../scripts/single-file/licences.ts';
import { nativePlugin } from '../../scripts/single-file/natives.ts';
import { chooseTarget, HOST, isMac, TARGETS, type Target } from '../../scripts/single-file/target.ts';
import { run } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '..', '..');

test('this machine and a Mac are targets; another is refused with what is missing and where it can be built', () => {
  expect(chooseTarget()).toBe(HOST);
  expect(() => chooseTarget('plan9-x64')).toThrow(/no single file for plan9-x64; choose from linux-x64/);
  expect(chooseTarget('darwin-arm64')).toBe('darwin-arm64');
  for (const target of TARGETS.filter((each) => each !== HOST && !isMac(each))) {
    expect(() => chooseTarget(target)).toThrow(
      expect.objectContaining({
        name: 'BuildError',
        message: expect.stringMatching(new RegExp(`node-${target}.*Build it on such a machine`)),
      }),
    );
  }
});

test('native files come with a machine, all but the Vulkan library', async () => {
  const sources = await nativeSources(ROOT, chooseTarget());
  const names = sources.flatMap(({ files }) => Object.keys(files));
  expect(names).toEqual(expect.arrayContaining(['pty.node', 'koffi.node', 'onnxruntime_binding.node']));
  expect(names.filter((name) => /vulkan|json|licen/i.test(name))).toEqual([]);
  await expect(nativeSources(temporaryFolder(), 'linux-x64')).rejects.toThrow(/is not installed .*npm ci/);
});

test('the program of the tray is inside where the desktop has no bus for that', async () => {
  const inside = await Promise.all(
    TARGETS.map(async (target) => {
      const [group] = await traySources(ROOT, target);
      return [target, group?.name, ...Object.keys(group?.files ?? {})];
    }),
  );
  expect(inside).toEqual([
    ['linux-x64', undefined],
    ['linux-arm64', undefined],
    ['darwin-arm64', 'systray', 'tray_darwin_release'],
    ['darwin-x64', 'systray', 'tray_darwin_release'],
    ['win32-x64', 'systray', 'tray_windows_release.exe'],
  ]);
});

test('what shows notifications is in the files of macOS and Windows, and in no other', async () => {
  const group = async (target: Target) => {
    const [source] = await notifierSource(ROOT, target);
    return Object.keys(source?.files ?? {});
  };
  expect(await group('linux-x64')).toEqual([]);
  const app = await group('darwin-arm64');
  expect(app).toContain('terminal-notifier.app/Contents/MacOS/terminal-notifier');
  expect(app).toContain('terminal-notifier.app/Contents/Info.plist');
  expect(app.filter((name) => name.endsWith('.icns'))).toEqual([]);
  expect(await group('win32-x64')).toEqual(['snoretoast-x64.exe']);
});

test('the hash of a group is that of its files, in whatever order', async () => {
  const folder = temporaryFolder();
  const files = Object.fromEntries(
    ['b', 'a'].map((name) => {
      writeFileSync(join(folder, name), name);
      return [name, join(folder, name)];
    }),
  );
  const first = await describeGroup({ name: 'group', native: true, files });
  const { a = '', b = '' } = files;
  expect(await describeGroup({ name: 'group', native: true, files: { a, b } })).toEqual(first);
  writeFileSync(a, 'A');
  expect((await describeGroup({ name: 'group', native: true, files })).hash).not.toBe(first.hash);
});

test('the package of a module', () => {
  expect(packageOf('node_modules/zod/v4/index.js')).toBe('node_modules/zod');
  expect(packageOf('../x/node_modules/@a/b/c.js')).toBe('../x/node_modules/@a/b');
  expect(packageOf('node_modules/a/node_modules/b/c.js')).toBe('node_modules/a/node_modules/b');
  expect(packageOf('src/main.ts')).toBeNull();
});

test('a package without the text of its licence stops the build', async () => {
  const folder = temporaryFolder();
  const unknown = { name: 'unknown', version: '1.0.0', licence: 'MIT', folder };
  await expect(licencesText(ROOT, [unknown])).rejects.toThrow(
    'unknown comes without the text of its licence',
  );
  writeFileSync(join(folder, 'LICENCE.md'), 'Do what you like.');
  expect(await licencesText(ROOT, [unknown])).toContain('unknown 1.0.0 (MIT)');
});

test('a licence that was taken from another version than the one inside stops the build', async () => {
  const root = temporaryFolder();
  const folder = join(root, 'node_modules', 'engine');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'engine', version: '1.30.0' }));
  writeFileSync(join(root, 'notices.txt'), 'Somebody wrote it.');
  const text = { file: 'notices.txt', package: 'engine', version: '1.24.3' };
  await expect(readKept(root, text, 'Engine')).rejects.toThrow(
    'notices.txt is the licence of engine 1.24.3, and 1.30.0 is installed',
  );
  expect(await readKept(root, { ...text, version: '1.30.0' }, 'Engine')).toBe('Somebody wrote it.');
});

test('node-pty for Windows finds its thread and its child process in the single file', async () => {
  const folder = temporaryFolder();
  const main = join(folder, 'main.cjs');
  // Named pipes are sockets here: the module that connects a console's output runs as it would there.
  const code = `
    const { ConoutConnection } = require('@lydell/node-pty/windowsConoutConnection.js');
    const { WindowsPtyAgent } = require('@lydell/node-pty/windowsPtyAgent.js');
    const { Socket, createServer } = require('node:net');
    const pipe = ${JSON.stringify(join(folder, 'conout'))};
    createServer((conout) => conout.end('what a console prints')).listen(pipe, () => {
      const connection = new ConoutConnection(pipe);
      connection.onReady(() => {
        const socket = new Socket();
        connection.connectSocket(socket);
        socket.on('data', (data) => process.stdout.write(data)).on('end', async () => {
          console.log(await WindowsPtyAgent.prototype._getConsoleProcessList.call({ _innerPid: 5 }));
          process.exit(0);
        });
      });
    });`;
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: ROOT },
    bundle: true,
    write: false,
    platform: 'node',
    logLevel: 'silent',
    plugins: [nativePlugin(ROOT)],
  });
  const text = outputFiles.map((file) => file.text).join('');
  writeFileSync(main, text);
  // In the single file `__child` is the program itself; here Node takes it for the name of a module.
  const child = `
    import('${ROOT}/src/single-file/console-list.ts').then(({ sendConsoleList }) => {
      const [, , verb, pid] = process.argv;
      sendConsoleList(Number(pid), { getConsoleProcessList: (shell) => [verb, shell] });
    });`;
  writeFileSync(join(folder, '__child.js'), child);
  const printed = await run(process.execPath, [main], { cwd: folder });
  expect(printed).toBe("what a console prints[ 'console-list', 5 ]\n");
});

test('a package that looks for its library in another way stops the build', async () => {
  const folder = temporaryFolder();
  const module = join(folder, '@lydell', 'node-pty', 'requireBinary.js');
  mkdirSync(join(module, '..'), { recursive: true });
  writeFileSync(module, 'exports.requireBinary = (file) => require(file);');
  const building = build({
    entryPoints: [module],
    bundle: true,
    write: false,
    platform: 'node',
    logLevel: 'silent',
    plugins: [nativePlugin(ROOT)],
  });
  await expect(building).rejects.toThrow(/requireBinary\.js has changed/);
});
