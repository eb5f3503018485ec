import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { derEntitlements, pageHashes } from '../../scripts/single-file/ad-hoc-signature.ts';
import { macApp, signedProgram } from '../../scripts/single-file/mac-app.ts';
import { readMachO, withRoomForSignature } from '../../scripts/single-file/mach-o.ts';
import { zip } from '../../scripts/single-file/zip.ts';
import { readSignature, sha256 } from './read-signature.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** A small program for macOS that is not signed. */
const PROGRAM = readFileSync(
  join(
    ROOT,
    'node_modules/node-notifier/vendor/mac.noindex/terminal-notifier.app/Contents/MacOS/terminal-notifier',
  ),
);
const PICTURE = readFileSync(join(ROOT, 'assets/icons/codex-voice.png'));

function appFiles(version = '0.1.0'): Map<string, Buffer> {
  const entries = macApp(PROGRAM, PICTURE, version);
  return new Map(
    entries.map(({ name, content }) => [name.replace('Codex Voice.app/Contents/', ''), content]),
  );
}

function fileOf(files: Map<string, Buffer>, name: string): Buffer {
  const content = files.get(name);
  if (!content) throw new Error(`there is no ${name}`);
  return content;
}

test('the signature of the app covers every page, Info.plist, the resources and the entitlements', () => {
  const files = appFiles();
  const program = fileOf(files, 'MacOS/codex-voice');
  const signature = readSignature(program);
  expect(signature).toMatchObject({
    identifier: 'io.github.codex-voice',
    flags: 2,
    version: 0x20400,
    page: 4096,
  });
  expect(signature.pages).toEqual(pageHashes(program, signature.limit, 4096));
  expect(signature.special.get(1)).toEqual(sha256(fileOf(files, 'Info.plist')));
  expect(signature.special.get(3)).toEqual(sha256(fileOf(files, '_CodeSignature/CodeResources')));
  for (const slot of [2, 5, 7])
    expect(signature.special.get(slot)).toEqual(sha256(signature.blobs.get(slot) ?? Buffer.alloc(0)));
  const text = readMachO(program).segments.get('__TEXT');
  expect(signature.segment).toEqual({ base: 0n, limit: BigInt(text?.fileSize ?? 0), flags: 1n });
  expect(signature.blobs.get(5)?.toString()).toContain(
    '<key>com.apple.security.device.audio-input</key><true/>',
  );
});

test('the program outside the app is sealed without a bundle', () => {
  const signature = readSignature(signedProgram(PROGRAM));
  expect(signature.special.get(1)).toEqual(Buffer.alloc(32));
  expect(signature.special.get(3)).toEqual(Buffer.alloc(32));
});

test('a second signature replaces the first', () => {
  const once = signedProgram(PROGRAM);
  expect(signedProgram(once).equals(once)).toBe(true);
  expect(once.subarray(readMachO(PROGRAM).commandsEnd + 16, PROGRAM.length)).toEqual(
    PROGRAM.subarray(readMachO(PROGRAM).commandsEnd + 16),
  );
});

test('the signature is the end of __LINKEDIT and of the file', () => {
  const { file, offset } = withRoomForSignature(PROGRAM, 4_096);
  const { segments, signature } = readMachO(file);
  const linkedit = segments.get('__LINKEDIT');
  expect(offset % 16).toBe(0);
  expect(signature).toMatchObject({ offset, size: 4_096 });
  expect((linkedit?.fileOffset ?? 0) + (linkedit?.fileSize ?? 0)).toBe(file.length);
});

test('what is no program for macOS cannot be signed', () => {
  expect(() => signedProgram(Buffer.from('#!/bin/sh\n'))).toThrow('not a 64-bit Mach-O file');
  expect(() => signedProgram(Buffer.alloc(64, 0xca))).toThrow('not a 64-bit Mach-O file');
});

test('entitlements in DER are those that codesign wrote for the official Node 24.0.0', () => {
  const official = readFileSync(join(ROOT, 'test/data/macos/node-entitlements.der.txt'), 'utf8');
  const names = [
    'allow-jit',
    'allow-unsigned-executable-memory',
    'disable-executable-page-protection',
    'allow-dyld-environment-variables',
    'disable-library-validation',
  ].map((name) => `com.apple.security.cs.${name}`);
  const der = derEntitlements([...names, 'com.apple.security.get-task-allow']);
  expect(der).toEqual(Buffer.from(official, 'base64'));
});

test('Info.plist says why the microphone is used, and holds any version', () => {
  const text = fileOf(appFiles('1.2.0-beta.1'), 'Info.plist').toString();
  expect(text).toMatch(/<key>NSMicrophoneUsageDescription<\/key><string>codex-voice listens after/);
  expect(text).toContain('<key>LSUIElement</key><true/>');
  expect(text).toContain('<key>CFBundleShortVersionString</key><string>1.2.0-beta.1</string>');
  expect(text).toContain('<key>CFBundleVersion</key><string>1.2.0</string>');
});

test('a program for notifications is sealed in the app as code of its own, under the same identifier', () => {
  const files = new Map(
    macApp(PROGRAM, PICTURE, '0.1.0', PROGRAM).map((entry) => [entry.name.split('/Contents/')[1], entry]),
  );
  expect([...files.keys()]).toContain('MacOS/codex-voice-notifier');
  const { content, mode } = files.get('MacOS/codex-voice-notifier') ?? { content: Buffer.alloc(0) };
  expect(mode).toBe(0o755);
  const signature = readSignature(content);
  expect(signature.identifier).toBe('io.github.codex-voice');
  expect(signature.pages).toEqual(pageHashes(content, signature.limit, 4096));
  expect(signature.blobs.get(5)?.toString()).not.toContain('com.apple.security');
  const hash = sha256(signature.blobs.get(0) ?? Buffer.alloc(0)).subarray(0, 20);
  const resources = files.get('_CodeSignature/CodeResources')?.content ?? Buffer.alloc(0);
  const sealed = /<key>MacOS\/codex-voice-notifier<\/key><dict>\n(.*)\n(.*)\n<\/dict>/.exec(
    resources.toString(),
  );
  expect(sealed?.slice(1)).toEqual([
    `<key>cdhash</key><data>${hash.toString('base64')}</data>`,
    `<key>requirement</key><string>cdhash H&quot;${hash.toString('hex')}&quot;</string>`,
  ]);
  const program = readSignature(files.get('MacOS/codex-voice')?.content ?? Buffer.alloc(0));
  expect(program.special.get(3)).toEqual(sha256(resources));
  expect(appFiles().has('MacOS/codex-voice-notifier')).toBe(false);
});

test('the archive keeps names, content and permissions', () => {
  const archive = zip(macApp(PROGRAM, PICTURE, '0.1.0'));
  const at = archive.indexOf('PK\x01\x02', 0, 'latin1');
  expect(archive.subarray(0, 4).toString('latin1')).toBe('PK\x03\x04');
  expect(archive.readUInt32LE(at + 38) >>> 16).toBe(0o100_644);
  const program = archive.indexOf('Codex Voice.app/Contents/MacOS/codex-voice', at);
  expect(archive.readUInt32LE(program - 46 + 38) >>> 16).toBe(0o100_755);
  const [size = 0, name = 0] = [archive.readUInt32LE(18), archive.readUInt16LE(26)];
  const content = inflateRawSync(archive.subarray(30 + name, 30 + name + size));
  expect(content).toEqual(fileOf(appFiles(), 'Info.plist'));
});
