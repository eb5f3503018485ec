/** One chunk of a RIFF file. */
export interface Chunk {
  id: string;
  body: Buffer;
  /** Bytes that its header promises and the file does not have. */
  missing: number;
}

/** How the numbers of a file are written, and where its chunks are. */
interface Riff {
  littleEndian: boolean;
  chunks: Chunk[];
}

/**
 * From this size on a header is not believed. Programs that write into a pipe do not know the size and write something
 * huge: ffmpeg 5.1 0xffffffff, sox 14.4.2 0x7fffffdc, arecord 1.2.8 0x80000000, others 0x7f000000 or 2,000,000,000. No
 * file of this size is ever read.
 */
const UNBELIEVABLE = 1_900_000_000;

/** Chunks that are found in WAV files. */
const KNOWN: ReadonlySet<string> = new Set(
  'fmt ,data,LIST,fact,bext,JUNK,junk,PAD ,FLLR,ds64,cue ,smpl,inst,iXML,_PMX,aXML,axml,id3 ,ID3 ,PEAK,wavl,slnt,plst,chna,levl,afsp,cart,acid,strc,minf,elm1,regn,umid,DISP,note,labl,ltxt'.split(
    ',',
  ),
);

/** Reads the chunks of a RIFF, RIFX, RF64 or BW64 file of the type WAVE; null: it is a different file. */
export function readRiff(bytes: Buffer): Riff | null {
  const form = bytes.toString('latin1', 0, 4);
  if (bytes.length < 12 || !/^(?:RIFF|RIFX|RF64|BW64)$/.test(form) || name(bytes, 8) !== 'WAVE') return null;
  return { littleEndian: form !== 'RIFX', chunks: new ChunkReader(bytes, form).read() };
}

class ChunkReader {
  readonly #bytes: Buffer;
  readonly #littleEndian: boolean;
  /** Sizes of RF64, by chunk. */
  readonly #sizes = new Map<string, number>();
  readonly #chunks: Chunk[] = [];

  constructor(bytes: Buffer, form: string) {
    this.#bytes = bytes;
    this.#littleEndian = form !== 'RIFX';
  }

  read(): Chunk[] {
    for (let at = 12; at + 8 <= this.#bytes.length; ) at = this.#take(at);
    return this.#chunks;
  }

  /** Takes the chunk at an offset. @returns where the next one begins */
  #take(at: number): number {
    const id = name(this.#bytes, at);
    const start = at + 8;
    // The chunks within a list of wave data follow the name of the list.
    if (id === 'LIST' && name(this.#bytes, start) === 'wavl') return start + 4;
    const written = this.#number(at + 4);
    const size = written === 0xffff_ffff ? (this.#sizes.get(id) ?? written) : written;
    const toEnd = id === 'data' && this.#isUnknown(size, start);
    const body = toEnd ? this.#bytes.subarray(start) : this.#bytes.subarray(start, start + size);
    if (id === 'ds64') this.#readSizes(body);
    this.#chunks.push({ id, body, missing: toEnd ? 0 : size - body.length });
    return toEnd ? this.#bytes.length : this.#next(start + size, size);
  }

  /** True when the writer never knew the size of the data. */
  #isUnknown(size: number, start: number): boolean {
    if (size >= UNBELIEVABLE) return true;
    if (size > 0 || start >= this.#bytes.length) return false;
    // Empty, when the file was finished or real chunks follow; otherwise its header was never corrected.
    const finished = this.#number(4) + 8 === this.#bytes.length;
    return !finished && !this.#isChunk(start);
  }

  /** Chunks begin at even offsets; some programs forget the pad byte, and it may have any value. */
  #next(end: number, size: number): number {
    if (size % 2 === 0) return end;
    const padded = end + 1;
    if (KNOWN.has(name(this.#bytes, padded))) return padded;
    return KNOWN.has(name(this.#bytes, end)) ? end : padded;
  }

  #isChunk(at: number): boolean {
    return KNOWN.has(name(this.#bytes, at)) && at + 8 + this.#number(at + 4) <= this.#bytes.length;
  }

  /** EBU Tech 3306: RIFF size, data size and number of samples, 64 bit; then a table of names and sizes. */
  #readSizes(body: Buffer): void {
    if (body.length < 16) return;
    this.#sizes.set('data', Number(body.readBigUInt64LE(8)));
    for (let at = 28; at + 12 <= body.length; at += 12)
      this.#sizes.set(name(body, at), Number(body.readBigUInt64LE(at + 4)));
  }

  #number(at: number): number {
    if (at + 4 > this.#bytes.length) return 0;
    return this.#littleEndian ? this.#bytes.readUInt32LE(at) : this.#bytes.readUInt32BE(at);
  }
}

function name(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at, at + 4);
}
