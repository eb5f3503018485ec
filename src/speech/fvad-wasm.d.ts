/** The used part of @echogarden/fvad-wasm 0.2.0, an Emscripten build of libfvad without types. */
declare module '@echogarden/fvad-wasm' {
  export interface Fvad {
    /** Replaced whenever the WASM memory grows, so read it at every use. */
    readonly HEAP16: Int16Array;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    /** 0 when out of memory. */
    _fvad_new(): number;
    _fvad_free(vad: number): void;
    /** Also sets mode 0 and 8 kHz. */
    _fvad_reset(vad: number): void;
    /** 0, or -1 for a mode that is not 0 to 3. */
    _fvad_set_mode(vad: number, mode: number): number;
    /** 0, or -1 for a rate that is not 8, 16, 32 or 48 kHz. */
    _fvad_set_sample_rate(vad: number, hz: number): number;
    /** 1: speech, 0: none, -1: not 10, 20 or 30 ms long. */
    _fvad_process(vad: number, samples: number, length: number): number;
  }
  export default function load(): Promise<Fvad>;
}
