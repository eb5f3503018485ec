import type { BalloonEvent, BalloonIcon, BalloonText } from '../../src/win32/balloon.ts';

/** An icon that keeps which balloons it was given, and does what the user does with them. */
export class FakeBalloonIcon implements BalloonIcon {
  readonly shown: BalloonText[] = [];
  removed = 0;
  takes = true;
  #hear: (event: BalloonEvent) => void = () => undefined;

  async open(hear: (event: BalloonEvent) => void): Promise<BalloonIcon> {
    this.#hear = hear;
    return this;
  }

  show(balloon: BalloonText): boolean {
    if (this.takes) this.shown.push(balloon);
    return this.takes;
  }

  remove(): void {
    this.removed += 1;
  }

  close(): void {
    this.remove();
  }

  does(event: BalloonEvent): void {
    this.#hear(event);
  }
}
