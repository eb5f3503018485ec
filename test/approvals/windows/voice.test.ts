import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isVoiceRule, requestPermission, voicePermission } from '../../../src/approvals/voice.ts';

const lines = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

/** One a line: these only read. */
const READING = lines(String.raw`
ls
dir
LS
pwd
Get-Location
Get-Content README.md
get-content README.md
GC README.md
cat src\main.ts
type src/main.ts
Get-Content -Path README.md -Tail 20
Get-Content README.md -TotalCount 20
Get-Content 'a file.txt'
Get-Content "a file.txt"
Get-Content -Raw -Enc utf8 README.md
Get-ChildItem
Get-ChildItem -Recurse -Force -Filter *.ts src
gci -Rec -File
Get-ChildItem src\*.ts
Select-String -Pattern needle -Path src\*.ts
sls needle README.md
Test-Path package.json
Resolve-Path src
Get-FileHash package.json
Get-Content README.md | Select-Object -First 5
Get-Content README.md | Measure-Object -Line
Get-ChildItem | Sort-Object Length -Descending | Format-Table
git log --oneline | sls fix
Get-ChildItem src | Select-String needle
Write-Output hello
echo hello
git status
git.exe status
git status --short
git diff HEAD~1 -- src
git log --oneline -20
git --no-pager log -n 5
git show HEAD:src/main.ts
rg -n needle src
rg --files src
ls; pwd
git status && git diff
`);

/** One a line: these must have a button. */
const OTHERS = lines(String.raw`
Remove-Item x
rm x
del x
ri x
Set-Content a b
Out-File x
ls | Out-File x
ls | Tee-Object x
New-Item x
mkdir x
cd src
Invoke-Expression ls
iex ls
iwr x
Start-Process x
npm test
npm install
npx x
node x.js
dotnet build
.\x.ps1
.\ls
src\git status
C:\tmp\git.exe status
git.cmd status
git push
git commit -m x
git -c core.pager=x log
git log --output=x
git diff --no-index a b
git diff HEAD,--output=x
git diff "HEAD" --output=x
git diff 'a" --output=x "b'
git log -n '' -S --output=x
git diff 'a\' b
git log 'a&calc'
git log 'a|calc'
git --% status
git status --%
rg --pre x needle
rg '' --pre
& git status
git status &
& 'git' status
'git' status
"git" status
"ls"
. ls
ls > x
ls >> x
ls 2>&1
ls 2>$null
ls $x
ls $env:TEMP
ls "$x"
ls $(rm x)
ls "$(rm x)"
ls (rm x)
ls {rm x}
ls @x
ls @(1)
ls a,b
ls [a]
ls a"b"c
ls "a""b"
ls "a"b
ls 'a'.Length
ls 'it''s'
ls # x
{ ls }
(ls)
$x = ls
x=1
if ls
ls | % { rm x }
ls | ? { rm x }
ls | ForEach-Object Delete
ls | Where-Object Length
ls -OutVariable x
ls -ov x
ls -p x
Write-Output x -p PSDefaultParameterValues
Write-Output x -pipelinevariable y
Get-Content x -Wait
Get-Content -Credential x
Get-Content -Path:x
Get-ChildItem Env:
Get-ChildItem Function:\ls
Get-Content FileSystem::x
Get-Content Temp:\x
ls |
| ls
ls ;; ls
ls ||| ls
ls &&& ls
Get-Content list.txt | Get-Item | Get-Content
Get-Content list.txt | Resolve-Path
Get-Content a.json | ConvertFrom-Json | Select-String x
ls | cat
cmd /c dir
powershell -Command ls
pwsh -c ls
sort.exe x
cat.exe x
findstr x y
grep x y
sed -n 1p x
find . -delete
head x
tee x
gеt-content x
ls “a”
ls –Force
ls “x
ls \u00fc
`).map((line) => line.replace('\\u00fc', 'ü'));

const SPECIAL = [
  '',
  '  ',
  'ls\nls',
  'ls\r\nrm x',
  'ls\trm',
  'ls `x',
  'l`s',
  'ls\0',
  'ls\u00a0x',
  'ls `',
  'ls `\nrm x',
];

describe('what a voice may approve on Windows', () => {
  test.each(READING)('reads: %s', (command) => {
    expect(voicePermission(command, [], 'powershell')).toBe('reading');
  });
  test.each([...OTHERS, ...SPECIAL])('needs a button: %j', (command) => {
    expect(voicePermission(command, [], 'powershell')).toBeNull();
  });

  test.each(['dir', 'DIR /s /b', 'dir src\\*.ts', 'type README.md', 'echo hello', 'ver'])(
    'reads in cmd: %s',
    (command) => {
      expect(voicePermission(command, [], 'cmd')).toBe('reading');
    },
  );
  test.each([
    ...[
      'git status',
      'npm test',
      'findstr x y',
      'where x',
      'more x',
      'sort x',
      'del x',
      'cd src',
      'set',
      'dir.exe',
    ],
    ...[
      'dir & dir',
      'dir && dir',
      'dir | dir',
      'dir;x',
      'dir,x',
      'dir=x',
      'dir/s',
      'dir.',
      'dir > x',
      '@dir',
      '(dir)',
    ],
    ...[
      'dir %x%',
      'dir !x!',
      'dir ^x',
      'dir "x"',
      "dir 'x'",
      'dir\ndel x',
      '',
      ' ',
      'ls',
      'cat x',
      'Get-Content x',
    ],
  ])('needs a button in cmd: %j', (command) => {
    expect(voicePermission(command, ['git status', 'npm test', 'dir *'], 'cmd')).toBeNull();
  });

  test('whatever is joined to a command that needs a button, it needs one', () => {
    const join = fc.constantFrom(' && ', ' || ', '; ', ';', ' | ', '|', ' & ', '\n', '\r\n');
    fc.assert(
      fc.property(
        fc.constantFrom(...READING),
        join,
        // These would complete the operator.
        fc.constantFrom(...OTHERS.filter((command) => !/^\||[&|]$/u.test(command))),
        fc.boolean(),
        fc.constantFrom('powershell', 'cmd'),
        (read, between, rest, first, shell) => {
          const command = first ? `${rest}${between}${read}` : `${read}${between}${rest}`;
          expect(voicePermission(command, [], shell)).toBeNull();
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('nothing with a substitution, a redirection, an escape or a block is plain', () => {
    const sign = fc.constantFrom(
      ...'$`(){}<>@#&!"\'[],\n\r\t\0'.split(''),
      '$(',
      '@(',
      '%{',
      '2>',
      '%x%',
      '\u2019',
      '\u201c',
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...READING.filter((command) => !/['"]/u.test(command))),
        sign,
        fc.nat(),
        (command, inserted, place) => {
          const at = place % (command.length + 1);
          const text = `${command.slice(0, at)}${inserted}${command.slice(at)}`;
          // A single & may complete `&&`, and an @ or a %x% within a word is an ordinary character.
          fc.pre(!(inserted === '&' && /&&/u.test(command)) && !/^[@%]/u.test(inserted));
          expect(voicePermission(text, ['*'], 'powershell')).toBeNull();
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['npm test', ['npm test'], 'named'],
    ["npm 'test'", ['npm test'], 'named'],
    ['npm test; ls', ['npm test'], 'matched'],
    ['npm test; rm x', ['npm test'], null],
    ['npm test > x', ['npm test'], null],
    ['npm test $(x)', ['npm test *'], null],
    ['npm test $x', ['npm test *'], null],
    ['npm test a b', ['npm test *'], 'matched'],
    ["npm test 'a b'", ['npm test *'], 'matched'],
    ["npm test 'a&calc'", ['npm test *'], null],
    ["npm test '%PATH%'", ['npm test *'], null],
    ['npm test *.ts', ['npm test *'], null],
    ['.\\build.ps1 -Release', ['.\\build.ps1 -Release'], 'named'],
    ['C:\\tmp\\npm test', ['npm test'], null],
    ['ls', ['npm test'], 'reading'],
  ] as const)('%s with the rules %j: %s', (command, rules, permission) => {
    expect(voicePermission(command, rules, 'powershell')).toBe(permission);
  });

  test('a rule, and a request', () => {
    expect(isVoiceRule('.\\build.ps1 -Release')).toBe(true);
    expect(isVoiceRule('a; b')).toBe(false);
    expect(requestPermission({ command: 'gc x', detail: 'gc x', shell: 'powershell' }, [])).toBe('reading');
    expect(requestPermission({ command: 'gc x', detail: 'gc x' }, [])).toBeNull();
    expect(requestPermission({ command: 'gc x', detail: 'gc x', shell: 'cmd' }, [])).toBeNull();
  });
});
