import { ErrorCodes, ResponseError } from 'vscode-jsonrpc/node';
import { type ErrorReport, reportOf, VoiceError } from '../errors.ts';

/** The JSON-RPC code of every error of this program; `data` has the error's own code. */
const APPLICATION_ERROR = -32_000;

const REFERENCE = 'docs/control-protocol.md describes the protocol.';

type ProtocolErrorKind =
  | 'ParseError'
  | 'InvalidRequest'
  | 'InvalidParams'
  | 'MethodNotFound'
  | 'ServerNotInitialized';

/** The error for an invalid message, with a code of JSON-RPC. */
export function protocolError(kind: ProtocolErrorKind, message: string): ResponseError<ErrorReport> {
  return new ResponseError(ErrorCodes[kind], message, { code: 'protocol-invalid', message, hint: REFERENCE });
}

/** The error for a stream of bytes that cannot be split into messages. */
export function framingError(error: unknown): ResponseError<ErrorReport> {
  const report = reportOf(error);
  return new ResponseError(ErrorCodes.ParseError, report.message, report);
}

/** Turns anything that a handler threw into an error for the client. */
export function responseErrorOf(error: unknown): ResponseError<ErrorReport> {
  if (error instanceof ResponseError) return error;
  const report = reportOf(error);
  const code = error instanceof VoiceError ? APPLICATION_ERROR : ErrorCodes.InternalError;
  return new ResponseError(code, report.message, report);
}

/** Restores the daemon's error from a response; null: the daemon has not reported one. */
export function errorOfResponse(error: unknown): VoiceError | null {
  const report: unknown = error instanceof ResponseError ? error.data : undefined;
  return isReport(report) ? new VoiceError(report.code, report.message, report.hint, { cause: error }) : null;
}

/** True when the message itself was refused, for example because the daemon does not know the request. */
export function isOfProtocol(error: unknown): boolean {
  const codes: number[] = [ErrorCodes.MethodNotFound, ErrorCodes.InvalidParams];
  return error instanceof ResponseError && codes.includes(error.code);
}

function isReport(value: unknown): value is ErrorReport {
  return (
    typeof value === 'object' && value !== null && 'code' in value && 'message' in value && 'hint' in value
  );
}
