import { win32 } from 'node:path';
import type { WindowsShell } from '../../agent/requests.ts';
import { ANOTHER_USER, OUTSIDE_PATH, programDangers, UNCHECKED } from '../program-dangers.ts';
import { leavesProject, type Place } from './paths.ts';
import { windowsCommands } from './plain-commands.ts';
import { isFamiliar } from './reading-commands.ts';

/** Commands, aliases and programs of Windows by what they can do. */
const PROGRAMS: readonly [phrase: string, names: string][] = [
  [ANOTHER_USER, 'runas gsudo psexec psexec64 -credential'],
  ['deletes files', 'remove-item ri rm del erase rd rmdir clear-content clc clear-item cli clear-recyclebin'],
  [
    'destroys data',
    'format-volume clear-disk initialize-disk remove-partition resize-partition set-partition diskpart cipher vssadmin wbadmin bcdedit fsutil sdelete mountvol wevtutil',
  ],
  [
    'stops programs or the machine',
    'stop-process spps kill taskkill tskill stop-service spsv restart-service restart-computer stop-computer logoff suspend-service',
  ],
  [
    'uses the network',
    'invoke-webrequest iwr invoke-restmethod irm start-bitstransfer bitsadmin certutil test-netconnection tnc test-connection resolve-dnsname nslookup ping tracert tftp net net1 netsh invoke-command icm enter-pssession etsn new-pssession nsn send-mailmessage winget choco scoop install-module install-package install-script update-module save-module nuget',
  ],
  [
    'runs code from the command line',
    'invoke-expression iex powershell powershell_ise pwsh cmd bash wsl wscript cscript mshta rundll32 regsvr32 wmic forfiles add-type invoke-wmimethod invoke-cimmethod start-job sajb start-process saps invoke-item ii',
  ],
  [
    'overwrites files',
    'set-content sc add-content ac out-file tee-object tee copy-item copy cp cpi move-item move mv mi rename-item ren rni xcopy robocopy new-item ni set-item si export-csv epcsv export-clixml expand-archive compress-archive mklink replace',
  ],
  ['changes file permissions', 'icacls cacls takeown set-acl attrib unblock-file'],
  [
    'changes the system',
    'reg regedit regini schtasks at sc setx net net1 netsh dism msiexec powercfg gpupdate set-itemproperty sp new-itemproperty remove-itemproperty rp new-service set-service set-executionpolicy register-scheduledtask unregister-scheduledtask set-scheduledtask new-localuser set-localuser add-localgroupmember set-mppreference add-mppreference new-netfirewallrule set-netfirewallrule set-date',
  ],
];

const NAMES = PROGRAMS.map(([phrase, names]) => [phrase, new Set(names.split(' '))] as const);

/** A program followed by a certain word. */
const PAIRS: readonly [phrase: string, program: string, word: RegExp][] = [
  ['destroys data', 'format', /^[a-z]:/iu],
  ['uses the network', 'dotnet', /^(?:restore|add|tool|nuget|publish|workload|new)$/iu],
];

/** Verbs of PowerShell, whatever their noun. */
const VERBS: readonly [phrase: string, verb: RegExp][] = [
  [
    'destroys data',
    /^(?:remove|clear|reset|uninstall|format|dismount)-(?!table$|list$|wide$|custom$|item$)[a-z]/u,
  ],
  ['stops programs or the machine', /^(?:stop|restart|suspend|disable)-[a-z]/u],
];

/** Patterns in the whole text. */
const SIGNS: readonly [phrase: string, sign: RegExp][] = [
  [
    'uses the network',
    /https?:|ftp:|webclient|httpclient|webrequest|downloadstring|downloadfile|sockets\./iu,
  ],
  ['runs code from the command line', /\s-(?:e|ec|en\w*)\s+[A-Za-z0-9+/=]{16,}|scriptblock|frombase64/iu],
  ['deletes files', /(?:\.|::)delete\w*\s*\(/iu],
  ['overwrites files', /(?:^|[^<>=-])>{1,2}(?!\s*(?:&|\$null(?:\s|$)|nul(?:\s|$)))|writeall\w+/iu],
  [OUTSIDE_PATH, /(?:\$\{?env:\w+\}?|\$\{?home\}?|\$\{?profile\}?|%\w+%|!\w+!)\s*["']?[\\/]/iu],
  ['changes a device', /\\\\[.?]\\(?:physicaldrive|[a-z]:)/iu],
  ['has invisible characters', /[^\x20-\x7e\r\n\t\p{L}\p{N}\p{P}\p{S}]|\p{Cf}/u],
];

/**
 * Returns why a command of PowerShell or cmd must not be approved by voice, one phrase each; [] when no reason is found.
 * It errs on the side of danger: any word counts as if it were run, and what is not understood cannot be checked. Not
 * run on Windows.
 */
export function windowsDangers(command: string, shell: WindowsShell, place: Place): string[] {
  const found = new Set<string>();
  if (command.trim() === '') found.add('cannot be read');
  const commands = windowsCommands(command, shell);
  if (commands === null || !commands.every(([program]) => isKnown(program?.text ?? ''))) found.add(UNCHECKED);
  const readings = readingsOf(command);
  for (const words of readings) for (const phrase of dangersOfWords(words)) found.add(phrase);
  const paths =
    commands?.flatMap((words) => words.map(({ text }) => text)).flatMap(piecesOf) ?? readings.flat();
  if (paths.some((path) => !(shell === 'cmd' && isSwitch(path)) && leavesProject(path, place)))
    found.add(OUTSIDE_PATH);
  for (const [phrase, sign] of SIGNS) if (sign.test(command)) found.add(phrase);
  return [...found];
}

function isKnown(program: string): boolean {
  return isFamiliar(program) || dangersOfWords([program]).size > 0;
}

/** Splits a command into words twice: with quotes and escapes as separators, and with them removed. */
function readingsOf(command: string): string[][] {
  const quotes = /['"`^\u2018-\u201f]/gu;
  return [command.replaceAll(quotes, ' '), command.replaceAll(quotes, '')].map((text) =>
    text.split(/[\s;|&(){}<>,=@$[\]]+/u).filter(Boolean),
  );
}

/** A path may contain spaces, but a word may also be a command with a path. */
function piecesOf(word: string): string[] {
  if (/^[a-z]:[\\/][^:]*$/iu.test(word)) return [word];
  return [word, ...word.split(/[\s'";|&(){}<>,=]+/u).filter(Boolean)];
}

function isSwitch(word: string): boolean {
  return /^\/[\w?-]+$/u.test(word);
}

function dangersOfWords(words: readonly string[]): Set<string> {
  const found = programDangers(words, programOf);
  const names = words.map(programOf);
  for (const [index, name] of names.entries()) {
    for (const [phrase, programs] of NAMES) if (programs.has(name)) found.add(phrase);
    for (const [phrase, verb] of VERBS) if (verb.test(name)) found.add(phrase);
    for (const [phrase, program, argument] of PAIRS) {
      if (name === program && words.slice(index + 1).some((word) => argument.test(word))) found.add(phrase);
    }
  }
  return found;
}

function programOf(word: string): string {
  const name = win32.basename(word).toLowerCase();
  return name.replace(/\.(?:exe|com|cmd|bat)$/u, '');
}
