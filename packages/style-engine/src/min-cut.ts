/**
 * The cheapest cut of a grid graph into a source and a sink side (Dinic's algorithm): each pixel is tied to both ends and to its four neighbours.
 */
export interface Grid {
  width: number;
  height: number;
  /** What it costs to put a pixel on the sink side, and on the source side. */
  toSink: Float64Array;
  toSource: Float64Array;
  /** Capacities to the neighbours, four a pixel: right, left, down, up. Paid when the pixel is on the source side and the neighbour on the sink side. */
  edges: Float64Array;
}

const NOTHING = 1e-9;
const BACK = [1, 0, 3, 2] as const;

/** Which pixels end on the sink side (1). The grid's capacities are used up. */
export function minCut({ width, height, toSink, toSource, edges }: Grid): Uint8Array {
  const pixels = width * height;
  const step = [1, -1, width, -width];
  for (let p = 0; p < pixels; p++) {
    const through = Math.min(toSink[p], toSource[p]);
    toSink[p] -= through;
    toSource[p] -= through;
  }
  const level = new Int32Array(pixels);
  const queue = new Int32Array(pixels);
  const next = new Uint8Array(pixels);
  const path = new Int32Array(pixels);
  const inside = (p: number, d: number) => (d === 0 ? p % width < width - 1 : d === 1 ? p % width > 0 : d === 2 ? p < pixels - width : p >= width);

  /** Distances from the source; whether the sink can be reached at all. */
  const reach = (): boolean => {
    level.fill(-1);
    let tail = 0;
    for (let p = 0; p < pixels; p++) {
      if (toSink[p] <= NOTHING) continue;
      level[p] = 0;
      queue[tail++] = p;
    }
    let found = false;
    for (let head = 0; head < tail; head++) {
      const p = queue[head];
      if (toSource[p] > NOTHING) found = true;
      for (let d = 0; d < 4; d++) {
        if (edges[p * 4 + d] <= NOTHING || !inside(p, d)) continue;
        const q = p + step[d];
        if (level[q] >= 0) continue;
        level[q] = level[p] + 1;
        queue[tail++] = q;
      }
    }
    return found;
  };

  /** Sends what it can from one pixel along shortest ways. */
  const send = (start: number): void => {
    let depth = 0;
    path[0] = start;
    while (depth >= 0 && toSink[start] > NOTHING) {
      const p = path[depth];
      if (toSource[p] > NOTHING) {
        let flow = Math.min(toSink[start], toSource[p]);
        for (let k = 0; k < depth; k++) flow = Math.min(flow, edges[path[k] * 4 + next[path[k]]]);
        toSink[start] -= flow;
        toSource[p] -= flow;
        let cut = depth;
        for (let k = depth - 1; k >= 0; k--) {
          const at = path[k];
          const d = next[at];
          edges[at * 4 + d] -= flow;
          edges[path[k + 1] * 4 + BACK[d]] += flow;
          if (edges[at * 4 + d] <= NOTHING) cut = k;
        }
        depth = cut;
        continue;
      }
      for (; next[p] < 4; next[p]++) {
        const d = next[p];
        if (edges[p * 4 + d] > NOTHING && inside(p, d) && level[p + step[d]] === level[p] + 1) break;
      }
      if (next[p] < 4) path[++depth] = p + step[next[p]];
      else {
        level[p] = -1;
        depth--;
      }
    }
  };

  while (reach()) {
    next.fill(0);
    for (let p = 0; p < pixels; p++) if (level[p] === 0 && toSink[p] > NOTHING) send(p);
  }
  // What the source still reaches is its side.
  return Uint8Array.from(level, (l) => (l >= 0 ? 0 : 1));
}
