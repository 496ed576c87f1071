import { blob, Chance, cycle, group, mix, path, sheet, straight, stroke, type Drawing, type Hand, type Point, type Size } from './svg.ts';

/** Cut paper: flat shapes in five colours, edges as scissors leave them, each piece throwing a thin shadow on the next. */

interface Palette {
  tags: string[];
  ground: string;
  second: string;
  colours: readonly string[];
  dark: string;
}
const PALETTES: readonly Palette[] = [
  { tags: ['bright', 'yellow'], ground: '#f3e9d6', second: '#e9dcc2', colours: ['#f2b632', '#1f4f93', '#d8402f', '#2a8378'], dark: '#1f232b' },
  { tags: ['pink', 'soft'], ground: '#f6cfc6', second: '#f2b9b0', colours: ['#ef8f8a', '#174f47', '#f6ece0', '#5d544e'], dark: '#3b3735' },
  { tags: ['blue', 'cool'], ground: '#e7ecec', second: '#cfdde0', colours: ['#2f66b0', '#86b6d6', '#f1c84b', '#e5673f'], dark: '#16294d' },
  { tags: ['green', 'fresh'], ground: '#f2efdd', second: '#dfe3c3', colours: ['#3d8b5f', '#f0b93a', '#d9553d', '#9cc28a'], dark: '#1d3a2d' },
  { tags: ['night', 'dark', 'blue'], ground: '#1d2b4f', second: '#27396a', colours: ['#f1b93c', '#e2574a', '#3f7fb5', '#f3e7cf'], dark: '#0f1730' },
];

interface Canvas extends Size {
  unit: number;
  chance: Chance;
  palette: Palette;
}

/** A cut piece: its shape in one colour with a hint of shadow (drawn thrice, a little lower each time). */
const piece = (d: string, colour: string): string => shadowed(path(d, colour));
const many = (inside: string): string => shadowed(inside);
/** Set by draw() for the picture being drawn. */
let unitForShadow = 1000;
function shadowed(inside: string): string {
  const dark = inside.replaceAll(/fill="(?!none|url)[^"]*"/g, 'fill="#1a120c"').replaceAll(/stroke="[^"]*"/g, 'stroke="#1a120c"');
  const u = unitForShadow;
  return [3, 2, 1].map((k) => group(dark, `opacity="${(0.05 + 0.03 * (3 - k)).toFixed(2)}" transform="translate(${(0.0011 * k * u).toFixed(2)} ${(0.0018 * k * u).toFixed(2)})"`)).join('') + inside;
}
/** Corners of a rectangle, each a little off. */
function box(chance: Chance, x: number, y: number, w: number, h: number, off: number): string {
  const o = () => chance.around(0, off);
  return straight([[x + o(), y + o()], [x + w + o(), y + o()], [x + w + o(), y + h + o()], [x + o(), y + h + o()]]);
}
const disc = (chance: Chance, x: number, y: number, r: number): string => blob(chance, x, y, r, r, 0.012, 16);

function tower(canvas: Canvas, x: number, top: number, w: number, bottom: number, colour: string, paper: string): string {
  const { chance, unit, palette } = canvas;
  const off = unit * 0.004;
  let out = piece(box(chance, x, top, w, bottom - top, off), colour);
  if (chance.yes(0.4)) out += piece(straight([[x - off, top], [x + w / 2, top - w * chance.between(0.35, 0.6)], [x + w + off, top]]), cycle(palette.colours, chance.whole(0, 3)));
  let windows = '';
  if (chance.yes(0.25)) {
    const rows = Math.max(4, Math.round((bottom - top) / (unit * 0.05)));
    for (let i = 0; i < rows; i++) windows += path(box(chance, x + w * 0.06, top + ((i + 0.3) * (bottom - top)) / rows, w * 0.88, ((bottom - top) / rows) * 0.42, off / 2), paper);
  } else {
    const columns = chance.whole(3, 4);
    const cell = w / (columns + 0.4);
    const rows = Math.floor((bottom - top - cell * 0.5) / (cell * 1.05));
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) windows += path(box(chance, x + cell * (0.42 + c), top + cell * (0.45 + 1.05 * r), cell * 0.58, cell * 0.5, off / 2), paper);
  }
  return out + many(windows);
}

function city(canvas: Canvas): string {
  const { width, height, unit, chance, palette } = canvas;
  const street = height - unit * chance.between(0.13, 0.18);
  let out = piece(disc(chance, width * chance.pick([0.2, 0.3, 0.68, 0.8]), height * chance.between(0.16, 0.24), unit * chance.between(0.07, 0.1)), cycle(palette.colours, chance.whole(0, 3)));
  const count = Math.round((5 * width) / unit);
  const paper = mix(palette.ground, '#ffffff', 0.25);
  let last = -1;
  for (let i = 0; i < count; i++) {
    const w = (width / count) * 0.94;
    let colour = chance.whole(0, 4);
    if (colour === last) colour = (colour + 1) % 5;
    last = colour;
    const top = street - (height * 0.28 + height * 0.42 * chance.unit());
    out += tower(canvas, (width / count) * (i + 0.03), top, w, street, cycle([...palette.colours, palette.dark], colour), paper);
  }
  out += piece(box(chance, -10, street, width + 20, height - street + 20, unit * 0.003), palette.dark);
  let marks = '';
  const dashes = Math.round((7 * width) / unit);
  for (let i = 0; i < dashes; i++) marks += path(box(chance, (width / dashes) * (i + 0.25), street + (height - street) * 0.44, (width / dashes) * 0.5, unit * 0.016, unit * 0.002), palette.colours[0] ?? '#ffffff');
  return out + many(marks);
}

function sunrise(canvas: Canvas): string {
  const { width, height, unit, chance, palette } = canvas;
  const cx = width * chance.between(0.35, 0.65);
  const cy = height * chance.between(0.3, 0.4);
  const rays = chance.whole(12, 16);
  const turn = chance.unit();
  let fan = '';
  for (let i = 0; i < rays; i++) {
    const a = ((i + turn) / rays) * 2 * Math.PI;
    const b = a + (Math.PI / rays) * chance.between(0.75, 0.95);
    const far = Math.hypot(width, height) * 1.1;
    const near = unit * 0.2;
    fan += path(straight([[cx + Math.cos(a) * near, cy + Math.sin(a) * near], [cx + Math.cos(a) * far, cy + Math.sin(a) * far], [cx + Math.cos(b) * far, cy + Math.sin(b) * far], [cx + Math.cos(b) * near, cy + Math.sin(b) * near]]), palette.colours[0] ?? '#f2b632');
  }
  const ring = cycle(palette.colours, chance.whole(1, 3));
  let out = many(fan) + piece(disc(chance, cx, cy, unit * 0.16), ring) + piece(disc(chance, cx, cy, unit * 0.105), palette.ground) + piece(disc(chance, cx, cy, unit * 0.058), palette.dark);
  const base = height - unit * 0.14;
  const hill = (x: number, w: number, h: number, colour: string) => piece(straight([[x - w, base + unit * 0.2], [x + chance.around(0, w * 0.1), base - h], [x + w, base + unit * 0.2]]), colour);
  const first = chance.whole(1, 3);
  out += hill(width * chance.between(0.16, 0.3), unit * 0.42, unit * chance.between(0.2, 0.3), cycle(palette.colours, first === 3 ? 1 : first + 1));
  out += hill(width * chance.between(0.62, 0.8), unit * 0.5, unit * chance.between(0.24, 0.34), palette.dark);
  let lines = '';
  for (let i = 0; i < 5; i++) lines += path(box(chance, -10, base + unit * (0.012 + 0.028 * i), width + 20, unit * 0.013, unit * 0.002), cycle(palette.colours, 2));
  return out + many(lines);
}

function face(canvas: Canvas): string {
  const { width, height, unit, chance, palette } = canvas;
  const cx = width * chance.between(0.44, 0.56);
  const cy = height * 0.46;
  const w = unit * chance.between(0.2, 0.23);
  const h = unit * chance.between(0.26, 0.3);
  const skin = palette.colours[0] ?? '#f2b632';
  const shade = cycle(palette.colours, 2);
  const coat = chance.pick([palette.colours[1] ?? skin, palette.colours[3] ?? skin]);
  const back = cycle(palette.colours, chance.pick([1, 3]));
  let out = chance.yes(0.7) ? piece(box(chance, width * 0.5, -10, width * 0.6, height + 20, 2), back === coat ? palette.second : back) : '';
  out += piece(`M${cx - unit * 0.42} ${height + 20}C${cx - unit * 0.4} ${height - unit * 0.24} ${cx - unit * 0.2} ${cy + h * 1.2} ${cx} ${cy + h * 1.2}C${cx + unit * 0.2} ${cy + h * 1.2} ${cx + unit * 0.4} ${height - unit * 0.24} ${cx + unit * 0.42} ${height + 20}Z`, coat);
  out += piece(box(chance, cx - w * 0.36, cy + h * 0.7, w * 0.72, h * 0.62, 2), skin);
  out += piece(blob(chance, cx, cy, w, h, 0.008, 18), skin);
  out += many(`<clipPath id="half"><rect x="${cx}" y="0" width="${width}" height="${height}"/></clipPath><g clip-path="url(#half)">${path(blob(new Chance(5), cx, cy, w * 0.99, h * 0.99, 0.004, 18), shade)}</g>`);
  const eyeY = cy - h * 0.06;
  for (const side of [-1, 1]) {
    const ex = cx + side * w * 0.46;
    out += piece(disc(chance, ex, eyeY, w * 0.24), '#f6efe0') + piece(disc(chance, ex, eyeY, w * 0.1), palette.dark);
  }
  out += piece(straight([[cx, eyeY - h * 0.06], [cx + w * 0.2, cy + h * 0.28], [cx, cy + h * 0.28]]), palette.colours[1] ?? palette.dark);
  out += piece(box(chance, cx - w * 0.38, cy + h * 0.5, w * 0.76, h * 0.075, 2), palette.dark);
  const hatY = cy - h * 0.42;
  const kind = chance.whole(0, 2);
  if (kind === 0) out += piece(`M${cx - w * 1.2} ${hatY}A${w * 1.2} ${h * 0.86} 0 0 1 ${cx + w * 1.2} ${hatY}Z`, palette.dark);
  else if (kind === 1) out += piece(straight([[cx - w * 1.12, hatY], [cx - w * 0.8, hatY - h * 0.78], [cx + w * 0.8, hatY - h * 0.78], [cx + w * 1.12, hatY]]), palette.dark) + piece(box(chance, cx - w * 1.3, hatY - h * 0.06, w * 2.6, h * 0.13, 2), cycle(palette.colours, 1));
  else out += piece(`M${cx - w * 1.08} ${cy + h * 0.5}C${cx - w * 1.3} ${cy - h * 1.5} ${cx + w * 1.3} ${cy - h * 1.5} ${cx + w * 1.08} ${cy + h * 0.5}L${cx + w * 0.86} ${hatY}Q${cx} ${hatY - h * 0.22} ${cx - w * 0.86} ${hatY}Z`, palette.dark);
  return out;
}

function boat(canvas: Canvas): string {
  const { width, height, unit, chance, palette } = canvas;
  const sea = height * chance.between(0.62, 0.68);
  const seaColour = cycle(palette.colours, chance.pick([1, 3]));
  const x = width * chance.between(0.42, 0.58);
  const s = unit * chance.between(0.3, 0.36);
  let out = piece(disc(chance, width * chance.pick([0.2, 0.8]), height * 0.2, unit * chance.between(0.06, 0.1)), cycle(palette.colours, chance.whole(0, 3)));
  if (chance.yes()) out += piece(blob(chance, width * 0.78, height * 0.3, unit * 0.13, unit * 0.035, 0.05), palette.second);
  out += piece(straight([[x - s * 0.03, sea - s * 0.18], [x - s * 0.03, sea - s * 1.3], [x - s * 0.58, sea - s * 0.2]]), cycle(palette.colours, 2));
  out += piece(straight([[x + s * 0.05, sea - s * 0.2], [x + s * 0.05, sea - s * 1.42], [x + s * 0.74, sea - s * 0.22]]), palette.colours[0] ?? '#f2b632');
  out += piece(box(chance, x - s * 0.02, sea - s * 1.5, s * 0.045, s * 1.5, 1.5), palette.dark);
  out += piece(straight([[x - s * 0.74, sea - s * 0.14], [x + s * 0.82, sea - s * 0.16], [x + s * 0.54, sea + s * 0.14], [x - s * 0.5, sea + s * 0.14]]), cycle(palette.colours, 2));
  out += piece(box(chance, -10, sea + s * 0.07, width + 20, height, 3), seaColour);
  const foam = mix(palette.ground, '#ffffff', 0.3);
  let waves = '';
  const step = unit * 0.105;
  for (let r = 0, y = sea + s * 0.24; y < height + step; r++, y += step * 0.72) {
    for (let k = -1; k < width / step + 1; k++) {
      const wx = (k + (r % 2) / 2) * step;
      waves += stroke(`M${wx.toFixed(0)} ${y.toFixed(0)}Q${(wx + step / 2).toFixed(0)} ${(y + step * 0.55).toFixed(0)} ${(wx + step).toFixed(0)} ${y.toFixed(0)}`, foam, unit * 0.008);
    }
  }
  return out + many(waves);
}

function plant(canvas: Canvas): string {
  const { width, height, unit, chance, palette } = canvas;
  const x = width / 2;
  const table = height - unit * 0.2;
  const leaf = (from: Point, angle: number, long: number, colour: string) => {
    const tip: Point = [from[0] + Math.cos(angle) * long, from[1] + Math.sin(angle) * long];
    const nx = -Math.sin(angle) * long * 0.24;
    const ny = Math.cos(angle) * long * 0.24;
    const mx = (from[0] + tip[0]) / 2;
    const my = (from[1] + tip[1]) / 2;
    return piece(`M${from[0]} ${from[1]}Q${mx + nx * 1.7} ${my + ny * 1.7} ${tip[0]} ${tip[1]}Q${mx - nx * 1.7} ${my - ny * 1.7} ${from[0]} ${from[1]}Z`, colour);
  };
  let out = piece(disc(chance, x + unit * chance.around(0, 0.2), height * 0.32, unit * chance.between(0.2, 0.27)), chance.yes() ? palette.second : (palette.colours[0] ?? palette.second));
  out += piece(box(chance, -10, table, width + 20, height, 3), cycle(palette.colours, chance.pick([1, 2])));
  const potTop = table - unit * 0.2;
  const green = [cycle(palette.colours, 3), palette.dark, cycle(palette.colours, 1)] as const;
  const leaves = chance.whole(6, 8);
  const reach = Math.min(0.44 * unit, (potTop - unit * 0.05) * 0.9);
  for (let i = 0; i < leaves; i++) out += leaf([x, potTop + unit * 0.03], -Math.PI / 2 + ((i - (leaves - 1) / 2) / leaves) * 2.5 + chance.around(0, 0.06), reach * chance.between(0.75, 1.05), cycle(green, i));
  out += piece(straight([[x - unit * 0.13, potTop], [x + unit * 0.13, potTop], [x + unit * 0.095, table + unit * 0.045], [x - unit * 0.095, table + unit * 0.045]]), cycle(palette.colours, chance.pick([0, 2])));
  return out + piece(box(chance, x - unit * 0.15, potTop - unit * 0.02, unit * 0.3, unit * 0.05, 2), palette.ground);
}

function bird(canvas: Canvas): string {
  const { width, height, unit, chance, palette } = canvas;
  const x = width * chance.between(0.45, 0.55);
  const y = height * chance.between(0.48, 0.54);
  const s = unit * chance.between(0.27, 0.31);
  const left = chance.yes() ? -1 : 1;
  const at = (px: number, py: number): Point => [x + left * px * s, y + py * s];
  const m = ([px, py]: Point) => `${px.toFixed(0)} ${py.toFixed(0)}`;
  let out = piece(disc(chance, width * 0.5 - left * unit * 0.22, height * 0.24, unit * 0.13), palette.colours[0] ?? '#f2b632');
  const branch = y + s * 0.98;
  out += piece(box(chance, -10, branch, width + 20, unit * 0.028, 4), palette.dark);
  for (let i = 0; i < 7; i++) {
    const bx = width * ((i + 0.5) / 7) + chance.around(0, unit * 0.03);
    const up = i % 2 === 0 ? -1 : 1;
    out += piece(`M${bx} ${branch + unit * 0.014}q${unit * 0.05} ${up * unit * 0.02} ${unit * 0.06} ${up * unit * 0.11}q${-unit * 0.07} ${-up * unit * 0.02} ${-unit * 0.06} ${-up * unit * 0.11}Z`, cycle(palette.colours, 3));
  }
  out += piece(straight([at(-0.75, 0.25), at(-1.7, 0.95), at(-1.35, 1.12), at(-0.5, 0.72)]), palette.dark);
  out += piece(`M${m(at(1.05, -0.5))}C${m(at(0.9, 0.5))} ${m(at(0.3, 0.98))} ${m(at(-0.2, 0.95))}C${m(at(-0.85, 0.9))} ${m(at(-1.02, 0.4))} ${m(at(-0.85, 0.05))}C${m(at(-0.3, -0.1))} ${m(at(0.1, -0.4))} ${m(at(0.3, -0.75))}Z`, cycle(palette.colours, 1));
  out += piece(disc(chance, ...at(0.66, -0.62), s * 0.42), cycle(palette.colours, 1));
  out += piece(straight([at(1.02, -0.78), at(1.45, -0.58), at(1.02, -0.5)]), palette.colours[0] ?? '#f2b632');
  out += piece(disc(chance, ...at(0.74, -0.7), s * 0.12), '#f6efe0') + piece(disc(chance, ...at(0.75, -0.7), s * 0.055), palette.dark);
  out += piece(`M${m(at(0.35, 0.05))}C${m(at(0.2, 0.7))} ${m(at(-0.5, 0.75))} ${m(at(-0.95, 0.42))}C${m(at(-0.5, 0.3))} ${m(at(-0.1, 0.0))} ${m(at(0.35, 0.05))}Z`, cycle(palette.colours, 2));
  return out;
}

const SUBJECTS = ['city', 'sun', 'face', 'boat', 'plant', 'bird'] as const;
const TAGS: Record<string, string[]> = {
  city: ['city', 'building', 'street'],
  sun: ['sun', 'mountain', 'rays'],
  face: ['face', 'portrait', 'hat'],
  boat: ['boat', 'sea', 'sail'],
  plant: ['plant', 'leaves', 'still life'],
  bird: ['bird', 'branch', 'animal'],
};
const DRAW: Record<string, (canvas: Canvas) => string> = { city, sun: sunrise, face, boat, plant, bird };

function draw(subject: string, seed: number, size: Size): Drawing {
  const chance = new Chance(seed * 17 + 3);
  const palette = cycle(PALETTES, Math.floor(seed / SUBJECTS.length) + seed);
  const unit = Math.min(size.width, size.height);
  unitForShadow = unit;
  const body = (DRAW[subject] ?? city)({ ...size, unit, chance, palette });
  return {
    svg: sheet(size, '', `<rect width="100%" height="100%" fill="${palette.ground}"/>${body}`),
    tags: [...new Set(['paper cut', ...(TAGS[subject] ?? []), ...palette.tags])],
    finish: { seed, wander: 5, fray: 1.2, pigment: 0.08, relief: 0.3, grain: 0.22 },
  };
}

export const paperCity: Hand = { id: 'paper-city', title: 'Paper City', subjects: SUBJECTS, draw };
