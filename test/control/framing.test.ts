import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFrame, FrameDecoder } from '../../src/control/framing.ts';

const LIMITS = { frame: 1_000, headers: 200 };
const bodies = (...chunks: (string | Buffer)[]) => {
  const decoder = new FrameDecoder(LIMITS);
  return chunks.flatMap((chunk) => [...decoder.push(Buffer.from(chunk))].map(String));
};

test('frames come out whole, however the stream is cut', () => {
  const messages = fc.array(fc.string({ maxLength: 60 }), { maxLength: 8 });
  fc.assert(
    fc.property(messages, fc.array(fc.nat(40)), (values, cuts) => {
      let stream = Buffer.concat(values.map((value) => encodeFrame(value)));
      const chunks: Buffer[] = [];
      for (const cut of cuts) {
        chunks.push(stream.subarray(0, cut));
        stream = stream.subarray(cut);
      }
      expect(bodies(...chunks, stream).map((body) => JSON.parse(body))).toEqual(values);
    }),
  );
});

test('other headers, other cases, an empty body', () => {
  expect(
    bodies('Content-Type: x; charset=utf-8\r\ncontent-length:2\r\n\r\nab', 'Content-Length: 0\r\n\r\n'),
  ).toEqual(['ab', '']);
});

test('what cannot be cut into frames is refused', () => {
  const wrong: [stream: string, code: string][] = [
    ['hello there\r\n\r\n', 'protocol-invalid'],
    ['\r\n\r\n', 'protocol-invalid'],
    ['X: y\r\n\r\n', 'protocol-invalid'],
    ['Content-Length: -1\r\n\r\n', 'protocol-invalid'],
    ['Content-Length: 0x10\r\n\r\n', 'protocol-invalid'],
    ['Content-Length: 1\r\nContent-Length: 2\r\n\r\n', 'protocol-invalid'],
    ['Content-Length: 1001\r\n\r\n', 'protocol-too-large'],
    ['Content-Length: 99999999999999999999\r\n\r\n', 'protocol-too-large'],
    ['x'.repeat(201), 'protocol-too-large'],
    [`X: ${'y'.repeat(300)}\r\n\r\n`, 'protocol-too-large'],
  ];
  for (const [stream, code] of wrong) {
    expect(() => bodies(stream), stream).toThrow(expect.objectContaining({ code }));
    expect(() => bodies(...stream), stream).toThrow(expect.objectContaining({ code }));
  }
});
