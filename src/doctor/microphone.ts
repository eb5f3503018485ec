import { type Microphone, SAMPLE_RATE } from '../microphone/microphone.ts';
import { openMicrophone } from '../microphone/open-microphone.ts';
import { type CheckContext, type Finding, ok, warning } from './check.ts';

/** Length of the recording, samples. */
const WANTED = SAMPLE_RATE / 2;
/** Some devices deliver zeros while they wake up: only after this many samples there is no sound, samples. */
const PATIENCE = 2 * SAMPLE_RATE;

/** Really records half a second with the recorders and the device of the settings; the sound is thrown away. */
export async function checkMicrophone(context: CheckContext, signal: AbortSignal): Promise<Finding> {
  const { env, logger } = context;
  const { device, backend, headset_profile: headset } = context.settings.audio;
  const microphone = openMicrophone({
    device,
    backend,
    keepOpen: false,
    headset,
    env,
    logger,
    onTrouble: (error) => logger.debug({ err: error }, 'the microphone check'),
  });
  try {
    // The daemon is connected long before a key is pressed: the first recording makes up for that.
    await record(microphone, signal, { wanted: 1, patience: 1 });
    const heard = await record(microphone, signal, { wanted: WANTED, patience: PATIENCE });
    return findingOf(microphone, heard);
  } finally {
    await microphone.close();
  }
}

interface Heard {
  samples: number;
  /** Sum of the squares. */
  power: number;
  /** From the start to the first frame, ms. */
  firstMs: number;
}

/** @param wanted how much is recorded, samples; `patience`: how much of nothing but zeros */
async function record(
  microphone: Microphone,
  signal: AbortSignal,
  { wanted, patience }: { wanted: number; patience: number },
): Promise<Heard> {
  const heard: Heard = { samples: 0, power: 0, firstMs: 0 };
  const enough = new AbortController();
  const started = performance.now();
  for await (const { samples, at } of microphone.record(AbortSignal.any([signal, enough.signal]))) {
    if (heard.samples === 0) heard.firstMs = at - started;
    heard.samples += samples.length;
    for (const sample of samples) heard.power += sample * sample;
    if (heard.samples >= (heard.power > 0 ? wanted : patience)) enough.abort();
  }
  return heard;
}

function findingOf({ state }: Microphone, heard: Heard): Finding {
  const { backend, device, source, trouble, refused } = state;
  if (trouble !== null) return warning(trouble);
  const named = source ?? (device === 'default' ? null : `device ${device}`);
  const from = named === null ? `${backend}` : `${backend}, ${named}`;
  const passedOver = refused.map((each) => `; ${each.backend} was skipped: ${each.reason}`).join('');
  if (heard.power === 0) {
    return warning({
      code: 'microphone-silent',
      message: `The microphone delivers only zeros (${from})${passedOver}.`,
      hint: 'It is probably muted, or the wrong one. Check the sound settings, or set [audio] device.',
    });
  }
  const dbfs = 10 * Math.log10(heard.power / heard.samples);
  return ok(
    `${from}: first sound after ${Math.round(heard.firstMs)} ms, ${Math.round(dbfs)} dBFS${passedOver}`,
  );
}
