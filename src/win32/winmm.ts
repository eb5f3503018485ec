import koffi from 'koffi';

/** Recording through waveIn. The numbers are those of mmeapi.h, mmsystem.h and mmddk.h. */
export interface WaveInputs {
  /** Names of the recording devices in the order of their numbers; Windows cuts them after 31 characters. */
  names(): string[];
  /** Number of the default device; null: there is none. */
  preferred(): number | null;
  /**
   * Starts to record 16 kHz mono s16le.
   * @param device its number; null: the default device, whichever it is
   * @returns the MMRESULT of Windows when it refuses
   */
  open(device: number | null): WaveStream | number;
}

/** A device that records into buffers of 20 ms. */
export interface WaveStream {
  /** Returns the sound that has arrived, oldest first; an MMRESULT when the device is gone. */
  read(): Uint8Array[] | number;
  /** Frees the device; may be called twice. */
  close(): void;
}

/** Stands for the default device. */
const WAVE_MAPPER = 0xffff_ffff;
const DRVM_MAPPER_PREFERRED_GET = 0x2015;
const WHDR_DONE = 1;
const RATE = 16_000;
const BUFFER_BYTES = 640;
/** A second: how late this thread may be without a loss. */
const BUFFERS = 50;
const SND_NODEFAULT = 0x2;
const SND_FILENAME = 0x2_0000;

const winmm = koffi.load('winmm.dll');

const PLAY = winmm.func('bool __stdcall PlaySoundW(const char16_t *name, void *module, uint32_t flags)');

/** Plays a WAV file to its end, in another thread. @returns false when it could not be played */
export function playSound(file: string): Promise<boolean> {
  return play(file, SND_FILENAME | SND_NODEFAULT);
}

/** Silences what `playSound` plays; that may take a while, so another thread waits for it. */
export async function stopSound(): Promise<void> {
  await play(null, 0);
}

function play(file: string | null, flags: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    PLAY.async(file, null, flags, (error: Error | null, played: boolean) => {
      if (error) reject(error);
      else resolve(played);
    });
  });
}

/** Opens the functions for recording. */
export function openWaveInputs(): WaveInputs {
  const FORMAT = koffi.struct({
    tag: 'uint16_t',
    channels: 'uint16_t',
    rate: 'uint32_t',
    bytesPerSecond: 'uint32_t',
    blockAlign: 'uint16_t',
    bits: 'uint16_t',
    extra: 'uint16_t',
  });
  const HEADER = koffi.struct({
    data: 'void *',
    length: 'uint32_t',
    recorded: 'uint32_t',
    user: 'uintptr_t',
    flags: 'uint32_t',
    loops: 'uint32_t',
    next: 'void *',
    reserved: 'uintptr_t',
  });
  const CAPS = koffi.struct({
    manufacturer: 'uint16_t',
    product: 'uint16_t',
    version: 'uint32_t',
    name: koffi.array('char16_t', 32),
    formats: 'uint32_t',
    channels: 'uint16_t',
    reserved: 'uint16_t',
  });
  const count = winmm.func('uint32_t __stdcall waveInGetNumDevs()');
  const caps = winmm.func('__stdcall', 'waveInGetDevCapsW', 'uint32_t', [
    'uintptr_t',
    koffi.out(koffi.pointer(CAPS)),
    'uint32_t',
  ]);
  const message = winmm.func(
    'uint32_t __stdcall waveInMessage(uintptr_t device, uint32_t message, void *first, void *second)',
  );
  const open = winmm.func('__stdcall', 'waveInOpen', 'uint32_t', [
    koffi.out(koffi.pointer('void *')),
    'uint32_t',
    koffi.pointer(FORMAT),
    'uintptr_t',
    'uintptr_t',
    'uint32_t',
  ]);
  const [prepare, unprepare, add] = (
    ['waveInPrepareHeader', 'waveInUnprepareHeader', 'waveInAddBuffer'] as const
  ).map((name) => winmm.func(`uint32_t __stdcall ${name}(void *handle, void *header, uint32_t size)`));
  const [start, reset, close] = (['waveInStart', 'waveInReset', 'waveInClose'] as const).map((name) =>
    winmm.func(`uint32_t __stdcall ${name}(void *handle)`),
  );
  if (!prepare || !unprepare || !add || !start || !reset || !close)
    throw new Error('winmm.dll is incomplete');
  const size = koffi.sizeof(HEADER);

  const record = (handle: unknown): WaveStream | number => {
    const buffers = Array.from({ length: BUFFERS }, () => {
      const data = koffi.alloc('uint8_t', BUFFER_BYTES);
      const header = koffi.alloc(HEADER, 1);
      const empty = { recorded: 0, user: 0, flags: 0, loops: 0, next: null, reserved: 0 };
      koffi.encode(header, HEADER, { data, length: BUFFER_BYTES, ...empty });
      return { data, header };
    });
    let oldest = 0;
    let closed = false;
    const stream: WaveStream = {
      read() {
        const sound: Uint8Array[] = [];
        // Not more than all of them: a device that fills them at once must not hold this thread.
        for (let n = 0; n < BUFFERS && !closed; n += 1) {
          const buffer = buffers[oldest];
          if (buffer === undefined) break;
          const { flags, recorded } = koffi.decode(buffer.header, HEADER) as {
            flags: number;
            recorded: number;
          };
          if ((flags & WHDR_DONE) === 0) break;
          if (recorded > 0)
            sound.push(Uint8Array.from(koffi.decode(buffer.data, 'uint8_t', recorded) as Uint8Array));
          const refused = add(handle, buffer.header, size) as number;
          if (refused !== 0) return sound.length > 0 ? sound : refused;
          oldest = (oldest + 1) % BUFFERS;
        }
        return sound;
      },
      close() {
        if (closed) return;
        closed = true;
        reset(handle);
        for (const { header } of buffers) unprepare(handle, header, size);
        close(handle);
        for (const { header, data } of buffers) {
          koffi.free(header);
          koffi.free(data);
        }
      },
    };
    for (const { header } of buffers) {
      const refused = (prepare(handle, header, size) || add(handle, header, size)) as number;
      if (refused === 0) continue;
      stream.close();
      return refused;
    }
    const refused = start(handle) as number;
    if (refused === 0) return stream;
    stream.close();
    return refused;
  };

  return {
    names: () =>
      Array.from({ length: count() as number }, (_, device) => {
        const found = { name: '' };
        return caps(device, found, koffi.sizeof(CAPS)) === 0 ? found.name : '';
      }),
    preferred() {
      const device = Buffer.alloc(4);
      const refused = message(WAVE_MAPPER, DRVM_MAPPER_PREFERRED_GET, device, Buffer.alloc(4)) as number;
      const found = device.readInt32LE();
      return refused === 0 && found >= 0 ? found : null;
    },
    open(device) {
      const handle: [unknown] = [null];
      const format = {
        tag: 1,
        channels: 1,
        rate: RATE,
        bytesPerSecond: 2 * RATE,
        blockAlign: 2,
        bits: 16,
        extra: 0,
      };
      const refused = open(handle, device ?? WAVE_MAPPER, format, 0, 0, 0) as number;
      return refused === 0 ? record(handle[0]) : refused;
    },
  };
}
