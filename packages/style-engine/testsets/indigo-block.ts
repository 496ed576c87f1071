import { blob, brush, Chance, fbm, ground, handLine, heightAt, mix, path, ridge, sheet, smooth, type Drawing, type Hand, type Point, type Size } from './svg.ts';

/** Linocut: one block, one blue. The gouge leaves light strokes that taper at both ends and follow the form. */

interface Canvas extends Size {
  unit: number;
  chance: Chance;
  ink: string;
  paper: string;
}
const INKS = [
  { colour: '#22408f', tag: 'blue' },
  { colour: '#1d2f63', tag: 'indigo' },
  { colour: '#2b5aa6', tag: 'blue' },
] as const;

/** A cut: one push of the gouge. */
function cut({ chance, paper }: Canvas, points: readonly Point[], width: number): string {
  return path(brush(chance, points, width, { start: 0.12, end: 0.12, uneven: 0.2 }), paper);
}

/** Rows of cuts that follow a curve, denser towards one side. */
function rows(canvas: Canvas, from: number, to: number, curve: (x: number, t: number) => number, spacing: number, width: number, skip: (x: number, y: number) => boolean = () => false): string {
  const { chance } = canvas;
  let out = '';
  const count = Math.max(1, Math.round((to - from) / spacing));
  for (let i = 0; i < count; i++) {
    const t = i / count;
    let x = chance.between(-0.06, 0) * canvas.width;
    while (x < canvas.width) {
      const long = canvas.unit * chance.between(0.08, 0.26);
      const points = Array.from({ length: 7 }, (_, k): Point => {
        const px = x + (long * k) / 6;
        return [px, from + (to - from) * t + curve(px, t)];
      });
      const [mx, my] = points[3] ?? [0, 0];
      if (!skip(mx, my) && !skip(points[0]?.[0] ?? 0, points[0]?.[1] ?? 0) && !skip(points[6]?.[0] ?? 0, points[6]?.[1] ?? 0)) out += cut(canvas, points, width * chance.between(0.6, 1.25));
      x += long + canvas.unit * chance.between(0.012, 0.035);
    }
  }
  return out;
}

function moon(canvas: Canvas, x: number, y: number, r: number): string {
  const { chance, ink, paper, unit } = canvas;
  return path(blob(chance, x, y, r + unit * 0.014, r + unit * 0.014, 0.01, 18), paper) + path(blob(chance, x, y, r, r, 0.01, 18), mix(ink, paper, 0.42)) + path(blob(chance, x - r * 0.3, y - r * 0.3, r * 0.22, r * 0.18, 0.1), mix(ink, paper, 0.6)) + path(blob(chance, x + r * 0.34, y + r * 0.2, r * 0.16, r * 0.15, 0.1), mix(ink, paper, 0.6));
}

function skyCuts(canvas: Canvas, to: number, spare: { x: number; y: number; r: number }): string {
  const seed = canvas.chance.seed();
  return rows(canvas, canvas.unit * 0.02, to, (x) => fbm(x / (canvas.unit * 0.35), seed, 2) * canvas.unit * 0.02, canvas.unit * 0.026, canvas.unit * 0.0048, (x, y) => Math.hypot(x - spare.x, y - spare.y) < spare.r);
}

function mountains(canvas: Canvas): string {
  const { width, height, unit, chance, ink, paper } = canvas;
  const lake = height * chance.between(0.72, 0.78);
  const mx = width * chance.between(0.25, 0.75);
  const my = height * chance.between(0.16, 0.24);
  const mr = unit * chance.between(0.07, 0.09);
  let out = `<rect width="100%" height="100%" fill="${ink}"/>${skyCuts(canvas, lake, { x: mx, y: my, r: mr * 1.6 })}${moon(canvas, mx, my, mr)}`;
  const count = Math.round((3 * width) / unit) + 1;
  for (let i = 0; i < count; i++) {
    const x = (width * (i + 0.5)) / count + chance.around(0, unit * 0.05);
    const high = unit * chance.between(0.24, 0.42) * Math.min(1.5, height / unit);
    const half = unit * chance.between(0.2, 0.27);
    const peak: Point = [x, lake - high];
    const left = handLine(chance, peak, [x - half, lake], unit * 0.03, 8);
    const right = handLine(chance, peak, [x + half, lake], unit * 0.03, 8);
    const crest = handLine(chance, peak, [x + half * 0.15, lake], unit * 0.07, 8);
    out += path(`${smooth(left)}L${x + half} ${lake}${smooth([...right].reverse()).replace('M', 'L')}Z`, ink, `stroke="${paper}" stroke-width="${unit * 0.006}"`);
    out += path(`${smooth(left)}L${x + half * 0.15} ${lake}${smooth([...crest].reverse()).replace('M', 'L')}Z`, paper);
    const lines = 11;
    for (let k = 1; k < lines; k++) {
      const t = k / lines;
      const along = (line: Point[], s: number): Point => line[Math.min(line.length - 1, Math.round(s * (line.length - 1)))] ?? peak;
      const [ax, ay] = along(left, t);
      const [cx, cy] = along(crest, Math.min(1, t * 0.72));
      out += path(brush(chance, [[cx, cy], [(ax + cx) / 2 - unit * 0.004, (ay + cy) / 2], [ax, ay]], unit * 0.0065, { start: 0.7, end: 0.1 }), ink);
      const [bx, by] = along(right, t);
      const [dx, dy] = along(crest, Math.min(1, t * 0.9));
      out += cut(canvas, [[dx + unit * 0.008, dy], [(dx + bx) / 2, (dy + by) / 2], [bx - unit * 0.01, by]], unit * 0.0052);
    }
  }
  const seed = chance.seed();
  out += path(ground(ridge(width, lake, 0, 1, { steps: 4 }), height + 10), ink) + rows(canvas, lake + unit * 0.012, height, (x, t) => fbm(x / (unit * 0.12) + t * 9, seed, 2) * unit * 0.008, unit * 0.019, unit * 0.0075);
  return out;
}

function forest(canvas: Canvas): string {
  const { width, height, unit, chance, ink, paper } = canvas;
  const base = height * 0.8;
  const mx = width * chance.between(0.3, 0.7);
  const my = height * 0.22;
  let out = `<rect width="100%" height="100%" fill="${paper}"/>${path(blob(chance, mx, my, unit * 0.1, unit * 0.1, 0.01, 18), ink)}`;
  const hill = ridge(width, base, unit * 0.05, chance.seed(), { waves: 1.3, octaves: 2, steps: 30 });
  const trees = Math.round((9 * width) / unit);
  for (let i = 0; i < trees; i++) {
    const x = width * ((i + chance.between(0.15, 0.85)) / trees);
    const foot = heightAt(hill, x) + unit * 0.02;
    const s = unit * chance.between(0.24, 0.52);
    const shape: Point[] = [];
    const tiers = 7;
    for (let k = 0; k < tiers; k++) {
      const t = k / tiers;
      const w = s * (0.03 + 0.17 * t);
      shape.push([x + w * 0.55, foot - s * (1 - t)], [x + w * 1.15, foot - s * (0.93 - t)]);
    }
    const mirrored = [...shape].reverse().map(([px, py]): Point => [2 * x - px, py]);
    out += path(`M${x} ${foot - s * 1.06}L${[...shape, ...mirrored].map(([px, py]) => `${px.toFixed(1)} ${py.toFixed(1)}`).join('L')}Z`, ink);
    out += path(brush(chance, [[x, foot - s * 0.1], [x, foot + unit * 0.02]], s * 0.06, { start: 1, end: 1 }), ink);
    for (let k = 1; k < tiers; k++) {
      const t = k / tiers;
      const y = foot - s * (0.96 - t);
      const w = s * 0.15 * t;
      out += cut(canvas, [[x - w, y + s * 0.035], [x - w * 0.4, y + s * 0.012], [x, y]], unit * 0.006);
      if (k % 2 === 0) out += cut(canvas, [[x + w * 0.9, y + s * 0.035], [x + w * 0.4, y + s * 0.014], [x + w * 0.1, y]], unit * 0.005);
    }
  }
  const seed = chance.seed();
  return out + path(ground(hill, height + 10), ink) + rows(canvas, base + unit * 0.03, height, (x, t) => (heightAt(hill, x) - base) * (1 - t) + fbm(x / (unit * 0.2), seed, 2) * unit * 0.01, unit * 0.024, unit * 0.0075);
}

function fish(canvas: Canvas): string {
  const { width, height, unit, chance, ink, paper } = canvas;
  const seed = chance.seed();
  const count = Math.max(1, Math.round((height / unit) * chance.between(1.6, 2.6)));
  const placed = Array.from({ length: count }, (_, i) => ({ x: width * chance.between(0.42, 0.58), y: (height * (i + 0.5)) / count, s: Math.min(unit * 0.3, (height / count) * 0.72), d: chance.yes() ? 1 : -1 }));
  let out = `<rect width="100%" height="100%" fill="${ink}"/>${rows(canvas, unit * 0.02, height, (x, t) => Math.sin(x / (unit * 0.07) + t * 5) * unit * 0.012 + fbm(x / (unit * 0.3), seed, 2) * unit * 0.02, unit * 0.034, unit * 0.006, (x, y) => placed.some((f) => Math.abs(x - f.x) < f.s * 1.5 && Math.abs(y - f.y) < f.s * 0.62))}`;
  for (const { x, y, s, d } of placed) {
    const at = (px: number, py: number): Point => [x + d * px * s, y + py * s];
    out += path(smooth([at(1.15, 0.02), at(0.7, -0.3), at(0.1, -0.42), at(-0.6, -0.2), at(-0.9, -0.06), at(-1.35, -0.4), at(-1.24, 0), at(-1.35, 0.42), at(-0.9, 0.08), at(-0.6, 0.22), at(0.1, 0.42), at(0.7, 0.32)], true), paper);
    out += path(smooth([at(0.35, -0.38), at(0.02, -0.66), at(-0.4, -0.52), at(-0.3, -0.3)], true), paper) + path(smooth([at(0.1, 0.4), at(-0.12, 0.62), at(-0.38, 0.5), at(-0.2, 0.34)], true), paper);
    for (let r = 0; r < 6; r++) {
      for (let k = 0; k < 7; k++) {
        const px = 0.44 - k * 0.2 - (r % 2) * 0.1;
        const py = -0.28 + r * 0.115;
        if (Math.abs(py) > 0.36 * Math.cos((px - 0.1) * 1.1)) continue;
        out += path(brush(chance, [at(px - 0.03, py - 0.05), at(px - 0.09, py), at(px - 0.03, py + 0.05)], s * 0.032, { start: 0.3, end: 0.3 }), ink);
      }
    }
    out += path(brush(chance, [at(0.62, -0.32), at(0.5, 0), at(0.62, 0.32)], s * 0.045, { start: 0.2, end: 0.2 }), ink);
    out += path(blob(chance, ...at(0.84, -0.06), s * 0.085, s * 0.085, 0.02), ink) + path(blob(chance, ...at(0.86, -0.08), s * 0.03, s * 0.03, 0.02), paper);
    for (const k of [-0.2, -0.08, 0.08, 0.2]) out += path(brush(chance, [at(-0.98, k * 0.4), at(-1.12, k * 0.8), at(-1.26, k * 1.3)], s * 0.03, { start: 0.3, end: 0.2 }), ink);
  }
  return out;
}

function lighthouse(canvas: Canvas): string {
  const { width, height, unit, chance, ink, paper } = canvas;
  const sea = height * chance.between(0.66, 0.72);
  const x = width * chance.pick([0.32, 0.66]);
  const top = sea - unit * chance.between(0.36, 0.44);
  const seed = chance.seed();
  let out = `<rect width="100%" height="100%" fill="${ink}"/>`;
  for (let i = 0; i < 30; i++) {
    const angle = (i / 30) * 2 * Math.PI;
    const near = unit * chance.between(0.09, 0.11);
    const far = unit * chance.between(0.25, 0.6);
    if (Math.sin(angle) > 0.5) continue;
    out += cut(canvas, [[x + Math.cos(angle) * near, top + Math.sin(angle) * near], [x + Math.cos(angle) * (near + far) * 0.5, top + Math.sin(angle) * (near + far) * 0.5], [x + Math.cos(angle) * far, top + Math.sin(angle) * far]], unit * 0.009);
  }
  const rock = ridge(width, sea + unit * 0.01, unit * 0.05, chance.seed(), { waves: 2, octaves: 3, steps: 40 });
  out += rows(canvas, sea, height, (px, t) => Math.sin(px / (unit * 0.06) + t * 21) * unit * 0.008 * (1 + t) + fbm(px / (unit * 0.25), seed, 2) * unit * 0.012, unit * 0.021, unit * 0.009);
  const mound = smooth([[x - unit * 0.3, sea + unit * 0.1], [x - unit * 0.16, sea - unit * 0.01], [x, sea - unit * 0.04], [x + unit * 0.17, sea], [x + unit * 0.32, sea + unit * 0.11], [x, sea + unit * 0.14]], true);
  out += path(mound, ink, `stroke="${paper}" stroke-width="${unit * 0.007}"`);
  for (let i = 0; i < 9; i++) {
    const px = x + unit * (-0.2 + 0.05 * i);
    const py = heightAt(rock, px) + unit * 0.025;
    out += cut(canvas, [[px, py], [px + unit * 0.02, py + unit * 0.03], [px + unit * 0.026, py + unit * 0.06]], unit * 0.007);
  }
  const w = unit * 0.055;
  out += path(`M${x - w} ${sea}L${x - w * 0.62} ${top}H${x + w * 0.62}L${x + w} ${sea}Z`, paper);
  for (let i = 0; i < 3; i++) {
    const y = top + ((sea - top) * (i + 0.4)) / 3;
    const ww = w * (0.66 + 0.34 * ((y - top) / (sea - top)));
    out += path(`M${x - ww} ${y}H${x + ww}V${y + (sea - top) * 0.15}H${x - ww}Z`, ink);
  }
  out += path(`M${x - w * 0.85} ${top}H${x + w * 0.85}V${top - unit * 0.014}H${x - w * 0.85}Z`, paper) + path(`M${x - w * 0.46} ${top - unit * 0.014}V${top - unit * 0.065}H${x + w * 0.46}V${top - unit * 0.014}Z`, paper) + path(`M${x - w * 0.26} ${top - unit * 0.018}V${top - unit * 0.058}H${x + w * 0.26}V${top - unit * 0.018}Z`, ink) + path(`M${x - w * 0.62} ${top - unit * 0.065}L${x} ${top - unit * 0.12}L${x + w * 0.62} ${top - unit * 0.065}Z`, paper);
  return out;
}

const SUBJECTS = ['mountains', 'forest', 'fish', 'lighthouse'] as const;
const TAGS: Record<string, string[]> = { mountains: ['mountain', 'lake', 'moon', 'night'], forest: ['forest', 'tree', 'moon'], fish: ['fish', 'sea', 'animal'], lighthouse: ['lighthouse', 'sea', 'night'] };
const DRAW: Record<string, (canvas: Canvas) => string> = { mountains, forest, fish, lighthouse };

function draw(subject: string, seed: number, size: Size): Drawing {
  const chance = new Chance(seed * 29 + 2);
  const unit = Math.min(size.width, size.height);
  const ink = INKS[seed % INKS.length] ?? INKS[0];
  return {
    svg: sheet(size, '', (DRAW[subject] ?? mountains)({ ...size, unit, chance, ink: ink.colour, paper: '#f3f0e6' })),
    tags: [...new Set(['linocut', ...(TAGS[subject] ?? []), ink.tag])],
    finish: { seed, wander: 2.5, fray: 2.4, pigment: 0.34, relief: 0.2, grain: 0.8 },
  };
}

export const indigoBlock: Hand = { id: 'indigo-block', title: 'Indigo Block', subjects: SUBJECTS, draw };
