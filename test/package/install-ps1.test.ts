import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PUBLIC_KEY } from '../../src/update/public-key.ts';
import { RELEASES_URL } from '../../src/update/release.ts';

/*
 * PowerShell runs on no machine of these tests. What can be read is compared here. Its Ed25519 was compiled as C# 5 with
 * mono 6.8 and compared with Node's for 163 signatures, by hand.
 */
const read = (name: string): string =>
  readFileSync(new URL(`../../scripts/${name}`, import.meta.url), 'utf8');
const script = read('install.ps1');
/** Without its C#. */
const shell = script.replaceAll(/@'\n.*?\n'@/gs, "''");

it('has the key, the address and the Codex of the other installer', () => {
  const [key] = /^M[\w+/=]+$/m.exec(PUBLIC_KEY) ?? [];
  expect(script).toContain(`FromBase64String('${key}')`);
  expect(script).toContain(`'${RELEASES_URL}'`);
  const [, codex] = /^codex_version=(.*)$/m.exec(read('install.sh')) ?? [];
  expect(script).toContain(`@openai/codex@${codex}'`);
});

it('can be read by Windows PowerShell 5.1, which takes a file without a mark for ANSI', () => {
  expect(script).toMatch(/^[\t\n\x20-\x7e]*$/);
  const code = shell.replaceAll(/^ *#.*$/gm, '');
  // Operators of PowerShell 7.
  expect(code).not.toMatch(/\?\?|\?\.|&&|\|\|| \? /);
  // It would close the window of `irm ... | iex`.
  expect(code).not.toMatch(/^\s*exit\b/m);
});

it('does nothing before its last line, so that an incomplete download does nothing', () => {
  const [, rest = ''] = shell.split(/^param\(\n.*?^\)\n/ms);
  const outside = rest.replaceAll(/^function .*?^\}\n/gms, '').replaceAll(/^#.*$/gm, '');
  expect(outside.trim()).toBe('Start-Installer');
});

it('checks the signature before it reads the manifest, and the program before it runs', () => {
  const order = (...words: string[]): number[] => words.map((word) => script.indexOf(word));
  const steps = order(
    '(Test-Signature $file',
    'ConvertFrom-Json',
    '(Get-Sha256 $archive)',
    'OpenRead($archive)',
  );
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  expect(steps.every((at) => at > 0)).toBe(true);
  const [expand, run] = order('Expand-Program $Places $release $new', 'Switch-Program $Places $new');
  expect(expand).toBeLessThan(run ?? 0);
});
