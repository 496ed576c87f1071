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

/** Which pixels end on the sink side (1). The grid's capacities are used up. */
export function minCut({ width, height, toSink, toSource, edges }: Grid): Uint8Array {
  const pixels = width * height;
  const step = Int32Array.of(1, -1, width, -width);
  // No way leaves the grid.
  for (let y = 0; y < height; y++) edges[(y * width + width - 1) * 4] = edges[y * width * 4 + 1] = 0;
  for (let x = 0; x < width; x++) edges[((height - 1) * width + x) * 4 + 2] = edges[x * 4 + 3] = 0;
  for (let p = 0; p < pixels; p++) {
    const through = Math.min(toSink[p], toSource[p]);
    toSink[p] -= through;
    toSource[p] -= through;
  }
  const away = new Int32Array(pixels);
  const queue = new Int32Array(pixels);
  const next = new Uint8Array(pixels);
  const path = new Int32Array(pixels);
  for (let toGo = distances(toSource, toSink, edges, step, 1, away, queue); toGo; toGo = distances(toSource, toSink, edges, step, 1, away, queue)) {
    next.fill(0);
    for (let p = 0; p < pixels; p++) if (away[p] >= 0 && toSink[p] > NOTHING) send(p, toSink, toSource, edges, step, away, next, path);
  }
  // What the source still reaches is its side.
  distances(toSink, toSource, edges, step, 0, away, queue);
  return Uint8Array.from(away, (steps) => (steps >= 0 ? 0 : 1));
}

/** Steps from one end (those tied to it: `ends`) along ways that are open, or back along them (`back` 1); −1 where none leads. Whether any leads to the other end. */
function distances(ends: Float64Array, others: Float64Array, edges: Float64Array, step: Int32Array, back: 0 | 1, away: Int32Array, queue: Int32Array): boolean {
  away.fill(-1);
  let tail = 0;
  for (let p = 0; p < away.length; p++) {
    if (ends[p] <= NOTHING) continue;
    away[p] = 0;
    queue[tail++] = p;
  }
  let found = false;
  for (let head = 0; head < tail; head++) {
    const p = queue[head];
    if (others[p] > NOTHING) found = true;
    for (let d = 0; d < 4; d++) {
      const q = p + step[d];
      // The way back of d is d ^ 1.
      if (q < 0 || q >= away.length || away[q] >= 0 || edges[back === 1 ? q * 4 + (d ^ 1) : p * 4 + d] <= NOTHING) continue;
      away[q] = away[p] + 1;
      queue[tail++] = q;
    }
  }
  return found;
}

/** Sends what it can from one pixel to the sink along shortest ways; `next` remembers per pixel which ways are used up. */
function send(start: number, toSink: Float64Array, toSource: Float64Array, edges: Float64Array, step: Int32Array, away: Int32Array, next: Uint8Array, path: Int32Array): void {
  let depth = 0;
  path[0] = start;
  while (depth >= 0 && toSink[start] > NOTHING) {
    const p = path[depth];
    if (away[p] === 0 && toSource[p] > NOTHING) {
      let flow = Math.min(toSink[start], toSource[p]);
      for (let k = 0; k < depth; k++) flow = Math.min(flow, edges[path[k] * 4 + next[path[k]]]);
      toSink[start] -= flow;
      toSource[p] -= flow;
      for (let k = depth - 1; k >= 0; k--) {
        const way = path[k] * 4 + next[path[k]];
        edges[way] -= flow;
        edges[path[k + 1] * 4 + (next[path[k]] ^ 1)] += flow;
        if (edges[way] <= NOTHING) depth = k;
      }
      continue;
    }
    let d = away[p] === 0 ? 4 : next[p];
    while (d < 4 && (edges[p * 4 + d] <= NOTHING || away[p + step[d]] !== away[p] - 1)) d++;
    next[p] = d;
    if (d < 4) path[++depth] = p + step[d];
    else {
      // Nothing leads on from here.
      away[p] = -1;
      depth--;
    }
  }
}
