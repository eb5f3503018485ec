import { pino } from 'pino';
import { loadUserSettings } from '../daemon/user-settings.ts';
import { pathsOf } from '../files/paths.ts';
import { catalogue } from '../models/catalogue.ts';
import { chooseModels } from '../models/chosen.ts';
import { estimate, hiddenMs, recommend } from '../models/recommend.ts';
import { MEASURED_SECONDS, measureModels } from '../transcription/pick-model.ts';
import { formatMs, type JsonOption, oneLine, print, printJson, table } from './output.ts';
import { reloadDaemon } from './reload-daemon.ts';

/** Measures what this machine can do, and recommends a model. */
export async function modelsBench(names: string[], options: JsonOption): Promise<void> {
  const { env } = process;
  const { settings, autoModel } = await loadUserSettings(env);
  const watched = !options.json && process.stderr.isTTY;
  const measured = await measureModels({
    ...(names.length > 0 ? { names } : {}),
    env,
    signal: new AbortController().signal,
    logger: pino({ level: 'silent' }),
    onModel: (name) => void (watched && process.stderr.write(`\r${oneLine(name)} ...\x1b[K`)),
  });
  if (watched) process.stderr.write('\r\x1b[K');
  const hidden = hiddenMs(settings.speech.endpoint_ms);
  const best = recommend(measured, hidden);
  if (autoModel && best && names.length === 0) {
    chooseModels(pathsOf(), { picked: best.name });
    await reloadDaemon();
  }
  const estimates = catalogue.flatMap((model) => {
    const ms = measured.some(({ name }) => name === model.name) ? null : estimate(model, measured);
    return ms === null ? [] : [{ name: model.name, about_ms: Math.round(ms), hides: ms <= hidden }];
  });
  if (options.json)
    return printJson({ hidden_ms: hidden, measured, estimates, recommended: best?.name ?? null });
  print(
    `${MEASURED_SECONDS} s of speech; ${formatMs(hidden)} of a decode are hidden by the silence that ends an utterance.\n`,
  );
  print(
    table([
      ['model', 'decode', 'load', 'memory', ''],
      ...measured.map((each) => [
        oneLine(each.name),
        formatMs(each.decodeMs),
        formatMs(each.loadMs),
        each.rssMb === null ? '' : `${each.rssMb} MB`,
        each.decodeMs <= hidden ? 'hidden by the silence' : `adds about ${formatMs(each.decodeMs - hidden)}`,
      ]),
      ...estimates.map(({ name, about_ms, hides }) => [
        name,
        `~${formatMs(about_ms)}`,
        '',
        '',
        hides ? 'estimated: hidden by the silence' : 'estimated',
      ]),
    ]),
  );
  if (best) print(`\nRecommended among the installed models: ${oneLine(best.name)}`);
}
