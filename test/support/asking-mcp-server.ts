/** An MCP server (stdio) with one tool, `ask`, that asks the person for a form and returns what it was given. */
import { createInterface } from 'node:readline';

interface Message {
  id?: number | string;
  method?: string;
  params?: unknown;
  result?: unknown;
}

const send = (message: object): void => {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
};

/** The call of the tool that waits for the form. */
let call: Message['id'];

const schema = {
  type: 'object',
  properties: {
    name: { type: 'string', title: 'Your name', maxLength: 9 },
    mail: { type: 'string', title: 'Your address', format: 'email' },
    times: { type: 'integer', title: 'How often', minimum: 1, maximum: 5, default: 2 },
    colours: {
      type: 'array',
      title: 'Colours',
      maxItems: 2,
      items: {
        anyOf: [
          { const: 'r', title: 'Red' },
          { const: 'g', title: 'Green' },
        ],
      },
    },
    sure: { type: 'boolean', title: 'Are you sure' },
  },
  required: ['name', 'times', 'sure'],
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line) as Message;
  switch (message.method) {
    case 'initialize':
      send({
        id: message.id,
        result: {
          protocolVersion: '2025-06-18',
          capabilities: { tools: {} },
          serverInfo: { name: 'asker', version: '1' },
        },
      });
      return;
    case 'tools/list': {
      const tool = {
        name: 'ask',
        description: 'asks the person',
        inputSchema: { type: 'object', properties: {} },
      };
      send({ id: message.id, result: { tools: [tool] } });
      return;
    }
    case 'tools/call':
      call = message.id;
      send({
        id: 'form',
        method: 'elicitation/create',
        params: { message: 'Fill this in', requestedSchema: schema },
      });
      return;
    case undefined:
      if (message.id === 'form') {
        send({ id: call, result: { content: [{ type: 'text', text: JSON.stringify(message.result) }] } });
      }
      return;
    default:
      if (message.id !== undefined) send({ id: message.id, result: {} });
  }
});
