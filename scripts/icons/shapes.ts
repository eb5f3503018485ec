/**
 * Shapes as signed distances: negative inside, positive outside. Lengths are parts of the icon's width, x to the right,
 * y down, angles in degrees clockwise from the right.
 */
export type Shape = (x: number, y: number) => number;

export function disc(cx: number, cy: number, radius: number): Shape {
  return (x, y) => Math.hypot(x - cx, y - cy) - radius;
}

/** A line with round ends. @param radius half its width */
export function capsule(ax: number, ay: number, bx: number, by: number, radius: number): Shape {
  const [dx, dy] = [bx - ax, by - ay];
  return (x, y) => {
    const share = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
    return Math.hypot(x - ax - share * dx, y - ay - share * dy) - radius;
  };
}

/** A part of a circle's line, with round ends. @param width half of the line's */
export function arc(cx: number, cy: number, radius: number, width: number, from: number, to: number): Shape {
  const end = (degrees: number): Shape => {
    const angle = (degrees * Math.PI) / 180;
    return disc(cx + radius * Math.cos(angle), cy + radius * Math.sin(angle), width);
  };
  const ends = union(end(from), end(to));
  return (x, y) => {
    const angle = (Math.atan2(y - cy, x - cx) * 180) / Math.PI;
    const within = (((angle - from) % 360) + 360) % 360 <= to - from;
    return within ? Math.abs(Math.hypot(x - cx, y - cy) - radius) - width : ends(x, y);
  };
}

/** @param halfWidth and halfHeight with the rounded corners */
export function roundedBox(
  cx: number,
  cy: number,
  halfWidth: number,
  halfHeight: number,
  radius: number,
): Shape {
  return (x, y) => {
    const dx = Math.abs(x - cx) - halfWidth + radius;
    const dy = Math.abs(y - cy) - halfHeight + radius;
    return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
  };
}

/** Corners clockwise; they are rounded outwards by the radius. */
export function triangle(
  ax: number,
  ay: number,
  bx: number,
  by: number,
  cx: number,
  cy: number,
  radius: number,
): Shape {
  const corners = [
    [ax, ay, bx, by],
    [bx, by, cx, cy],
    [cx, cy, ax, ay],
  ] as const;
  const sides = corners.map((side) => capsule(...side, 0));
  return (x, y) => {
    const inside = corners.every(([px, py, qx, qy]) => (qx - px) * (y - py) - (qy - py) * (x - px) >= 0);
    const distance = Math.min(...sides.map((side) => side(x, y)));
    return (inside ? -distance : distance) - radius;
  };
}

export function union(...shapes: readonly Shape[]): Shape {
  return (x, y) => Math.min(...shapes.map((shape) => shape(x, y)));
}

/** The first without the second. */
export function minus(shape: Shape, hole: Shape): Shape {
  return (x, y) => Math.max(shape(x, y), -hole(x, y));
}
