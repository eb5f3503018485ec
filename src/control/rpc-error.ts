import { ErrorCodes, ResponseError } from 'vscode-jsonrpc/node';
import { type ErrorReport, reportOf, VoiceError } from '../errors.ts';

/** The code of every error that is about voice and not about JSON-RPC; `data` says which one. */
export const APPLICATION_ERROR = -32_000;

const REFERENCE = 'docs/control-protocol.md describes the protocol.';

type ProtocolErrorKind =
  | 'ParseError'
  | 'InvalidRequest'
  | 'InvalidParams'
  | 'MethodNotFound'
  | 'ServerNotInitialized';

/** The error of a message that is wrong as such; the codes are JSON-RPC's. */
export function protocolError(kind: ProtocolErrorKind, message: string): ResponseError<ErrorReport> {
  return new ResponseError(ErrorCodes[kind], message, { code: 'protocol-invalid', message, hint: REFERENCE });
}

/** The error of a stream of bytes that cannot be cut into messages. */
export function framingError(error: unknown): ResponseError<ErrorReport> {
  const report = reportOf(error);
  return new ResponseError(ErrorCodes.ParseError, report.message, report);
}

/** Anything a handler threw, as it goes to the client. */
export function responseErrorOf(error: unknown): ResponseError<ErrorReport> {
  if (error instanceof ResponseError) return error;
  const report = reportOf(error);
  const code = error instanceof VoiceError ? APPLICATION_ERROR : ErrorCodes.InternalError;
  return new ResponseError(code, report.message, report);
}

/** The error of a response as it was in the daemon; null: the daemon has reported nothing. */
export function errorOfResponse(error: unknown): VoiceError | null {
  const report: unknown = error instanceof ResponseError ? error.data : undefined;
  return isReport(report) ? new VoiceError(report.code, report.message, report.hint, { cause: error }) : null;
}

/** Was a message refused as such, such as a request that the daemon does not know? */
export function isOfProtocol(error: unknown): boolean {
  const codes: number[] = [ErrorCodes.MethodNotFound, ErrorCodes.InvalidParams];
  return error instanceof ResponseError && codes.includes(error.code);
}

function isReport(value: unknown): value is ErrorReport {
  return (
    typeof value === 'object' && value !== null && 'code' in value && 'message' in value && 'hint' in value
  );
}
