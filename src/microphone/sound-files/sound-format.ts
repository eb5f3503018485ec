/** How the files of a format begin. */
interface Beginning {
  name: string;
  at: number;
  bytes: Buffer;
}

const text = (name: string, bytes: string, at = 0): Beginning => ({
  name,
  at,
  bytes: Buffer.from(bytes, 'latin1'),
});

/** Formats that a converter reads, as users know them. */
const BEGINNINGS: readonly Beginning[] = [
  text('an MPEG-4 (m4a)', 'ftyp', 4),
  text('a WebM or Matroska', '\x1a\x45\xdf\xa3'),
  text('an Opus', 'OpusHead', 28),
  text('an Ogg', 'OggS'),
  text('an MP3', 'ID3'),
  text('an MP3', '\xff\xfb'),
  text('an MP3', '\xff\xf3'),
  text('an MP3', '\xff\xf2'),
  text('an AAC', '\xff\xf1'),
  text('an AAC', '\xff\xf9'),
  text('a FLAC', 'fLaC'),
  text('a Windows Media', '\x30\x26\xb2\x75'),
  text('an AIFF', 'FORM'),
  text('a CAF', 'caff'),
  text('an AMR', '#!AMR'),
  text('a Sun audio', '.snd'),
  text('a Wave64', 'riff'),
];

/** Returns the format of a sound file that is not WAV, such as "an Opus"; null: it is none that is known. */
export function soundFormat(bytes: Buffer): string | null {
  const found = BEGINNINGS.find(({ at, bytes: begin }) =>
    bytes.subarray(at, at + begin.length).equals(begin),
  );
  return found?.name ?? null;
}
