import { SHIFT } from './denoise.ts';
import { minCut } from './min-cut.ts';
import { findSurplus, sightsOf, takeInventory, type Inventory, type Staged } from './once.ts';
import type { Exemplars } from './patchmatch.ts';

/**
 * Which view speaks where. The diffusion decides pixel by pixel, and where two views are as good as each other it may take one eye from here and
 * leave the other out. This looks for the division into views that follows the composition and whose seams cost least, as in digital
 * photomontage (Agarwala et al., SIGGRAPH 2004; Kwatra et al., Graphcut textures, SIGGRAPH 2003): seams run where both views look alike and
 * where neither shows much, so that what is small and telling comes whole from one artwork.
 */
export interface SeamsArgs {
  width: number;
  height: number;
  /** Padded views one after another, 0..1. */
  sources: Float32Array;
  /** The composition, 0..1. */
  picture: Float32Array;
  /** Per pixel the view and shift that spoke loudest: view·25 + shift; replaced by what is decided. */
  best: Int32Array;
  /** Receives 1 well inside a view, where nothing needs mending. */
  held: Uint8Array;
  /** How unwelcome each view is. */
  bias: Float64Array;
  creativity: number;
  /** Artworks at 64 pixels, the exemplar each view shows, and padded maps of where in it. */
  exemplars: Exemplars;
  shows: readonly number[];
  maps: Float32Array;
}

/** Views and shifts considered. */
const MAX_LABELS = 14;
const SHIFTS_PER_VIEW = 2;
/** A view that speaks for less than this share is not considered. */
const LEAST_SHARE = 0.01;
/** Window in which a view must look like the composition. */
const REACH = 2;
const SEAM_WEIGHT = 4;
const DETAIL_WEIGHT = 1.2;
const LENGTH_WEIGHT = 0.06;
const BIAS_WEIGHT = 0.8;
/** More unlike the composition than this is simply unlike it: a strange patch is not kept for its colour. */
const MOST_UNLIKE = 0.12;
const ROUNDS = 2;
/** What must not be seen costs so much that anything else is shown. */
const FORBIDDEN = 1000;
/** Surpluses driven out where they stand; of what comes back after that the view goes. */
const PATIENCE = 10;

/** A view shifted into place: what it would show, and how much there is to break. */
interface Label extends Staged {
  candidate: number;
  /** RGB, 0..1. */
  shown: Float32Array;
  /** 0..1 a pixel. */
  detail: Float32Array;
  /** How unlike the composition it is. */
  cost: Float64Array;
}

/** The most heard views, each at its most heard shifts. */
function candidatesOf(best: Int32Array): number[] {
  const heard = new Map<number, number>();
  const byView = new Map<number, number>();
  for (const candidate of best) {
    heard.set(candidate, (heard.get(candidate) ?? 0) + 1);
    const view = Math.floor(candidate / 25);
    byView.set(view, (byView.get(view) ?? 0) + 1);
  }
  const views = [...byView].filter(([, n]) => n >= LEAST_SHARE * best.length).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const chosen = views.flatMap(([view]) =>
    [...heard]
      .filter(([candidate]) => Math.floor(candidate / 25) === view)
      .sort((a, b) => b[1] - a[1] || a[0] - b[0])
      .slice(0, SHIFTS_PER_VIEW)
      .map(([candidate]) => candidate),
  );
  return chosen.slice(0, MAX_LABELS);
}

/** Smooths a picture of one value a pixel with a Gaussian-like kernel, edges continued. */
function blur(from: Float32Array, width: number, height: number, reach: number): Float32Array {
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, k) => Math.exp(-((k - reach) ** 2) / (0.5 * reach * reach + 0.5)));
  const total = kernel.reduce((a, b) => a + b, 0);
  const pass = (input: Float32Array, along: number, step: number, across: number, stride: number) => {
    const out = new Float32Array(input.length);
    for (let line = 0; line < across; line++) {
      for (let at = 0; at < along; at++) {
        let sum = 0;
        for (let k = -reach; k <= reach; k++) sum += kernel[k + reach] * input[line * stride + Math.max(0, Math.min(along - 1, at + k)) * step];
        out[line * stride + at * step] = sum / total;
      }
    }
    return out;
  };
  return pass(pass(from, width, 1, height, width), height, width, width, 1);
}

/** Half of a pixel's neighbours: the others have it for one of theirs. */
const NEAR_X = [1, 0, 1, -1] as const;
const NEAR_Y = [0, 1, 1, 1] as const;

/** How much there is to break around each pixel: contrast within two pixels, gathered, against what is usual in this view. */
function detailOf(shown: Float32Array, width: number, height: number): Float32Array {
  const contrast = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let most = 0;
      for (let k = 0; k < 4; k++) {
        const u = x + NEAR_X[k];
        const v = y + NEAR_Y[k];
        if (u < 0 || u >= width || v >= height) continue;
        let d = 0;
        for (let c = 0; c < 3; c++) d += (shown[(y * width + x) * 3 + c] - shown[(v * width + u) * 3 + c]) ** 2;
        most = Math.max(most, d);
      }
      contrast[y * width + x] = Math.sqrt(most / 3);
    }
  }
  const gathered = blur(contrast, width, height, 3);
  const sorted = Float32Array.from(gathered).sort();
  const usual = sorted[Math.floor(sorted.length * 0.4)];
  const high = Math.max(0.02, sorted[Math.floor(sorted.length * 0.92)] - usual);
  return gathered.map((value) => {
    const t = Math.max(0, Math.min(1, (value - usual) / high));
    return t * t * (3 - 2 * t);
  });
}

function labelOf(candidate: number, args: SeamsArgs): Label {
  const { width, height, sources, maps, picture, bias } = args;
  const stride = width + 2 * SHIFT;
  const view = Math.floor(candidate / 25);
  const shift = candidate % 25;
  const shown = new Float32Array(width * height * 3);
  const places = new Float32Array(width * height * 2);
  for (let y = 0; y < height; y++) {
    const at = view * stride * (height + 2 * SHIFT) + (y + Math.floor(shift / 5)) * stride + (shift % 5);
    shown.set(sources.subarray(at * 3, (at + width) * 3), y * width * 3);
    places.set(maps.subarray(at * 2, (at + width) * 2), y * width * 2);
  }
  const off = new Float32Array(width * height);
  for (let p = 0; p < off.length; p++) off[p] = ((shown[p * 3] - picture[p * 3]) ** 2 + (shown[p * 3 + 1] - picture[p * 3 + 1]) ** 2 + (shown[p * 3 + 2] - picture[p * 3 + 2]) ** 2) / 3;
  const cost = Float64Array.from(blur(off, width, height, REACH), (value) => Math.min(MOST_UNLIKE, Math.sqrt(value)) + BIAS_WEIGHT * bias[view]);
  return { candidate, exemplar: args.shows[view], places, shown, detail: detailOf(shown, width, height), cost };
}

/** What a seam between two labels costs between two neighbours. A metric, as the expansion needs. */
function seamCost(a: Label, b: Label, p: number, q: number, strength: number): number {
  if (a === b) return 0;
  let dp = 0;
  let dq = 0;
  for (let c = 0; c < 3; c++) {
    dp += (a.shown[p * 3 + c] - b.shown[p * 3 + c]) ** 2;
    dq += (a.shown[q * 3 + c] - b.shown[q * 3 + c]) ** 2;
  }
  const unlike = Math.sqrt(dp / 3) + Math.sqrt(dq / 3);
  const broken = (a.detail[p] + a.detail[q] + b.detail[p] + b.detail[q]) / 4;
  return strength * (SEAM_WEIGHT * unlike + DETAIL_WEIGHT * broken + LENGTH_WEIGHT);
}

/** One expansion move: every pixel keeps its label or takes `alpha`, all at once and as cheaply as can be (Boykov, Veksler & Zabih 2001). */
function expand(labels: readonly Label[], field: Uint8Array, alpha: number, width: number, height: number, strength: number): boolean {
  const pixels = width * height;
  const toSink = new Float64Array(pixels);
  const toSource = new Float64Array(pixels);
  const edges = new Float64Array(pixels * 4);
  const chosen = labels[alpha];
  const charge = (p: number, cost: number) => {
    if (cost > 0) toSink[p] += cost;
    else toSource[p] -= cost;
  };
  const tie = (p: number, q: number, d: number) => {
    // Between two that show it already there is no seam.
    if (field[p] === alpha && field[q] === alpha) return;
    const both = seamCost(labels[field[p]], labels[field[q]], p, q, strength);
    const second = seamCost(labels[field[p]], chosen, p, q, strength);
    const first = seamCost(chosen, labels[field[q]], p, q, strength);
    charge(p, first - both);
    charge(q, -first);
    edges[p * 4 + d] += Math.max(0, second + first - both);
  };
  for (let p = 0; p < pixels; p++) {
    toSink[p] += chosen.cost[p];
    toSource[p] += labels[field[p]].cost[p];
    if (p % width < width - 1) tie(p, p + 1, 0);
    if (p + width < pixels) tie(p, p + width, 2);
  }
  const side = minCut({ width, height, toSink, toSource, edges });
  let changed = false;
  for (let p = 0; p < pixels; p++) {
    if (side[p] === 0 || field[p] === alpha) continue;
    field[p] = alpha;
    changed = true;
  }
  return changed;
}

/** Expansion moves over all labels until nothing changes. */
function settle(labels: readonly Label[], field: Uint8Array, width: number, height: number, strength: number): void {
  // A label that nothing has changed since is as far as it can get.
  let still = 0;
  for (let move = 0; move < ROUNDS * labels.length && still < labels.length; move++) {
    // What a label takes it would take again: after a change it need not be asked itself.
    still = expand(labels, field, move % labels.length, width, height, strength) ? 1 : still + 1;
  }
}

/** Drives out what is shown too often: its place is forbidden to every label that shows such a thing there, and the seams are laid anew. */
function driveOut(labels: readonly Label[], field: Uint8Array, inventory: Inventory, width: number, height: number, strength: number): void {
  const sights = sightsOf(labels, inventory, width);
  for (let turn = 0; turn < PATIENCE + labels.length; turn++) {
    const surplus = findSurplus(field, sights, inventory);
    if (surplus === undefined) return;
    const { kept, kind } = surplus;
    const place = new Set(surplus.sights.flatMap(({ reach }) => reach));
    for (const { thing, label, reach } of sights) {
      if (kept.has(label) || !kind.includes(thing)) continue;
      for (const p of reach) if (place.has(p)) labels[label].cost[p] = FORBIDDEN;
    }
    if (turn >= PATIENCE) for (const { label } of surplus.sights) if (!kept.has(label)) labels[label].cost.fill(FORBIDDEN);
    settle(labels, field, width, height, strength);
  }
}

/** Decides for every pixel which view and shift it shows. */
export function chooseSeams(args: SeamsArgs): void {
  const { width, height, best } = args;
  const labels = candidatesOf(best).map((candidate) => labelOf(candidate, args));
  if (labels.length === 0) return;
  // Begin with the label most like the composition; freedom lets seams pass where they otherwise would not.
  const field = Uint8Array.from(best, (_, p) => labels.reduce((least, label, l) => (label.cost[p] < labels[least].cost[p] ? l : least), 0));
  const strength = 2.2 ** (2 * (0.7 - args.creativity));
  settle(labels, field, width, height, strength);
  const artworks = (of: Iterable<number>) => [...new Set([...of].map((l) => labels[l].exemplar >> 1))];
  const shown = artworks(field);
  // One view alone shows nothing twice. Mostly what is shown has no surplus either; only where it has is the rest looked through, lest another sun come instead.
  if (field.some((l) => l !== field[0])) {
    const own = takeInventory(args.exemplars, shown);
    if (findSurplus(field, sightsOf(labels, own, width), own) !== undefined) {
      driveOut(labels, field, takeInventory(args.exemplars, artworks(labels.keys())), width, height, strength);
    }
  }
  for (let p = 0; p < best.length; p++) best[p] = labels[field[p]].candidate;
  for (let p = 0; p < best.length; p++) args.held[p] = nearSeam(field, width, height, p) ? 0 : 1;
}

/** Whether another label speaks next to a pixel. */
function nearSeam(field: Uint8Array, width: number, height: number, p: number): boolean {
  const x = p % width;
  const y = Math.floor(p / width);
  for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
    for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) if (field[v * width + u] !== field[p]) return true;
  }
  return false;
}
