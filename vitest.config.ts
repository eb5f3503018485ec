import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that record or play sound in real time: a busy machine loses some of it, so one of them runs at a time.
 * test/support/audio.ts starts its servers for these files and for no others.
 */
const SOUND = [
  'test/desktop/{crashes,loop,review}.test.ts',
  'test/cli/doctor.integration.test.ts',
  'test/listening/first-sample.integration.test.ts',
  'test/microphone/{crash,pulse,recorders}.integration.test.ts',
  'test/sounds/{own-sounds,sounds,voice}.integration.test.ts',
];

/**
 * Files that run before a release and every night: they build other programs, systems and packages, compare speeds, need
 * a large desktop, or transcribe many minutes of speech.
 */
const RELEASE = [
  'test/desktop/{comparison,gnome,gnome-48,plasma,plasma-6}.test.ts',
  'test/{focus,hotkey,windows}/kwin.integration.test.ts',
  'test/hotkey/gnome-48.integration.test.ts',
  'test/hotkey/bindings/lines.integration.test.ts',
  'test/package/{cache,deb,formulae,install-bare,install-checkout,install-system,install-trouble,mac-app,npm,rpm}.integration.test.ts',
  'test/single-file/worker.integration.test.ts',
  'test/speech/turn-accuracy.integration.test.ts',
  'test/transcription/{languages,live,whisper-killed,whisper-server,whisper-speech}.integration.test.ts',
  'test/update/{packaged,power-cut}.integration.test.ts',
  'test/wine/*.integration.test.ts',
];

/** Files that take longest, longest first: one of them at the end would leave the other cores with nothing to do. */
const LONGEST = [
  'test/desktop/service.test.ts',
  'test/codex/without-terminal.integration.test.ts',
  'test/cli/verbs.integration.test.ts',
  'test/daemon/without-terminal.integration.test.ts',
  'test/service/ordinary-user.integration.test.ts',
  'test/package/install.integration.test.ts',
  'test/processes/last-words.integration.test.ts',
  'test/codex/session.integration.test.ts',
  'test/cli/doctor-without-sound.integration.test.ts',
  'test/package/file.integration.test.ts',
  'test/ui/ui.integration.test.ts',
  'test/codex/terminal-transport/transport.integration.test.ts',
];

/** The longest files, then the others as vitest orders them. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.findIndex((file) => moduleId.endsWith(`/${file}`));
      return at < 0 ? LONGEST.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

/** A busy machine is slow and not wrong, so what hangs is found late rather than too early. */
const PATIENT_POLLS = { poll: { timeout: 30_000 } };

/** For tests with real parts. */
const PATIENT = {
  expect: PATIENT_POLLS,
  testTimeout: 300_000,
  hookTimeout: 300_000,
  // A module is loaded once, not once a file, which saves 0.4 s of processor time a file. No test may leave anything behind.
  isolate: false,
  unstubEnvs: true,
  /** scripts/test.sh counts the tests that need it. */
  retry: 1,
};

/** Variables of the session in which the tests are run: they must find no display, bus, sound or account but their own. */
const SESSION =
  /^(DISPLAY|WAYLAND_|XAUTHORITY|XDG_(RUNTIME|CONFIG|STATE|DATA|SESSION|CURRENT)|DBUS_|PULSE_|PIPEWIRE_|ALSA_|CODEX_HOME|OPENAI_|LANG|LC_|TMUX|NODE_OPTIONS)/;
for (const name of Object.keys(process.env)) if (SESSION.test(name)) delete process.env[name];
process.env.LANG = 'C.UTF-8';

/** What allows a file to start sound servers. */
const WITH_SOUND = { CODEX_VOICE_TEST_SOUND: '1' };

/** Each file belongs to one project, so `vitest run FILE` needs no name of it. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles: ['test/support/load-first.ts'],
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, 'test/**/*.integration.test.ts', 'test/{desktop,long}/**'],
          // Hundreds of random cases a test: on a busy machine they take their time.
          testTimeout: 60_000,
          expect: PATIENT_POLLS,
          // Half of the processor time: a module is loaded once, not once a file. So no test may leave anything behind.
          isolate: false,
        },
      },
      {
        test: {
          ...PATIENT,
          name: 'integration',
          include: ['test/**/*.integration.test.ts'],
          exclude: [...configDefaults.exclude, ...SOUND, ...RELEASE, 'test/desktop/**'],
        },
      },
      {
        test: {
          ...PATIENT,
          name: 'desktop',
          include: ['test/desktop/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...SOUND, ...RELEASE],
        },
      },
      {
        test: {
          ...PATIENT,
          name: 'sound',
          include: SOUND,
          exclude: [...configDefaults.exclude, ...RELEASE],
          env: WITH_SOUND,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...PATIENT,
          name: 'release',
          include: RELEASE,
          env: WITH_SOUND,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'long',
          include: ['test/long/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 3 },
          testTimeout: 3_600_000,
        },
      },
    ],
  },
});
