import { blob, brush, Chance, cycle, fbm, ground, group, handLine, haze, heightAt, mix, path, ridge, sheet, straight, stroke, wet, type Drawing, type Hand, type Point, type Size } from './svg.ts';

/** Ink wash at night: mountains dissolving into mist in one colour of ink, a brushed pine, a seal-red or pale moon. */

interface Canvas extends Size {
  unit: number;
  chance: Chance;
  ink: Ink;
}
interface Ink {
  tags: string[];
  paper: string;
  deep: string;
  moon: string;
}
const INKS: readonly Ink[] = [
  { tags: ['night', 'blue'], paper: '#c4cfe0', deep: '#14244a', moon: '#f7f1db' },
  { tags: ['grey', 'mist'], paper: '#e4e1d8', deep: '#26272b', moon: '#c6362b' },
  { tags: ['evening', 'purple'], paper: '#ddd0dd', deep: '#2f2145', moon: '#f3d9a6' },
  { tags: ['teal', 'morning'], paper: '#d9e4dc', deep: '#123c40', moon: '#e0643c' },
];

/** One range of mountains whose foot is lost in mist. */
function range(canvas: Canvas, y: number, depth: number, peaks: number, id: string): { svg: string; line: Point[] } {
  const { width, height, unit, chance, ink } = canvas;
  const colour = mix(ink.paper, ink.deep, 0.16 + 0.8 * depth ** 1.25);
  const line = ridge(width, y, unit * (0.07 + 0.13 * peaks), chance.seed(), { waves: 1.1 + 1.2 * peaks + (1 - depth), peaks, octaves: 5, steps: 120 });
  const top = Math.min(...line.map(([, py]) => py));
  const fade = `<linearGradient id="${id}" gradientUnits="userSpaceOnUse" x1="0" y1="${top.toFixed(0)}" x2="0" y2="${(top + unit * (0.3 + 0.25 * depth)).toFixed(0)}"><stop offset="0" stop-color="${colour}"/><stop offset=".45" stop-color="${colour}" stop-opacity=".82"/><stop offset="1" stop-color="${mix(colour, ink.paper, 0.55)}" stop-opacity="${depth > 0.85 ? 0.95 : 0.12}"/></linearGradient>`;
  let texture = '';
  // Short strokes down the slopes, as a dry brush is dragged.
  const strokes = Math.round((26 * width) / unit);
  for (let i = 0; i < strokes; i++) {
    const x = chance.between(0, width);
    const from = heightAt(line, x) + unit * 0.008;
    const long = unit * chance.between(0.02, 0.09) * (0.6 + depth);
    const lean = Math.max(-1, Math.min(1, -(heightAt(line, x + 6) - heightAt(line, x - 6)) / 12));
    texture += path(brush(chance, handLine(chance, [x, from], [x + lean * long * 0.9 + chance.around(0, long * 0.2), from + long], long * 0.2, 5), unit * chance.between(0.004, 0.012), { start: 0.5, end: 0.1, uneven: 0.4 }), mix(colour, ink.deep, 0.45), `opacity="${chance.between(0.18, 0.5).toFixed(2)}"`);
  }
  return { svg: `<defs>${fade}</defs>${path(ground(line, height + 40), `url(#${id})`)}${stroke(straight(line, false), mix(colour, ink.deep, 0.5), unit * 0.0045, 'opacity="0.4"')}<clipPath id="${id}c"><path d="${ground(line, height + 40)}"/></clipPath><g clip-path="url(#${id}c)">${texture}</g>`, line };
}

function mist(canvas: Canvas, y: number, id: string): string {
  const { width, unit, chance, ink } = canvas;
  let out = '';
  for (let i = 0; i < 4; i++) out += haze(`${id}${i}`, chance.between(0, 1) * width, y + chance.around(0, unit * 0.03), unit * chance.between(0.35, 0.65), unit * chance.between(0.04, 0.075), mix(ink.paper, '#ffffff', 0.4), 0.62);
  return out;
}

function moon(canvas: Canvas, x: number, y: number, r: number): string {
  const { chance, ink, unit } = canvas;
  return haze('halo', x, y, r * 2.7, r * 2.7, mix(ink.moon, ink.paper, 0.3), 0.6) + wet(blob(chance, x, y, r, r, 0.014, 16), ink.moon, 1, 0.25, unit);
}

function stars({ width, chance, unit }: Canvas, to: number): string {
  let out = '';
  for (let i = 0; i < 34; i++) out += `<circle cx="${chance.between(0, width).toFixed(0)}" cy="${(chance.unit() * to).toFixed(0)}" r="${(unit * chance.between(0.001, 0.003)).toFixed(1)}" fill="#ffffff" opacity="${chance.between(0.5, 0.95).toFixed(2)}"/>`;
  return out;
}

/** A pine in brush strokes: a leaning trunk and flat clouds of needles. */
function pine(canvas: Canvas, x: number, y: number, size: number): string {
  const { chance, ink, unit } = canvas;
  const lean = chance.around(0, size * 0.3);
  const spine = handLine(chance, [x, y], [x + lean, y - size], size * 0.14, 8);
  let out = path(brush(chance, spine, size * 0.075, { start: 1, end: 0.25, uneven: 0.2 }), ink.deep);
  let needles = '';
  for (let i = 0; i < 8; i++) {
    const t = 0.34 + (0.66 * i) / 7;
    const [sx, sy] = spine[Math.min(8, Math.round(t * 8))] ?? [x, y];
    const w = size * (0.36 - 0.26 * t) * chance.between(0.75, 1.25);
    const side = i % 2 === 0 ? 1 : -1;
    const cx = sx + side * w * 0.62;
    out += path(brush(chance, [[sx, sy], [sx + side * w * 0.6, sy - size * 0.015], [sx + side * w * 1.2, sy + size * 0.01]], size * 0.022, { start: 1, end: 0.3 }), ink.deep);
    for (let k = 0; k < 16; k++) {
      const nx = cx + chance.around(0, w * 0.75);
      const ny = sy - size * 0.02 + chance.around(0, size * 0.035);
      needles += path(brush(chance, [[nx - w * 0.13, ny + size * 0.012], [nx, ny - size * 0.012], [nx + w * 0.13, ny + size * 0.01]], unit * 0.0065, { start: 0.2, end: 0.2, uneven: 0.4 }), ink.deep, `opacity="${chance.between(0.5, 0.9).toFixed(2)}"`);
    }
  }
  return out + needles;
}

function fishing(canvas: Canvas, x: number, y: number, s: number): string {
  const { chance, ink } = canvas;
  return group(
    path(`M${x - s} ${y - s * 0.12}Q${x} ${y + s * 0.3} ${x + s} ${y - s * 0.16}Q${x} ${y + s * 0.12} ${x - s} ${y - s * 0.12}Z`, ink.deep) +
      path(brush(chance, [[x + s * 0.1, y + s * 0.02], [x + s * 0.12, y - s * 0.28], [x + s * 0.2, y - s * 0.46]], s * 0.2, { start: 1, end: 0.5 }), ink.deep) +
      path(`M${x} ${y - s * 0.42}L${x + s * 0.22} ${y - s * 0.66}L${x + s * 0.46} ${y - s * 0.4}Z`, ink.deep) +
      path(brush(chance, [[x + s * 0.2, y - s * 0.25], [x - s * 0.4, y - s * 0.7], [x - s * 1.1, y - s * 0.9]], s * 0.035, { start: 1, end: 0.3 }), ink.deep),
  );
}

function still(canvas: Canvas, y: number): string {
  const { width, height, unit, chance, ink } = canvas;
  let out = group(`<rect x="-40" y="${y}" width="${width + 80}" height="${height - y + 60}" fill="${mix(ink.paper, ink.deep, 0.22)}"/>`);
  let strokes = '';
  for (let i = 0; i < 22; i++) {
    const t = chance.unit();
    const sy = y + unit * 0.01 + (height - y) * t;
    const sx = chance.between(-0.1, 0.95) * width;
    strokes += path(brush(chance, handLine(chance, [sx, sy], [sx + unit * chance.between(0.1, 0.4), sy], unit * 0.01, 7), unit * (0.004 + 0.011 * t), { start: 0.05, end: 0.05, uneven: 0.4 }), mix(ink.paper, ink.deep, 0.55), `opacity="${chance.between(0.2, 0.55).toFixed(2)}"`);
  }
  out += strokes;
  return out;
}

function geese(canvas: Canvas, x: number, y: number): string {
  const { chance, ink, unit } = canvas;
  let out = '';
  for (let i = 0; i < 7; i++) {
    const s = unit * 0.014 * chance.between(0.85, 1.15);
    const k = i - 3;
    const bx = x + k * unit * 0.036;
    const by = y + Math.abs(k) * unit * 0.018 + chance.around(0, unit * 0.004);
    out += path(brush(chance, [[bx - s, by - s * 0.5], [bx - s * 0.35, by - s * 0.4], [bx, by], [bx + s * 0.35, by - s * 0.45], [bx + s, by - s * 0.6]], s * 0.3, { start: 0.2, end: 0.2 }), ink.deep, 'opacity="0.85"');
  }
  return out;
}

const SUBJECTS = ['peaks', 'pine', 'lake', 'valley', 'snow', 'geese'] as const;
const TAGS: Record<string, string[]> = {
  peaks: ['mountain', 'moon'],
  pine: ['pine', 'tree', 'mountain', 'moon'],
  lake: ['lake', 'boat', 'mountain'],
  valley: ['valley', 'mist', 'mountain'],
  snow: ['snow', 'winter', 'mountain'],
  geese: ['birds', 'mountain', 'moon'],
};

function draw(subject: string, seed: number, size: Size): Drawing {
  const chance = new Chance(seed * 19 + 11);
  const { width, height } = size;
  const unit = Math.min(width, height);
  const ink = cycle(INKS, seed + Math.floor(seed / SUBJECTS.length));
  const canvas: Canvas = { ...size, unit, chance, ink };
  const sky = `<linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${mix(ink.paper, ink.deep, 0.5)}"/><stop offset=".55" stop-color="${mix(ink.paper, ink.deep, 0.08)}"/><stop offset="1" stop-color="${ink.paper}"/></linearGradient>`;
  const moonX = width * chance.pick([0.24, 0.34, 0.66, 0.76]);
  let body = '<rect width="100%" height="100%" fill="url(#sky)"/>';
  // Cloud: wet ink let run in long soft patches.
  for (let i = 0; i < 12; i++) {
    const pale = chance.yes(0.6);
    body += haze(`k${i}`, chance.between(-0.1, 1.1) * width, chance.between(0, 0.5) * height, unit * chance.between(0.2, 0.55), unit * chance.between(0.03, 0.09), pale ? '#ffffff' : mix(ink.paper, ink.deep, 0.55), pale ? 0.42 : 0.3);
  }
  if (ink.tags.includes('night')) body += stars(canvas, height * 0.4);
  if (subject !== 'valley') body += moon(canvas, moonX, height * chance.between(0.17, 0.25), unit * chance.between(0.06, 0.09));
  const layers = subject === 'valley' ? 6 : subject === 'geese' ? 4 : 5;
  const first = height * (subject === 'geese' ? 0.56 : subject === 'valley' ? 0.3 : 0.42);
  const last = height * (subject === 'lake' ? 0.62 : 0.86);
  let line: Point[] = [];
  for (let i = 0; i < layers; i++) {
    const t = i / (layers - 1);
    const made = range(canvas, first + (last - first) * t, t, subject === 'geese' ? 0.25 : subject === 'valley' ? 0.5 : 0.85 * (1 - t) + 0.12, `r${i}`);
    body += made.svg;
    if (subject === 'snow' && i < layers - 1) {
      const cap = made.line.map(([x, y]): Point => [x, y + Math.max(0, unit * (0.34 * Math.max(0, (first + (last - first) * t - y) / unit) + 0.022 * fbm(x / (unit * 0.035), seed, 2)))]);
      body += group(path(`${ground(made.line, 0).split('L').slice(0, -2).join('L')}L${[...cap].reverse().map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}Z`, '#ffffff', 'opacity="0.85"'));
    }
    if (i < layers - 1) body += mist(canvas, first + (last - first) * (t + 0.55 / layers) + unit * 0.08, `m${i}`);
    line = made.line;
  }
  if (subject === 'lake') body += still(canvas, height * 0.7) + fishing(canvas, width * chance.between(0.3, 0.7), height * chance.between(0.78, 0.84), unit * chance.between(0.07, 0.09));
  if (subject === 'pine' || subject === 'snow') {
    const count = subject === 'pine' ? chance.whole(1, 2) : 3;
    for (let i = 0; i < count; i++) {
      const x = width * (count === 1 ? chance.pick([0.3, 0.68]) : 0.16 + (0.68 * i) / (count - 1) + chance.around(0, 0.05));
      body += pine(canvas, x, heightAt(line, x) + unit * 0.03, unit * (subject === 'pine' ? chance.between(0.38, 0.52) : chance.between(0.16, 0.26)));
    }
  }
  if (subject === 'geese' || subject === 'valley') body += geese(canvas, width * chance.between(0.35, 0.65), height * (subject === 'geese' ? 0.36 : 0.2));
  return {
    svg: sheet(size, sky, `<rect width="100%" height="100%" fill="${ink.paper}"/>${body}`),
    tags: [...new Set(['ink wash', ...(TAGS[subject] ?? []), ...ink.tags])],
    finish: { seed, wander: 7, fray: 2.2, pigment: 0.36, relief: 0.42, grain: 0.3 },
  };
}

export const farMountains: Hand = { id: 'far-mountains', title: 'Far Mountains', subjects: SUBJECTS, draw };
