/**
 * The server-sent events of the Responses API that the Codex CLI reads (verified with Codex 0.169.0 and 0.171.0):
 * created, one output item with its deltas, completed with usage.
 */

/** One server-sent event; its `type` is also the event's name. */
export interface ResponsesEvent {
  type: string;
  [key: string]: unknown;
}

/** A tool call of the model. `custom` tools take free text instead of JSON. */
export interface ToolCall {
  id: string;
  name: string;
  /** JSON for a function, free text for a custom tool. */
  input: string;
  custom: boolean;
  /** The MCP server of a function: `mcp__NAME`. */
  namespace?: string;
}

/** Encodes an event for the wire. */
export function encodeEvent(event: ResponsesEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** The first event of every answer. */
export function created(responseId: string): ResponsesEvent {
  return { type: 'response.created', response: { id: responseId } };
}

/** The last event of every answer. `answerChars` and `inputChars` stand in for token counts: four to a token. */
export function completed(responseId: string, inputChars: number, answerChars: number): ResponsesEvent {
  const input = Math.ceil(inputChars / 4);
  const output = Math.ceil(answerChars / 4);
  return {
    type: 'response.completed',
    response: {
      id: responseId,
      usage: {
        input_tokens: input,
        input_tokens_details: null,
        output_tokens: output,
        output_tokens_details: null,
        total_tokens: input + output,
      },
    },
  };
}

/** A failed response, sent instead of `completed`. */
export function failed(responseId: string, code: string, message: string): ResponsesEvent {
  return { type: 'response.failed', response: { id: responseId, error: { code, message } } };
}

export function messageBegins(itemId: string): ResponsesEvent {
  return {
    type: 'response.output_item.added',
    output_index: 0,
    item: { type: 'message', role: 'assistant', id: itemId, content: [] },
  };
}

export function messageDelta(itemId: string, delta: string): ResponsesEvent {
  return { type: 'response.output_text.delta', item_id: itemId, output_index: 0, content_index: 0, delta };
}

export function messageEnds(itemId: string, text: string): ResponsesEvent {
  return {
    type: 'response.output_item.done',
    output_index: 0,
    item: { type: 'message', role: 'assistant', id: itemId, content: [{ type: 'output_text', text }] },
  };
}

/** The complete item of a tool call: Codex acts only on `output_item.done`. */
export function toolCalled(call: ToolCall): ResponsesEvent {
  const item = call.custom
    ? { type: 'custom_tool_call', call_id: call.id, name: call.name, input: call.input }
    : {
        type: 'function_call',
        call_id: call.id,
        name: call.name,
        arguments: call.input,
        ...(call.namespace === undefined ? {} : { namespace: call.namespace }),
      };
  return { type: 'response.output_item.done', output_index: 0, item };
}
