import { blob, brush, Chance, cycle, ground, group, handLine, haze, heightAt, mix, path, ridge, sheet, wet, type Drawing, type Hand, type Point, type Size } from './svg.ts';

/** Watercolour landscapes: wet skies, layered hills, one small thing that stands in the weather. */

interface Palette {
  name: string;
  tags: string[];
  paper: string;
  sky: readonly string[];
  far: string;
  near: string;
  water: string;
  light: string;
  tree: readonly string[];
  trunk: string;
}
const PALETTES: readonly Palette[] = [
  { name: 'sunset', tags: ['sunset', 'warm', 'orange'], paper: '#fde3bd', sky: ['#f9b46b', '#f08a4b', '#e9643b', '#f7cf8e'], far: '#b9655a', near: '#3a1f3d', water: '#c77a6a', light: '#e2321f', tree: ['#7a2b2c', '#a03c2d'], trunk: '#2c1626' },
  { name: 'noon', tags: ['day', 'clear', 'blue'], paper: '#f3f1e4', sky: ['#a9cbe6', '#7fb0dc', '#c9dfee', '#e6eef0'], far: '#8fb0bf', near: '#2f5a44', water: '#6fa3b8', light: '#f0c64a', tree: ['#3f7350', '#2b5a3d', '#6a9458'], trunk: '#33291f' },
  { name: 'dawn', tags: ['dawn', 'calm', 'pink'], paper: '#fbe9e2', sky: ['#f3c3c6', '#d9b9d6', '#c5c8e6', '#fbdcc9'], far: '#b3a6cd', near: '#4f7a5a', water: '#b9a9c9', light: '#f2935f', tree: ['#b6617a', '#d0849a', '#8f4a68'], trunk: '#4a2a35' },
  { name: 'autumn', tags: ['autumn', 'warm', 'brown'], paper: '#f8e7c6', sky: ['#f1cf94', '#e8b876', '#f3dfb5', '#e2a860'], far: '#c48a5b', near: '#6d2f20', water: '#b78a63', light: '#d9662b', tree: ['#a8381f', '#c85a26', '#7f2818'], trunk: '#33180f' },
  { name: 'night', tags: ['night', 'quiet', 'blue'], paper: '#7f8bab', sky: ['#566490', '#3d4a78', '#6f7ba3', '#4a5683'], far: '#46557f', near: '#141c30', water: '#33456e', light: '#f4ecc9', tree: ['#22304a', '#1b2740'], trunk: '#0f1524' },
  { name: 'rain', tags: ['rain', 'grey', 'calm'], paper: '#e6ebe8', sky: ['#b4c2c6', '#93a7b0', '#cdd6d6', '#a3b3b4'], far: '#8b9fa3', near: '#34484a', water: '#7e979c', light: '#e9e3cf', tree: ['#3d5a52', '#4f6f5f'], trunk: '#263231' },
  { name: 'sea-light', tags: ['day', 'calm', 'teal'], paper: '#f4ecd2', sky: ['#a8d5c8', '#7fc0b5', '#d8e6cf', '#f3e2b4'], far: '#8fb9a8', near: '#2f6a66', water: '#6aa9ae', light: '#c58a3c', tree: ['#3f7a62', '#5d9671'], trunk: '#3a2c22' },
];

interface Canvas extends Size {
  unit: number;
  chance: Chance;
  palette: Palette;
}

/** Long wet bands, darker above. */
function sky({ width, height, chance, palette, unit }: Canvas, to: number): string {
  let out = '';
  const bands = Math.round(4 + (5 * height) / unit / 1.2);
  for (let i = 0; i < bands; i++) {
    const y = (to * (i + chance.between(-0.2, 0.7))) / bands;
    const thick = unit * chance.between(0.05, 0.15);
    const colour = cycle(palette.sky, i + chance.whole(0, 1));
    const upper = ridge(width, y, unit * 0.035, chance.seed(), { waves: 2.5, octaves: 3, steps: 24 });
    const lower = ridge(width, y + thick, unit * 0.05, chance.seed(), { waves: 2, octaves: 3, steps: 24 }).reverse();
    out += path(ground([...upper, ...lower], y + thick), colour, `opacity="${chance.between(0.4, 0.75).toFixed(2)}"`);
  }
  return out;
}

function sun({ chance, palette, unit }: Canvas, x: number, y: number, r: number): string {
  const pale = mix(palette.light, palette.paper, 0.35);
  return (
    haze('glow', x, y, r * 3.4, r * 3.4, pale, 0.7) +
    wet(blob(chance, x, y, r * 2, r * 1.95, 0.05), pale, 0.3, 0.1, unit) +
    wet(blob(chance, x, y, r * 1.5, r * 1.45, 0.04), pale, 0.36, 0.12, unit) +
    wet(blob(chance, x, y, r, r, 0.03, 14), palette.light, 0.95, 0.35, unit)
  );
}

function stars({ width, chance, unit }: Canvas, to: number): string {
  let out = '';
  for (let i = 0; i < 46; i++) {
    const size = unit * chance.between(0.0012, 0.0034);
    out += `<circle cx="${chance.between(0, width).toFixed(0)}" cy="${(to * chance.unit() ** 1.3).toFixed(0)}" r="${size.toFixed(1)}" fill="#f7f2dd" opacity="${chance.between(0.5, 1).toFixed(2)}"/>`;
  }
  return out;
}

function birds({ chance, unit }: Canvas, x: number, y: number, count: number): string {
  let out = '';
  for (let i = 0; i < count; i++) {
    const s = unit * chance.between(0.012, 0.022);
    const bx = x + unit * chance.between(-0.12, 0.12);
    const by = y + unit * chance.between(-0.05, 0.05);
    out += path(brush(chance, [[bx - s, by - s * 0.3], [bx - s * 0.4, by - s * 0.55], [bx, by], [bx + s * 0.45, by - s * 0.6], [bx + s, by - s * 0.25]], s * 0.28, { start: 0.2, end: 0.2 }), '#2b2530', 'opacity="0.8"');
  }
  return out;
}

/** Hills or mountains from far to near; returns them with the skyline of the nearest but one, where things stand. */
function land(canvas: Canvas, from: number, to: number, layers: number, peaks: number, keep = layers): { svg: string; shore: Point[] } {
  const { width, height, chance, palette, unit } = canvas;
  let svg = '';
  let shore: Point[] = [];
  for (let i = 0; i < keep; i++) {
    const t = layers === 1 ? 1 : i / (layers - 1);
    const y = from + (to - from) * t;
    const colour = mix(mix(palette.far, cycle(palette.sky, i), 0.45 * (1 - t)), palette.near, t ** 1.25);
    const sharp = peaks * (1 - t) ** 0.6;
    const line = ridge(width, y, unit * (0.035 + 0.11 * sharp + 0.02 * (1 - t)), chance.seed(), { waves: 1.4 + 1.6 * sharp + (1 - t), peaks: sharp, octaves: 4 });
    svg += wet(ground(line, height + 40), colour, 0.84 + 0.14 * t, 0.5, unit);
    // A second, wetter pass over part of the slope: the layered look of glazes.
    const glaze = line.map(([x, yy], k): Point => [x, yy + unit * (0.03 + 0.05 * noiseOf(k, i))]);
    svg += path(ground(glaze, height + 40), mix(colour, palette.near, 0.25), 'opacity="0.28"');
    if (i === Math.max(0, keep - 2)) shore = line;
  }
  return { svg, shore };
}
const noiseOf = (k: number, i: number): number => 0.5 + 0.5 * Math.sin(k * 0.31 + i * 2.1) * Math.sin(k * 0.13 + i);

function tree(canvas: Canvas, x: number, y: number, size: number): string {
  const { chance, palette } = canvas;
  const lean = chance.around(0, size * 0.12);
  const trunk = brush(chance, handLine(chance, [x, y + size * 0.08], [x + lean, y - size * 0.62], size * 0.06, 6), size * 0.075, { start: 1, end: 0.35 });
  let leaves = '';
  for (let i = 0; i < 15; i++) {
    const angle = chance.unit() * 6.28;
    const away = Math.sqrt(chance.unit()) * size * 0.3;
    const r = size * chance.between(0.1, 0.19);
    leaves += wet(blob(chance, x + lean + Math.cos(angle) * away * 1.15, y - size * 0.72 + Math.sin(angle) * away * 0.8, r, r * 0.88, 0.12, 9), chance.pick(palette.tree), chance.between(0.34, 0.62), 0.22, canvas.unit);
  }
  return group(path(trunk, palette.trunk, 'opacity="0.92"')) + group(leaves);
}

function pine(canvas: Canvas, x: number, y: number, size: number): string {
  const { chance, palette } = canvas;
  let out = path(brush(chance, [[x, y], [x, y - size * 0.5], [x, y - size]], size * 0.05, { start: 1, end: 0.3 }), palette.trunk, 'opacity="0.9"');
  const colour = mix(chance.pick(palette.tree), palette.near, 0.4);
  for (let i = 0; i < 6; i++) {
    const t = i / 6;
    const w = size * (0.08 + 0.24 * t) * chance.between(0.85, 1.15);
    const top = y - size * (1.02 - t * 0.82);
    out += path(smoothTier(chance, x, top, w, size * 0.2), colour, 'opacity="0.78"');
  }
  return group(out);
}
const smoothTier = (chance: Chance, x: number, top: number, w: number, h: number): string =>
  brush(chance, [[x - w, top + h], [x - w * 0.4, top + h * 0.72], [x, top + h * 0.5], [x + w * 0.4, top + h * 0.72], [x + w, top + h]], h * 0.62, { start: 0.15, end: 0.15 });

function boat({ chance, palette, unit }: Canvas, x: number, y: number, size: number): string {
  const hull = `M${x - size * 0.5} ${y}Q${x - size * 0.36} ${y + size * 0.22} ${x} ${y + size * 0.2}Q${x + size * 0.38} ${y + size * 0.2} ${x + size * 0.54} ${y - size * 0.02}Z`;
  const main = `M${x - size * 0.02} ${y - size * 0.06}L${x - size * 0.02} ${y - size * 0.95}Q${x + size * 0.32} ${y - size * 0.5} ${x + size * 0.42} ${y - size * 0.08}Z`;
  const jib = `M${x - size * 0.08} ${y - size * 0.08}L${x - size * 0.07} ${y - size * 0.8}Q${x - size * 0.3} ${y - size * 0.4} ${x - size * 0.4} ${y - size * 0.06}Z`;
  const mast = brush(chance, [[x - size * 0.045, y + size * 0.04], [x - size * 0.045, y - size]], unit * 0.004, { start: 1, end: 0.6 });
  return group(path(main, mix(palette.light, '#fff6e6', 0.55), 'opacity="0.95"') + path(jib, mix(palette.tree[0] ?? palette.light, '#b3402f', 0.5), 'opacity="0.9"') + path(hull, palette.trunk, 'opacity="0.93"') + path(mast, palette.trunk));
}

/** Water: a wash, strokes of current that widen towards the viewer, and the light on it. */
function water(canvas: Canvas, from: number, lightX: number): string {
  const { width, height, chance, palette, unit } = canvas;
  const deep = mix(palette.water, palette.near, 0.3);
  let strokes = '';
  const rows = Math.round(9 + (14 * (height - from)) / unit);
  for (let i = 0; i < rows; i++) {
    const t = (i + chance.unit()) / rows;
    const y = from + (height - from) * t ** 1.2 + unit * 0.012;
    const long = unit * chance.between(0.08, 0.3) * (0.5 + t);
    const x = chance.between(-0.05, 1) * width;
    strokes += path(brush(chance, handLine(chance, [x, y], [x + long, y + chance.around(0, unit * 0.006)], unit * 0.012, 7), unit * (0.006 + 0.02 * t), { start: 0.1, end: 0.1, uneven: 0.3 }), deep, `opacity="${chance.between(0.3, 0.6).toFixed(2)}"`);
  }
  let shine = '';
  for (let i = 0; i < 9; i++) {
    const t = i / 9;
    const w = unit * (0.025 + 0.05 * t) * chance.between(0.6, 1.3);
    const x = lightX + chance.around(0, unit * 0.03);
    const y = from + (height - from) * (0.05 + 0.75 * t ** 1.2);
    shine += path(brush(chance, [[x - w, y], [x, y + 1], [x + w, y]], unit * 0.011, { start: 0.1, end: 0.1 }), mix(palette.light, '#fff4d6', 0.45), 'opacity="0.62"');
  }
  return (
    group(`<rect x="-40" y="${from.toFixed(0)}" width="${width + 80}" height="${(height - from + 60).toFixed(0)}" fill="${palette.water}" opacity="0.9"/>`) +
    group(strokes) +
    group(shine)
  );
}

function house({ chance, unit }: Canvas, x: number, y: number, size: number): string {
  const wall = `M${x - size * 0.5} ${y}L${x - size * 0.5} ${y - size * 0.55}L${x + size * 0.5} ${y - size * 0.55}L${x + size * 0.5} ${y}Z`;
  const roof = `M${x - size * 0.62} ${y - size * 0.52}L${x - size * 0.1} ${y - size * 1.02}L${x + size * 0.16} ${y - size * 1.0}L${x + size * 0.64} ${y - size * 0.52}Z`;
  const door = `M${x - size * 0.1} ${y}L${x - size * 0.1} ${y - size * 0.34}L${x + size * 0.1} ${y - size * 0.34}L${x + size * 0.1} ${y}Z`;
  const chimney = `M${x + size * 0.24} ${y - size * 0.84}l0 ${-size * 0.26}l${size * 0.12} 0l0 ${size * 0.36}Z`;
  const smoke = path(brush(chance, handLine(chance, [x + size * 0.3, y - size * 1.15], [x + size * 0.75, y - size * 2], unit * 0.03, 8), size * 0.16, { start: 0.2, end: 0.5, uneven: 0.3 }), '#ffffff', 'opacity="0.4"');
  return group(smoke) + group(path(chimney, '#6d4337') + path(wall, '#f5ead6', 'opacity="0.96"') + path(roof, '#b2452f', 'opacity="0.93"') + path(door, '#4a3b3a', 'opacity="0.9"'));
}

const SUBJECTS = ['mountains', 'sea', 'trees', 'hills', 'lake', 'house', 'pines'] as const;

function compose(subject: string, canvas: Canvas): { svg: string; tags: string[] } {
  const { width, height, chance, palette, unit } = canvas;
  const night = palette.name === 'night';
  const sunX = width * chance.pick([0.24, 0.34, 0.62, 0.74]);
  const sunR = unit * chance.between(0.055, 0.085);
  const tags: string[] = [night ? 'moon' : 'sun'];
  const open = (horizon: number) => {
    const sunY = horizon * chance.between(0.32, 0.55);
    return `${group(sky(canvas, horizon * 1.05))}${night ? stars(canvas, horizon * 0.8) : ''}${palette.name === 'rain' ? '' : sun(canvas, sunX, sunY, sunR)}`;
  };
  if (subject === 'sea') {
    const horizon = height * chance.between(0.46, 0.56);
    const x = width * chance.between(0.3, 0.72);
    tags.push('sea', 'boat');
    return { svg: open(horizon) + water(canvas, horizon, sunX) + boat(canvas, x, horizon + (height - horizon) * chance.between(0.16, 0.34), unit * chance.between(0.13, 0.19)) + birds(canvas, width * chance.between(0.3, 0.7), horizon * 0.6, 4), tags };
  }
  if (subject === 'lake') {
    const shoreY = height * chance.between(0.55, 0.62);
    tags.push('lake', 'mountain');
    const { svg } = land(canvas, height * 0.4, shoreY + unit * 0.04, 4, 0.9, 3);
    let trees = '';
    const treesX = width * (chance.yes() ? 0.14 : 0.82);
    for (let i = 0; i < 4; i++) trees += pine(canvas, treesX + unit * 0.075 * (i - 1.5), shoreY + unit * chance.between(0, 0.03), unit * chance.between(0.12, 0.22));
    return { svg: open(height * 0.42) + svg + water(canvas, shoreY, sunX) + trees, tags };
  }
  const peaks = subject === 'mountains' ? 1 : subject === 'pines' ? 0.7 : 0.12;
  const from = height * (subject === 'mountains' ? chance.between(0.42, 0.5) : chance.between(0.5, 0.58));
  const layers = subject === 'mountains' ? 5 : 4;
  const { svg, shore } = land(canvas, from, height * chance.between(0.84, 0.9), layers, peaks);
  let things = '';
  if (subject === 'trees') {
    tags.push('tree', 'hills');
    const count = chance.whole(1, 3);
    const start = width * chance.between(0.2, 0.36);
    for (let i = 0; i < count; i++) {
      const x = start + (i * width * 0.56) / Math.max(1, count) + chance.around(0, unit * 0.03);
      things += tree(canvas, x, heightAt(shore, x) + unit * 0.03, unit * chance.between(0.25, 0.4));
    }
  } else if (subject === 'house') {
    tags.push('house', 'hills');
    const x = width * chance.between(0.32, 0.66);
    things += tree(canvas, x + unit * 0.19, heightAt(shore, x + unit * 0.19) + unit * 0.02, unit * 0.27) + house(canvas, x, heightAt(shore, x) + unit * 0.03, unit * chance.between(0.11, 0.14));
  } else if (subject === 'pines') {
    tags.push('forest', 'mountain');
    for (let i = 0; i < 9; i++) {
      const x = width * ((i + chance.between(0.1, 0.9)) / 9);
      things += pine(canvas, x, heightAt(shore, x) + unit * 0.035, unit * chance.between(0.14, 0.32));
    }
  } else if (subject === 'mountains') tags.push('mountain');
  else tags.push('hills', 'field');
  if (!night) things += birds(canvas, width * chance.between(0.25, 0.75), from * 0.7, chance.whole(2, 5));
  return { svg: open(from) + svg + things, tags };
}

function draw(subject: string, seed: number, size: Size): Drawing {
  const chance = new Chance(seed * 31 + SUBJECTS.indexOf(subject as (typeof SUBJECTS)[number]));
  const palette = cycle(PALETTES, seed);
  const unit = Math.min(size.width, size.height);
  const canvas: Canvas = { ...size, unit, chance, palette };
  const { svg, tags } = compose(subject, canvas);
  const body = `<rect width="100%" height="100%" fill="${palette.paper}"/>${svg}`;
  return { svg: sheet(size, '', body), tags: [...new Set(['watercolour', ...tags, ...palette.tags])], finish: { seed, wander: 11, fray: 2.6, pigment: 0.5, relief: 0.5, grain: 0.25 } };
}

export const slowWeather: Hand = { id: 'slow-weather', title: 'Slow Weather', subjects: SUBJECTS, draw };
