/** pino-roll 4.0.0 has no types of its own; this is the part that is used. */
declare module 'pino-roll' {
  import type { SonicBoom } from 'sonic-boom';

  interface Options {
    file: string;
    /** e.g. `5m` */
    size?: string;
    extension?: string;
    symlink?: boolean;
    /** `count`: old files beside the one in use. */
    limit?: { count: number; removeOtherLogFiles?: boolean };
    /** sonic-boom's */
    mkdir?: boolean;
    mode?: number;
    sync?: boolean;
  }
  export default function roll(options: Options): Promise<SonicBoom & { readonly file: string }>;
}
