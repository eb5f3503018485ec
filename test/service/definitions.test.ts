import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { desktopEntry } from '../../src/service/desktop-entry.ts';
import { launchdPlist } from '../../src/service/launchd.ts';
import { systemdUnit } from '../../src/service/systemd-unit.ts';
import { taskXml } from '../../src/service/task-scheduler.ts';
import { execWords } from '../../src/text/exec-key.ts';
import { COMMANDS } from './commands.ts';

const command = { command: '/opt/codex voice/codex-voice', args: ['daemon', '--service'] };

describe('the unit of systemd', () => {
  it('runs the program as it is, with nothing replaced', () => {
    expect(systemdUnit(command, true)).toContain(
      '\nExecStart=:"/opt/codex voice/codex-voice" daemon --service\n',
    );
    const awkward = { command: '/a%b', args: ['$HOME', 'say "hi"', 'back\\slash'] };
    expect(systemdUnit(awkward, true)).toContain('ExecStart=:/a%%b "$HOME" "say \\"hi\\"" "back\\\\slash"\n');
  });

  it('waits for the daemon where somebody can tell that it is ready', () => {
    expect(systemdUnit(command, true)).toMatch(/^Type=notify\nNotifyAccess=all$/m);
    expect(systemdUnit(command, false)).toMatch(/^Type=exec$/m);
  });

  it('freezes nothing of the desktop, and forbids nothing that Codex needs', () => {
    const unit = systemdUnit(command, true);
    const settings = unit.split('\n').filter((line) => /^\w+=/.test(line));
    const names = settings.map((line) => line.split('=')[0]);
    expect(names.filter((name) => name?.startsWith('Environment'))).toEqual([]);
    for (const name of [
      'PrivateTmp',
      'PrivateUsers',
      'RestrictNamespaces',
      'MemoryDenyWriteExecute',
      'UMask',
    ])
      expect(names).not.toContain(name);
    // Codex's builds would inherit a nice value, and the daemon raises itself.
    expect(names).not.toContain('Nice');
    expect(settings).toContain('CPUWeight=200');
    expect(settings).toContain('NoNewPrivileges=yes');
    expect(settings).toContain('WantedBy=graphical-session.target');
  });

  it('refuses a path that would be a second line', () => {
    const broken = { command: '/tmp/a\nExecStartPost=/bin/rm', args: [] };
    expect(() => systemdUnit(broken, true)).toThrow(expect.objectContaining({ code: 'service-failed' }));
    expect(() => desktopEntry(broken)).toThrow(expect.objectContaining({ code: 'service-failed' }));
  });
});

describe('the entry for the desktop', () => {
  it.each(Object.entries(COMMANDS))('gives back the command line of %s', (_name, { command, args }) => {
    expect(execWords(desktopEntry({ command, args }))).toEqual([command, ...args]);
  });

  it('gives back any words', () => {
    const word = fc.string({ unit: 'grapheme-composite' }).filter((text) => !/[\x00-\x1f\x7f]/.test(text));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), ([command = '', ...args]) => {
        expect(execWords(desktopEntry({ command, args }))).toEqual([command, ...args]);
      }),
      { numRuns: 2_000, examples: [[['\u2028', '']]] },
    );
  });

  it('leaves out field codes, and knows when there is nothing to run', () => {
    expect(execWords('[Desktop Entry]\nExec=/bin/true %u daemon\n')).toEqual(['/bin/true', 'daemon']);
    expect(execWords('[Desktop Entry]\n')).toEqual([]);
  });
});

describe('definitions in XML', () => {
  it('hold any path as text', () => {
    const odd = { command: '/a<b>&"c"', args: ['\x01daemon'] };
    expect(launchdPlist(odd, '/log')).toContain(
      '<string>/a&lt;b&gt;&amp;&quot;c&quot;</string>\n    <string>daemon</string>',
    );
    expect(taskXml(odd, 'PC\\me & you', 'C:\\')).toContain('<UserId>PC\\me &amp; you</UserId>');
  });

  it('ask for no less of the processor than an app has', () => {
    const command = { command: '/codex-voice', args: ['daemon'] };
    const words = /<key>ProcessType<\/key>\s*<string>Interactive<\/string>/;
    expect(launchdPlist(command, '/log')).toMatch(words);
    expect(taskXml(command, 'me', 'C:\\')).toContain('<Priority>5</Priority>');
  });

  it('quote arguments as Windows reads them', () => {
    const words = { command: 'C:\\x.exe', args: ['plain', 'two words', 'a"b', 'C:\\end dir\\', ''] };
    expect(taskXml(words, 'me', 'C:\\')).toContain(
      '<Arguments>plain &quot;two words&quot; &quot;a\\&quot;b&quot; &quot;C:\\end dir\\\\&quot; &quot;&quot;</Arguments>',
    );
  });
});
