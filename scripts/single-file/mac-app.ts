import { createHash } from 'node:crypto';
import { APP_NOTIFIER } from '../../src/notifications/macos/app-notifier.ts';
import { xmlText } from '../../src/service/definition-file.ts';
import { icns } from '../icons/formats.ts';
import { cdHash, signAdHoc } from './ad-hoc-signature.ts';
import type { ZipEntry } from './zip.ts';

/** Name of the app's folder, and of the program in it. */
export const APP_NAME = 'Codex Voice.app';
const PROGRAM = 'codex-voice';
const ICON = 'codex-voice.icns';
/** CFBundleIdentifier: System Settings keeps the permission of the microphone by it and the signature. */
const IDENTIFIER = 'io.github.codex-voice';
/** Node 24 needs it (BUILDING.md of Node 24.21). */
const OLDEST_MACOS = '13.5';

/**
 * What the program does that a signature with the hardened runtime would forbid: record, compile JavaScript, load the
 * native libraries that it extracts. Without that runtime (ad hoc) they change nothing.
 */
const ENTITLEMENTS = [
  'com.apple.security.device.audio-input',
  'com.apple.security.cs.allow-jit',
  'com.apple.security.cs.allow-unsigned-executable-memory',
  'com.apple.security.cs.disable-library-validation',
] as const;

/** What System Settings and the prompt of macOS show as the reason. */
const MICROPHONE_REASON =
  'codex-voice listens after you press its key, and turns your words into text on this Mac.';

/** The program for use outside the app: signed, without a bundle around it. */
export function signedProgram(program: Buffer): Buffer {
  return signAdHoc(program, {
    identifier: IDENTIFIER,
    entitlementsPlist: entitlementsPlist(),
    entitlements: ENTITLEMENTS,
  });
}

/**
 * The files of the app, for macOS 13.5 and later: launchd starts the program inside it, and macOS asks for the
 * microphone in the name of the app. Written after the Bundle Programming Guide and TN3127; not run on a Mac.
 * @param program the Mach-O file with everything inside; a signature that it has is replaced
 * @param picture PNG, 128 pixels wide
 * @param notifier notifier.swift, compiled; null: notifications come from other programs
 */
export function macApp(
  program: Buffer,
  picture: Buffer,
  version: string,
  notifier: Buffer | null = null,
): ZipEntry[] {
  const infoPlist = Buffer.from(infoPlistText(version));
  const icon = icns([picture]);
  // macOS knows who shows a notification by the identifier of the signature, so it has the one of the app.
  const helper =
    notifier &&
    signAdHoc(notifier, { identifier: IDENTIFIER, entitlementsPlist: NO_ENTITLEMENTS, entitlements: [] });
  const codeResources = Buffer.from(
    codeResourcesText(
      { [`Resources/${ICON}`]: icon },
      helper === null ? {} : { [`MacOS/${APP_NOTIFIER}`]: helper },
    ),
  );
  const signed = signAdHoc(program, {
    identifier: IDENTIFIER,
    bundle: { infoPlist, codeResources },
    entitlementsPlist: entitlementsPlist(),
    entitlements: ENTITLEMENTS,
  });
  const entry = (path: string, content: Buffer, mode = 0o644): ZipEntry => ({
    name: `${APP_NAME}/Contents/${path}`,
    content,
    mode,
  });
  return [
    entry('Info.plist', infoPlist),
    entry(`MacOS/${PROGRAM}`, signed, 0o755),
    ...(helper === null ? [] : [entry(`MacOS/${APP_NOTIFIER}`, helper, 0o755)]),
    entry(`Resources/${ICON}`, icon),
    entry('_CodeSignature/CodeResources', codeResources),
  ];
}

function infoPlistText(version: string): string {
  // Three numbers at most: a version such as 1.2.0-beta.1 stays readable in the other key.
  const numbers = /^\d+(?:\.\d+){0,2}/.exec(version)?.[0] ?? '0';
  return plist({
    CFBundleDevelopmentRegion: 'en',
    CFBundleExecutable: PROGRAM,
    CFBundleIconFile: ICON,
    CFBundleIdentifier: IDENTIFIER,
    CFBundleInfoDictionaryVersion: '6.0',
    CFBundleName: 'Codex Voice',
    CFBundlePackageType: 'APPL',
    CFBundleShortVersionString: version,
    CFBundleVersion: numbers,
    LSMinimumSystemVersion: OLDEST_MACOS,
    // No icon in the Dock and no menu bar.
    LSUIElement: true,
    NSMicrophoneUsageDescription: MICROPHONE_REASON,
    // AppleScript opens and raises it (src/windows/terminals-macos.ts).
    NSAppleEventsUsageDescription: 'codex-voice opens and raises the terminal window that shows Codex.',
  });
}

/** The property list of the entitlements, for a signature with a certificate as well. */
export function entitlementsPlist(): Buffer {
  return Buffer.from(plist(Object.fromEntries(ENTITLEMENTS.map((name) => [name, true]))));
}

const NO_ENTITLEMENTS = Buffer.from(plist({}));

type PlistValue = string | number | boolean | Buffer | { [key: string]: PlistValue };

function plist(value: { [key: string]: PlistValue }): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
${plistElement(value)}
</plist>
`;
}

function plistElement(value: PlistValue): string {
  if (typeof value === 'string') return `<string>${xmlText(value)}</string>`;
  if (typeof value === 'number') return `<real>${value}</real>`;
  if (typeof value === 'boolean') return value ? '<true/>' : '<false/>';
  if (Buffer.isBuffer(value)) return `<data>${value.toString('base64')}</data>`;
  const entries = Object.entries(value).map(
    ([key, each]) => `<key>${xmlText(key)}</key>${plistElement(each)}`,
  );
  return `<dict>\n${entries.join('\n')}\n</dict>`;
}

/** The rules that codesign writes for an app (TN2206): what is sealed, and which names are separate code. */
const LOCALIZED = {
  '^Resources/.*\\.lproj/': { optional: true, weight: 1000 },
  '^Resources/.*\\.lproj/locversion.plist$': { omit: true, weight: 1100 },
  '^Resources/Base\\.lproj/': { weight: 1010 },
} as const;
const RULES = { '^Resources/': true, ...LOCALIZED, '^version.plist$': true } as const;
const RULES_2 = {
  '.*\\.dSYM($|/)': { weight: 11 },
  '^(.*/)?\\.DS_Store$': { omit: true, weight: 2000 },
  '^(Frameworks|SharedFrameworks|PlugIns|Plug-ins|XPCServices|Helpers|MacOS|Library/(Automator|Spotlight|LoginItems))/':
    { nested: true, weight: 10 },
  '^.*': true,
  '^Info\\.plist$': { omit: true, weight: 20 },
  '^PkgInfo$': { omit: true, weight: 20 },
  '^Resources/': { weight: 20 },
  ...LOCALIZED,
  '^[^/]+$': { nested: true, weight: 10 },
  '^embedded\\.provisionprofile$': { weight: 20 },
  '^version\\.plist$': { weight: 20 },
} as const;

/**
 * @param sealed path below Contents -> content
 * @param nested the same for programs that are signed themselves. Without a certificate, each is known by its hash
 */
function codeResourcesText(
  sealed: Readonly<Record<string, Buffer>>,
  nested: Readonly<Record<string, Buffer>>,
): string {
  const hash = (name: string, content: Buffer): Buffer => createHash(name).update(content).digest();
  const files = Object.entries(sealed);
  return plist({
    files: Object.fromEntries(files.map(([path, content]) => [path, hash('sha1', content)])),
    files2: Object.fromEntries([
      ...Object.entries(nested).map(([path, signed]) => [path, nestedCode(cdHash(signed))]),
      ...files.map(([path, content]) => [path, { hash2: hash('sha256', content) }]),
    ]),
    rules: RULES,
    rules2: RULES_2,
  });
}

function nestedCode(cdhash: Buffer): PlistValue {
  return { cdhash, requirement: `cdhash H"${cdhash.toString('hex')}"` };
}
