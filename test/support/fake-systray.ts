/**
 * Stands for the program of systray2 2.1.4 (tray.go of systray-portable): it says `ready`, reads the menu and then
 * one action a line. What it is told goes into the file of the first argument, a line each; lines of the file of the
 * second are what it prints, as clicks of a person. `update-item` finds its item by `__id` when `seq_id` is negative,
 * and `exit` ends it; at the end of its input it goes on, as the real one does.
 */
import { appendFileSync, readFileSync, watchFile, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

interface Item {
  __id: number;
  title: string;
  items?: Item[] | null;
}
interface Message {
  type?: string;
  item?: Item;
  seq_id?: number;
  items?: Item[];
}

const [heard = '', clicks = ''] = process.argv.slice(2);
/** In the order in which the real one numbers them: what is below an item comes before it. */
const items: Item[] = [];

function add(item: Item): void {
  for (const below of item.items ?? []) add(below);
  items.push(item);
}

/** What a click prints. @param __id of the item */
function click(__id: number): void {
  const seq_id = items.findIndex((item) => item.__id === __id);
  console.log(JSON.stringify({ type: 'clicked', item: items[seq_id], seq_id, __id }));
}

function take({ type, item, seq_id = 0, items: menu }: Message): void {
  if (type === undefined) for (const each of menu ?? []) add(each);
  if (type === 'exit') process.exit(0);
  if (type !== 'update-item' || !item) return;
  const index = seq_id < 0 ? items.findIndex(({ __id }) => __id === item.__id) : seq_id;
  items[index] = item;
}

appendFileSync(heard, `started ${process.pid}\n`);
writeFileSync(clicks, '');
console.log('{"type": "ready"}');
createInterface({ input: process.stdin }).on('line', (line) => {
  appendFileSync(heard, `${line}\n`);
  take(JSON.parse(line));
});
let done = 0;
watchFile(clicks, { interval: 20 }, () => {
  const lines = readFileSync(clicks, 'utf8').split('\n').slice(0, -1);
  for (const line of lines.slice(done)) {
    if (line === 'garbage') console.log('Unhandled signal: hangup');
    else click(Number(line));
  }
  done = lines.length;
});
