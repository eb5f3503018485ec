import type { CoreFoundation } from './core-foundation.ts';
import { ObjectiveC } from './objective-c.ts';

const AV_FOUNDATION = '/System/Library/Frameworks/AVFoundation.framework/AVFoundation';
/** AVAuthorizationStatus of AVCaptureDevice.h, in its order. */
const STATUSES = ['undecided', 'restricted', 'denied', 'allowed'] as const;

/** `undecided`: macOS asks the user at the first recording, and delivers silence until then. */
export type MicrophonePermission = (typeof STATUSES)[number];

/**
 * Returns whether macOS lets this program record: after AVCaptureDevice.h; not run on a Mac.
 * @throws Error when a library is missing
 */
export function microphonePermission(
  foundation: CoreFoundation,
  { framework = AV_FOUNDATION, runtime }: { framework?: string; runtime?: string } = {},
): MicrophonePermission {
  const objc = new ObjectiveC([framework], runtime);
  // AVMediaTypeAudio
  const sound = foundation.string('soun');
  const status = objc.send(objc.classOf('AVCaptureDevice'), 'authorizationStatusForMediaType:', sound);
  foundation.release(sound);
  return STATUSES[Number(status)] ?? 'undecided';
}
