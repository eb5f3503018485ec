import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib';

/** One entry of the conversation that Codex sends with every request; only the fields that are read here. */
interface InputItem {
  type?: string;
  role?: string;
  content?: { type?: string; text?: string }[];
  call_id?: string;
  output?: unknown;
}

/** A request of Codex to the model. */
export interface LoopbackRequest {
  /** performance.now() in ms when its headers arrived. */
  at: number;
  model: string;
  /** The whole conversation. */
  input: InputItem[];
  /** The last message of the user; '' when there is none. */
  lastUserText: string;
  /** Every message of the user, oldest first, without the context that Codex adds. */
  userTexts: string[];
  /** The output of the last tool call, when this request follows one; null otherwise. */
  toolOutput: string | null;
}

/** Bodies contain the whole conversation. This is far more than a demo or a test needs. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

const DECODERS: Record<string, (body: Buffer) => Promise<Buffer>> = {
  identity: (body) => Promise.resolve(body),
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
};

/** Reads and decompresses a request's body. @throws Error when it is too long or its encoding is unknown */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new Error('the request is too long');
    chunks.push(chunk);
  }
  const encoding = request.headers['content-encoding'] ?? 'identity';
  const decode = DECODERS[encoding];
  if (!decode) throw new Error(`unknown content-encoding ${encoding}`);
  return (await decode(Buffer.concat(chunks))).toString('utf8');
}

/** Parses the body of POST /v1/responses. @throws Error when it is invalid */
export function parseRequest(body: string, at: number): LoopbackRequest {
  const value: unknown = JSON.parse(body);
  if (typeof value !== 'object' || value === null || !('input' in value) || !Array.isArray(value.input)) {
    throw new Error('the body has no input');
  }
  const input = value.input as InputItem[];
  const texts = input.filter((item) => item.role === 'user').map(textOf);
  const userTexts = texts.filter((text) => !isContext(text));
  const last = input.at(-1);
  return {
    at,
    model: 'model' in value && typeof value.model === 'string' ? value.model : '',
    input,
    lastUserText: userTexts.at(-1) ?? '',
    userTexts,
    toolOutput: last?.type?.endsWith('_call_output') ? outputText(last.output) : null,
  };
}

function textOf(item: InputItem): string {
  return (item.content ?? []).map((part) => part.text ?? '').join('');
}

/** Codex adds its own notes in the user's role, wrapped in a tag (0.169.0) or under a heading (AGENTS.md). */
function isContext(text: string): boolean {
  return (
    /^<(environment_context|user_instructions|permissions|skills|turn_aborted|recommended_plugins)/.test(
      text,
    ) || text.startsWith('# AGENTS.md instructions')
  );
}

function outputText(output: unknown): string {
  return typeof output === 'string' ? output : JSON.stringify(output);
}
