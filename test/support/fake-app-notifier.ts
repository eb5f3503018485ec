/**
 * Stands for scripts/single-file/notifier.swift: `fake-app-notifier.ts HEARD [granted | refused]`. It speaks the lines
 * of that file's head comment, and takes no others: a wrong order ends it with 3. Orders go into the file HEARD, a line
 * each. A body is what the user does: `do EVENT` reports that event unless it is quiet, with `ID` for the identifier; `fail` cannot be shown;
 * `crash` ends the program; `silence` is never answered.
 */
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const order = z.union([
  z.strictObject({
    show: z.strictObject({
      id: z.string().min(1),
      title: z.string().min(1).max(200),
      body: z.string().max(4_000),
      actions: z.array(z.strictObject({ key: z.string().min(1), label: z.string().min(1).max(100) })).max(10),
      reply: z
        .strictObject({ label: z.string().min(1).max(100), placeholder: z.string().max(100) })
        .nullable(),
      quiet: z.boolean(),
    }),
  }),
  z.strictObject({ withdraw: z.string().min(1) }),
]);

const [heard = '', manner = 'granted'] = process.argv.slice(2);
const report = (event: Record<string, string>): void => console.log(JSON.stringify(event));

function take(line: string): void {
  const parsed = order.safeParse(JSON.parse(line));
  if (!parsed.success) process.exit(3);
  if (!('show' in parsed.data)) return;
  const { id, body, quiet } = parsed.data.show;
  if (body === 'crash') process.exit(1);
  if (body === 'silence') return;
  if (body === 'fail' || manner === 'refused') {
    report({ failed: id, reason: 'Notifications are not allowed for this application' });
    return;
  }
  report({ shown: id });
  const event = /^do (.*)$/.exec(body)?.[1];
  if (event !== undefined && !quiet) console.log(event.replace('ID', id));
}

appendFileSync(heard, `started ${process.pid}\n`);
report(manner === 'refused' ? { refused: 'they are turned off in System Settings' } : { ready: 'an.app' });
createInterface({ input: process.stdin })
  .on('line', (line) => {
    appendFileSync(heard, `${line}\n`);
    take(line);
  })
  .on('close', () => {
    appendFileSync(heard, 'ended\n');
    process.exit(0);
  });
