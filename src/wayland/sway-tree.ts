import { z } from 'zod';

/** A window, workspace or output of sway's tree: sway-ipc(7). Only windows have a process. */
export const SWAY_NODE = z
  .object({
    id: z.number(),
    type: z.string(),
    focused: z.boolean(),
    name: z.string().nullish(),
    app_id: z.string().nullish(),
    pid: z.number().nullish(),
    /** Of X11 windows. */
    window_properties: z.object({ class: z.string().nullish(), instance: z.string().nullish() }).nullish(),
    rect: z.object({ width: z.number(), height: z.number() }),
    nodes: z.array(z.unknown()).nullish(),
    floating_nodes: z.array(z.unknown()).nullish(),
  })
  .transform(({ app_id, window_properties: x11, nodes, floating_nodes, ...node }) => ({
    ...node,
    /** Names of its application. */
    classes: [app_id, x11?.instance, x11?.class],
    below: [...(nodes ?? []), ...(floating_nodes ?? [])],
  }));
export type SwayNode = z.infer<typeof SWAY_NODE>;

/** Returns all windows below a node of the tree; no window where it is not a node. */
export function windowsBelow(node: unknown): SwayNode[] {
  const { data } = SWAY_NODE.safeParse(node);
  if (!data) return [];
  const below = data.below.flatMap(windowsBelow);
  return data.pid ? [data, ...below] : below;
}
