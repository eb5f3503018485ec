import { z } from 'zod';
import { PAYLOADS, TERMINAL_OUTPUT } from '../../src/control/events.ts';
import { type Method, NOTIFICATION_PARAMS, PARAMS } from '../../src/control/params.ts';
import { RESULTS } from '../../src/control/results.ts';
import * as shapes from '../../src/control/shapes.ts';

/** The JSON schemas of all messages of the control socket, made from the schemas that daemon and clients check with. */
export function protocolSchema(): string {
  for (const [id, shape] of Object.entries(shapes))
    if (shape instanceof z.ZodType) z.globalRegistry.add(shape, { ...shape.meta(), id });
  const $defs: Record<string, unknown> = {};
  const schemaOf = (schema: z.ZodType): object => {
    const { $schema: _, $defs: shared, ...own } = z.toJSONSchema(schema, { io: 'input' });
    Object.assign($defs, shared);
    return own;
  };
  const schemasOf = (schemas: Readonly<Record<string, z.ZodType>>): object =>
    Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, schemaOf(schema)]));
  const requests = Object.entries(PARAMS).map(([method, params]) => [
    method,
    { params: schemaOf(params), result: schemaOf(RESULTS[method as Method]) },
  ]);
  const document = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'The control protocol of codex-voice',
    description:
      'control-protocol.md explains it. A newer daemon may send more fields, and names that are not listed.',
    requests: Object.fromEntries(requests),
    notifications: schemasOf(NOTIFICATION_PARAMS),
    events: schemasOf({ ...PAYLOADS, 'terminal/output': TERMINAL_OUTPUT }),
    $defs,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
