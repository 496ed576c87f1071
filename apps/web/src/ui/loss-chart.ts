export interface Chart {
  path: string;
  /** Where the line ends, as shares of the chart. */
  end: { x: number; y: number };
  value: string;
}

/** The line of a loss curve: the top is its highest value, the foot is nil. Null when there is nothing to draw. */
export function chartOf(points: readonly (readonly [number, number])[], width: number, height: number): Chart | null {
  const last = points.at(-1);
  if (!last) return null;
  const top = Math.max(...points.map(([, loss]) => loss), Number.EPSILON);
  const place = ([share, loss]: readonly [number, number]) => ({
    x: Math.min(1, Math.max(0, share)),
    y: 1 - Math.min(1, Math.max(0, loss / top)),
  });
  const path = points
    .map(place)
    .map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${(x * width).toFixed(1)} ${(y * height).toFixed(1)}`)
    .join("");
  return { path, end: place(last), value: last[1] >= 10 ? last[1].toFixed(1) : last[1].toFixed(3) };
}
