import { STAGES } from '../metrics/percentiles.ts';
import { withDaemon } from './connect.ts';
import { formatMs, type JsonOption, print, printJson, table } from './output.ts';

/** Percentiles of each stage over the answered utterances. */
export async function stats(options: JsonOption): Promise<void> {
  const result = await withDaemon((daemon) => daemon.request('stats', {}));
  if (options.json) {
    printJson(result);
    return;
  }
  const rows = STAGES.flatMap((stage) => {
    const of = result.stages[stage];
    return of ? [[stage, String(of.count), ...[of.median, of.p95, of.max].map(formatMs)]] : [];
  });
  if (rows.length === 0) print('no answered utterances yet');
  else print(table([['stage', 'count', 'median', 'p95', 'max'], ...rows]));
}
