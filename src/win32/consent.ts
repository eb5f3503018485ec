import koffi from 'koffi';

// Predefined keys are handles of 32 bits with their sign (winreg.h).
const HKEY_CURRENT_USER = -0x7fff_ffff;
const HKEY_LOCAL_MACHINE = -0x7fff_fffe;
const RRF_RT_REG_SZ = 2;
const MOST_BYTES = 64;

const STORE =
  'SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\CapabilityAccessManager\\ConsentStore\\microphone';

/** The switches of Settings, Privacy & security, Microphone: for the machine, for the user, for desktop apps. */
const SWITCHES: readonly (readonly [number, string])[] = [
  [HKEY_LOCAL_MACHINE, STORE],
  [HKEY_CURRENT_USER, STORE],
  [HKEY_CURRENT_USER, `${STORE}\\NonPackaged`],
];

/**
 * True if Windows keeps the microphone from desktop apps. A switch that the registry does not have is on. The keys are
 * not documented; they were found in reports about Windows 10 and 11.
 */
export function microphoneDenied(): boolean {
  const advapi32 = koffi.load('advapi32.dll');
  const read = advapi32.func(
    'int32_t __stdcall RegGetValueW(intptr_t key, const char16_t *path, const char16_t *name, uint32_t flags, void *type, void *data, void *size)',
  );
  return SWITCHES.some(([key, path]) => {
    const data = Buffer.alloc(MOST_BYTES);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(MOST_BYTES);
    if (read(key, path, 'Value', RRF_RT_REG_SZ, null, data, size) !== 0) return false;
    return data.toString('utf16le', 0, size.readUInt32LE()).replace(/\0.*$/s, '') === 'Deny';
  });
}
