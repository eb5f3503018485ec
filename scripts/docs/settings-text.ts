import type { Settings } from '../../src/settings/schema.ts';

/** What each key of config.toml does, in Markdown. A key without a sentence does not compile. */
type Texts = {
  [Table in keyof Settings]: Record<keyof Item<Settings[Table]> & string, string>;
};
type Item<T> = T extends readonly (infer E)[] ? E : T;

export const KEY_TEXTS: Texts = {
  hotkey: {
    listen:
      'The key that starts listening: modifiers (`Ctrl`, `Alt`, `Shift`, `Super`) and a key, a media key such as `XF86AudioMicMute`, or a mouse button such as `Mouse8`. [Desktops](desktops.md#keys-and-mouse-buttons) has the names.',
    mode: '`toggle`: press and speak; silence ends it, and a second press ends it at once. `hold`: listen while the key is down. `auto`: a tap toggles, and holding the key for more than 300 ms is push-to-talk.',
    cancel: 'The key that cancels. It is grabbed only while listening.',
    backend:
      '`auto` takes the first backend that works. `none`: no hotkey; bind a key of the desktop to `codex-voice toggle`.',
  },
  audio: {
    device:
      'A source: its name, number or description (`pactl list short sources`); on Windows the name or number of a recording device. A monitor of a loudspeaker is recorded only when you name it here.',
    backend:
      '`auto` tries `winmm` on Windows, `audioqueue` on macOS, and `pulse` elsewhere (talks to the sound server itself and starts no program), then `parec`, `pw-record`, `arecord`, `sox`, `rec`. With `file`, `device` is the path of a [sound file](#the-microphone).',
    keep_open:
      '`true` keeps the microphone open, with half a second of sound in memory. This helps slow Bluetooth devices.',
    headset_profile:
      'A Bluetooth headset that plays music has no microphone. `ask`: `status` and `doctor` say so. `switch`: uses its headset profile while you speak. `keep`: reports nothing.',
  },
  speech: {
    detector:
      '`webrtc` is for machines on which ONNX Runtime does not load. It takes a steady hum for speech.',
    endpoint_ms: 'The silence that ends an utterance, in ms.',
    adaptive_endpoint:
      '`true`: 224 ms when the sentence is complete, `endpoint_ms` when that is uncertain, 2 s when it is not complete ([how](endpointing.md)). `false`: always `endpoint_ms`.',
    max_seconds: 'The longest utterance.',
  },
  performance: {
    whisper_model:
      'The embedded model, another name that `codex-voice models` lists, or the path of a ggml or GGUF file. `auto`: the largest model on this machine that is fast enough (measured once). See [models](models.md).',
    recording_seconds: '0: silence ends the recording. N: every recording takes N seconds.',
    parallel_transcription:
      '`true` transcribes while you speak: partial texts appear, and the text is ready when you finish. `false` transcribes everything afterwards.',
    cache_transcripts: 'The same sound gets its text at once. Texts are kept in memory only.',
  },
  models: {
    mirror: "An address that has the files of whisper.cpp's model repository; empty: that repository.",
  },
  transcription: {
    engine: "`whisper`: on this machine. `openai`: any server with OpenAI's API; your speech is sent to it.",
    url: "The address of the server, for example `http://gpu:8000/v1`, with a query if it needs one. Empty: OpenAI's own. See [A transcription server](#a-transcription-server).",
    language: 'Any other code, and `auto`, need a [multilingual model](models.md).',
    model: 'The name that the server has for its model.',
    key_file:
      "A private file (`chmod 600`) with the key of the server. Otherwise `CODEX_VOICE_TRANSCRIPTION_KEY` is used and, for OpenAI's own address, `OPENAI_API_KEY`.",
    allow_http:
      '`true` allows sending the key to another machine over plain http. Your speech is sent in any case; `config check` and `doctor` warn about it.',
    timeout_seconds:
      'How long the server may take. The model on this machine takes over after 1.5 s, or when the server fails; `status` reports that.',
  },
  codex: {
    command: 'The Codex CLI.',
    directory:
      'The folder to use when there is no `[[project]]`. Empty: the folder in which the daemon was started.',
    keep_alive:
      '`false` stops Codex after `session_timeout` idle seconds. The conversation is resumed with the next prompt.',
    session_timeout: 'See `keep_alive`.',
    streaming: 'The answer grows in the notification.',
    when_busy:
      'What happens to a prompt while Codex works. `queue`: it is sent when the turn ends. `steer`: it is typed into the running turn. `interrupt`: the turn is stopped, then the prompt is sent.',
    transport:
      '`auto`: `app-server`, or `terminal` if the Codex CLI is too old for it. With `app-server`, prompts are also sent when nothing can be typed into the hidden terminal.',
    pool_size:
      'How many projects keep their Codex running. Beyond that, the one used longest ago is parked first.',
  },
  approvals: {
    spoken:
      '`true`: a request that was read aloud (spd-say, espeak-ng, say) can be answered by voice, with exactly the phrases below. See [approvals](approvals.md#by-voice).',
    approve: 'The phrases that approve.',
    deny: 'The phrases that deny.',
    voice_commands:
      'Commands that may be approved by voice, such as `["npm test", "cargo test *"]`, in addition to commands that only read.',
    remind_seconds: 'A request that waits this long is shown again. Nothing is ever approved by time.',
  },
  security: {
    socket_decisions:
      '`people`: programs that Codex started may only look. `nobody`: no decisions over the control socket at all, only with buttons and by voice. See [approvals](approvals.md#codex-cannot-approve-itself).',
  },
  prompt: {
    review:
      '`notify`: your words are shown first, and sent after `review_seconds` unless you cancel or edit them. See [review](review.md).',
    review_seconds: 'The length of that countdown.',
    vocabulary:
      '`true`: names in your project get their exact spelling, and "camel case foo bar" becomes `fooBar`. See [vocabulary](vocabulary.md).',
  },
  reply: {
    notify:
      '`true`: one notification from the key press to the answer. `"quiet"`: only what needs you, and answers that do not pop up. `false`: none. See [Notifications](#notifications).',
    sound:
      'Short sounds when listening begins, when it ends, when an answer arrives, when Codex asks, and on failure.',
    speak:
      '`true` reads the first sentence of an answer aloud (spd-say, espeak-ng, say, SAPI), without code.',
    popup:
      '`approval`: the terminal opens, or comes to the front, when Codex asks. `always`: also with each prompt. Neither happens while you look at the project in a terminal of yours.',
    terminal:
      'The terminal for the button Open and for `attach --popup`. `auto`: the first one that is installed.',
  },
  tray: {
    enabled: 'An icon with a menu, if the desktop has a panel for it. See [the tray](tray.md).',
  },
  update: {
    auto: '`notify`: reports a new version. `install`: installs it when nothing is going on. `off`: never looks. See [updates](updates.md).',
    channel: '`beta` includes unfinished releases.',
  },
  replace: {
    from: 'The words to replace: whole words, in any case.',
    to: 'What replaces them.',
  },
  project: {
    name: 'The name you say and see.',
    path: 'The folder in which Codex works.',
    aliases: 'Other names for it.',
  },
};

/** What a table as a whole does, where its keys do not say so. */
export const TABLE_TEXTS: Partial<Record<keyof Settings, string>> = {
  replace:
    'Any number of these. They apply before everything else, all at once: the longest phrase first, and never to the result of another rule.',
  project: 'Any number of these. The first one is the default. See [projects](projects.md).',
};
