import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isVoiceRule, voicePermission } from '../../src/approvals/voice.ts';

const lines = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

/** One a line: these only read. */
const READING = lines(String.raw`
ls
ls -la
ls -la src test
ls -R src
pwd
cat README.md
cat src/main.ts src/errors.ts
cat src/*.ts
cat -n 'a file.txt'
cat "a file.txt"
cat a\ file.txt
head -n 20 README.md
head -20 README.md
tail -n 5 log.txt
tail -f log.txt
wc -l src/main.ts
wc -l src/*.ts
stat package.json
file assets/icon.png
file -b --mime-type assets/icon.png
du -sh node_modules
df -h
which node
type -a node
command -v node
basename src/main.ts
dirname src/main.ts
realpath src
readlink link
grep -rn needle src
grep -E 'a|b' README.md
grep -e needle -e thread src/main.ts
egrep needle README.md
rg needle
rg -n --hidden needle src
rg -g '*.ts' needle
rg -tts 'function (\w+)' src
rg --glob '*.ts' --max-count 3 needle
rg --files src
find . -name '*.ts'
find src -type f -newer package.json
find . -maxdepth 2 -not -name '*.md' -print
find . \( -name '*.ts' -o -name '*.js' \) -size +10k -print0
find src -name '*.ts' -printf '%f\n'
git status
git status --short --branch
git status -sb
git --no-pager log --oneline -20
git log -n 5
git log --since='2 weeks ago' --author=me --stat
git log -p src/main.ts
git log --pretty=format:%h --no-merges
git diff
git diff --stat
git diff --cached --name-only
git diff HEAD~1 -- src
git show HEAD
git show HEAD:src/main.ts
git show --stat HEAD
git blame -L 1,20 src/main.ts
git branch
git branch -a
git branch -vv
git branch --show-current
git tag
git tag -l
git ls-files
git ls-files --others --exclude-standard
git rev-parse HEAD
git rev-parse --show-toplevel
git rev-parse --abbrev-ref HEAD
git rev-list --count HEAD
git describe --tags --always
git merge-base main HEAD
sort names.txt
sort -rn -k2 -t, names.txt
sort -u names.txt
uniq -c
uniq names.txt
cut -d: -f1 names.txt
tr a-z A-Z
nl README.md
tac README.md
comm a b
cmp a b
diff a b
diff -u a b
diff -r src lib
paste a b
join a b
od -c a
strings a
md5sum a
sha256sum package.json
jq . package.json
jq -r .version package.json
jq '.dependencies | keys' package.json
sed -n 1,20p README.md
sed -n '1,20p' README.md
sed -n '$p' README.md
sed -n '/begin/,/end/p' README.md
sed 's/a/b/g' README.md
sed -E 's/(a)/\1b/' README.md
sed -e 1d -e 2d README.md
sed -n '1p;3p' README.md
tree -L 2
tree -a src
date
date +%F
date -u
whoami
id
uname -a
nproc
uptime
echo hello
echo 'hello; rm x'
printf '%s\n' hello
true
test -f package.json
seq 1 10
ls | wc -l
ls && pwd
ls; pwd
cat a | grep b | sort | uniq -c | sort -rn | head -5
git log --oneline | head -3
test -f a || echo none
rg needle | head -n 5
cat package.json | jq .scripts
`);

/** One a line: these must have a button. */
const OTHERS = lines(String.raw`
mv a b
cp a b
cp /dev/null f
tee f
ls | tee f
cat a | tee -a b
sed -i s/a/b/ f
sed -i.bak s/a/b/ f
sed --in-place s/a/b/ f
sed -n -i p f
sed -ni p f
sed -n 'w out' f
sed 's/a/b/w out' f
sed 's/a/touch x/e' f
sed 's/a/b/gw out' f
sed '1e touch x' f
sed e f
sed -f script f
sed -n '1p;w out' f
sed -e p -e 'w out' f
sed 'r /etc/passwd' f
sed 's,a,b,w out' f
sed --expression='w out' f
sed -ne 'w out' f
ln -s a b
ln -sf a b
perl -i -pe s/a/b/ f
perl -e 1
patch -p1
patch < a
unzip -o a.zip
unzip a.zip
tar xf a.tar
gunzip a.gz
gzip a
make
make install
make -n
cmake .
ninja
python x.py
python3 -m http.server
python -c 1
node x.js
node -e 1
ruby x.rb
php x.php
deno run x.ts
bun x.ts
go run .
cargo run
cargo test
npm test
npm run build
npm install
npx tsc
yarn
pnpm install
pip install x
./script.sh
./ls
bash script.sh
bash -c ls
sh -c 'ls'
zsh -c ls
source x
. x
eval ls
exec ls
env ls
env -i ls
command ls
builtin ls
time ls
nice ls
nohup ls
sudo ls
doas ls
su -c ls
xargs ls
ls | xargs cat
ls | xargs rm
parallel ls
watch ls
timeout 5 ls
stdbuf -o0 ls
setsid ls
script -c ls
ssh host ls
curl x
wget x
nc x 1
rsync a b
scp a b:c
docker ps
kubectl get pods
systemctl status x
kill 1
killall x
rm a
rmdir a
mkdir a
touch a
truncate -s 0 a
dd if=a of=b
install a b
chmod +x a
chown a b
mkfifo a
mktemp
split a
csplit a 1
shred a
cat a > b
cat a >> b
cat a >b
cat < a
cat <<< a
cat << EOF
cat a 2> b
ls 2>/dev/null
ls >&2
ls &> a
ls > /dev/null
cat a >| b
ls $(cat names)
ls $HOME
ls "$HOME"
cat <(ls)
ls >(cat)
diff <(ls) <(pwd)
echo $'a'
echo $((1+1))
ls &
ls & pwd
ls |& cat
ls ;; pwd
ls &&& pwd
ls ||| pwd
ls && rm x
ls; rm x
ls || rm x
ls | sh
ls | bash
pwd && make
make && pwd
ls &&
&& ls
; ls
| ls
FOO=1 ls
PATH=. ls
LD_PRELOAD=./x.so ls
GIT_PAGER=x git log
A+=1 ls
FOO=1
/tmp/ls
/bin/ls
/usr/bin/cat a
../ls
bin/ls
~/bin/ls
ls ~
(ls)
{ ls; }
! ls
if true; then ls; fi
for f in a; do cat a; done
while true; do ls; done
function ls { rm x; }
ls() { rm x; }
alias ls=rm
unset PATH
export A=b
set -x
trap ls EXIT
cd src
cd src && ls
pushd src
ls # comment
ls {a,b}
cat {a,b}
*
* a
cat *
cat *.ts
cat ?
cat [a-z]
sort *
rg needle *
cat -*
find . -delete
find . -name x -delete
find . -exec ls {} +
find . -exec rm {} \;
find . -execdir ls {} +
find . -ok ls {} \;
find . -okdir ls {} \;
find . -fprint out
find . -fprint0 out
find . -fprintf out %p
find . -fls out
find -D exec .
find . -files0-from x
find . -name
rg --pre ./x needle
rg --pre=./x needle
rg --pre-glob x needle
rg --hostname-bin x needle
rg -z needle
rg --search-zip needle
rg -nz needle
sort -o out a
sort -oout a
sort -ro out a
sort --output=out a
sort --output out a
sort --out=out a
sort --compress-program=./x a
sort -T dir a
sort a -o b
uniq a b
uniq -c a b
tree -o out
tree -ao out
tree --output out
file -C -m magic
file -z a
diff -l a b
diff -rl a b
diff --paginate a b
date -s tomorrow
date 010100002030
date --set=tomorrow
git
git add .
git commit -m x
git commit -am x
git push
git push --force
git pull
git fetch
git clone x
git checkout .
git checkout main
git switch main
git restore .
git reset --hard
git clean -fdx
git stash
git rebase main
git merge main
git cherry-pick x
git revert x
git apply a.patch
git am a.patch
git mv a b
git rm a
git init
git gc
git config user.name x
git config alias.status '!rm x'
git -c core.pager=x log
git -c alias.x='!rm y' x
git -C .. status
git --git-dir=x status
git --exec-path=. status
git -p log
git log --output=out
git log --output out
git diff --output=out
git diff --ext-diff
git show --output=out
git log --ext-diff
git log --textconv
git diff --no-index a b
git log --show-signature
git log --format=%G?
git log --format='%h %GG'
git log -M --output=out
git log --format --output=out
git grep -O x
git grep x
git branch new
git branch -d old
git branch -D old
git branch -m a b
git branch --list -d x
git branch --edit-description
git tag v1
git tag -d v1
git tag -a v1 -m x
git describe --dirty
git remote add a b
git submodule update
git worktree add x
git bisect run x
git notes add
git hash-object -w a
git update-ref a b
git difftool
git mergetool
git filter-branch
git lfs pull
git daemon
git web--browse x
git status2
less a
more a
man ls
vi a
vim a
nano a
ed a
emacs a
code .
open a
xdg-open a
awk 1 a
awk '{print}' a
gawk 1 a
bat a
xxd -r a b
xxd a b
base64 -d a
openssl enc a
gpg -d a
crontab -l
at now
history -c
fc -s
command
command rm x
env
printenv
hostname x
ps
top
mount
umount a
ln
сat README.md
ｌｓ
ls‐la
ls — la
ls “a”
echo ü
git stаtus
'l's;rm x
ls\
"ls
'ls
ls \$(x)
echo a!b
`);

/** Those that cannot stand in such a list. */
const SPECIAL = [
  ['ls $', '{HOME}'].join(''),
  'ls `cat names`',
  'echo "$(rm x)"',
  'echo "`rm x`"',
  'cat\ta',
  'ls\u202e',
  'ls\nrm x',
  'ls\n',
  'ls\r',
  'ls\0',
  '\nls',
  'cat a\npwd',
  '',
  '   ',
  'ls\u200b',
  'ls\u00a0-la',
];

describe('what a voice may approve', () => {
  test('there are a few hundred of them', () => {
    expect(new Set([...READING, ...OTHERS]).size).toBeGreaterThan(400);
  });
  test.each(READING)('reads: %s', (command) => {
    expect(voicePermission(command, [])).toBe('reading');
  });
  test.each([...OTHERS, ...SPECIAL])('needs a button: %j', (command) => {
    expect(voicePermission(command, [])).toBeNull();
  });

  test('whatever is joined to a command that needs a button, it needs one', () => {
    const join = fc.constantFrom(' && ', ' || ', '; ', ' | ', ' & ', '\n');
    const reading = fc.constantFrom(...READING);
    const other = fc.constantFrom(...OTHERS.filter((command) => !/^['"]|\\$|"ls|^\[/u.test(command)));
    fc.assert(
      fc.property(reading, join, other, fc.boolean(), (read, between, rest, first) => {
        const command = first ? `${rest}${between}${read}` : `${read}${between}${rest}`;
        expect(voicePermission(command, [])).toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['npm test', ['npm test'], 'named'],
    ['npm  test', ['npm test'], 'named'],
    ["npm 'test'", ['npm test'], 'named'],
    ['npm test -- --watch', ['npm test'], null],
    ['npm test && npm run lint', ['npm test', 'npm run lint'], 'named'],
    ['npm test && ls', ['npm test'], 'matched'],
    ['npm test && rm x', ['npm test'], null],
    ['npm test > out', ['npm test'], null],
    ['npm test $(x)', ['npm test *'], null],
    ['CI=1 npm test', ['npm test'], null],
    ['npm test', ['npm test *'], 'matched'],
    ['npm test a b', ['npm test *'], 'matched'],
    ['npm run build', ['npm run *'], 'matched'],
    ['npm install', ['npm run *'], null],
    ['cargo build --release', ['cargo * --release'], 'matched'],
    ['cargo build x --release', ['cargo * --release'], null],
    ['cargo build *.rs', ['cargo build *'], null],
    ['cargo build src/*.rs', ['cargo build *'], null],
    ['/tmp/npm test', ['npm test'], null],
    ['./run.sh', ['./run.sh'], 'named'],
    ['ls', ['npm test'], 'reading'],
  ] as const)('%s with the rules %j: %s', (command, rules, permission) => {
    expect(voicePermission(command, rules)).toBe(permission);
  });

  test.each(['npm test', 'cargo test *', './run.sh', "echo 'a b'"])('is a rule: %s', (rule) => {
    expect(isVoiceRule(rule)).toBe(true);
  });
  test.each(['*', '* test', 'a && b', 'a | b', 'a > b', 'a $(b)', '', 'a*', 'nüx'])('is none: %s', (rule) => {
    expect(isVoiceRule(rule)).toBe(rule === 'a*');
  });
});
