import { blob, Chance, cycle, group, handLine, path, ridge, sheet, smooth, straight, stroke, ground, type Drawing, type Hand, type Point, type Size } from './svg.ts';

/** Stencil prints: two drums of ink, a third colour wherever they meet, never quite in register. */

interface Pair {
  tags: string[];
  paper: string;
  light: string;
  dark: string;
}
const PAIRS: readonly Pair[] = [
  { tags: ['coral', 'green'], paper: '#f6efe2', light: '#f2786b', dark: '#1f5b50' },
  { tags: ['yellow', 'blue'], paper: '#f5f0e4', light: '#f4c33c', dark: '#2d57a0' },
  { tags: ['pink', 'blue'], paper: '#f7f1ea', light: '#f19bb0', dark: '#23406f' },
];

/** What each drum prints; drawn in its own colour, multiplied over the other. */
class Press {
  readonly light: string[] = [];
  readonly dark: string[] = [];
}

interface Canvas extends Size {
  unit: number;
  chance: Chance;
  ink: Pair;
  press: Press;
}
const disc = (chance: Chance, x: number, y: number, r: number) => blob(chance, x, y, r, r, 0.006, 18);

/** Rows of dots: half a tone. */
function dots({ unit }: Canvas, id: string, colour: string, size = 0.3): string {
  const cell = unit * 0.014;
  return `<pattern id="${id}" width="${cell}" height="${cell}" patternUnits="userSpaceOnUse" patternTransform="rotate(30)"><circle cx="${cell / 2}" cy="${cell / 2}" r="${cell * size}" fill="${colour}"/></pattern>`;
}

function hills(canvas: Canvas): void {
  const { width, height, unit, chance, ink, press } = canvas;
  press.light.push(path(disc(chance, width * chance.between(0.3, 0.7), height * chance.between(0.26, 0.34), unit * chance.between(0.15, 0.2)), ink.light));
  for (let i = 0; i < 3; i++) {
    const line = ridge(width, height * (0.52 + 0.15 * i), unit * 0.1, chance.seed(), { waves: 1.3, octaves: 2, peaks: i === 0 ? 0.7 : 0.1, steps: 40 });
    const shape = ground(line, height + 20);
    (i % 2 === 0 ? press.dark : press.light).push(path(shape, i === 0 ? 'url(#half-dark)' : i % 2 === 0 ? ink.dark : ink.light));
  }
  for (let i = 0; i < 5; i++) {
    const x = width * chance.between(0.06, 0.94);
    const y = height * chance.between(0.78, 0.94);
    const s = unit * chance.between(0.05, 0.11);
    press.dark.push(path(straight([[x - s * 0.5, y], [x, y - s * 2], [x + s * 0.5, y]]), ink.dark));
    press.light.push(path(straight([[x - s * 0.1, y], [x, y - s * 1.9], [x + s * 0.5, y]]), ink.light));
  }
}

function vase(canvas: Canvas): void {
  const { width, height, unit, chance, ink, press } = canvas;
  const x = width * chance.between(0.44, 0.56);
  const table = height * 0.78;
  press.light.push(path(straight([[-10, table], [width + 10, table - 4], [width + 10, height + 10], [-10, height + 10]]), 'url(#half-light)'));
  press.light.push(path(disc(chance, x + unit * 0.1, height * 0.32, unit * 0.24), ink.light));
  const neck = table - unit * 0.32;
  const stems = chance.whole(4, 6);
  for (let i = 0; i < stems; i++) {
    const lean = ((i - (stems - 1) / 2) / stems) * unit * 0.72 + chance.around(0, unit * 0.03);
    const top = neck - unit * chance.between(0.2, 0.36);
    const line: Point[] = [[x, neck], [x + lean * 0.45, neck - (neck - top) * 0.5], [x + lean, top]];
    press.dark.push(stroke(smooth(line), ink.dark, unit * 0.009));
    if (i % 2 === 0) {
      for (let k = 0; k < 7; k++) press.light.push(path(blob(chance, x + lean + Math.cos(k * 0.9) * unit * 0.045, top + Math.sin(k * 0.9) * unit * 0.045, unit * 0.038, unit * 0.03, 0.08, 8), ink.light));
      press.dark.push(path(disc(chance, x + lean, top, unit * 0.022), ink.dark));
    } else {
      for (let k = 0; k < 5; k++) {
        const t = 0.35 + k * 0.15;
        const lx = x + lean * t;
        const ly = neck - (neck - top) * t;
        const side = k % 2 === 0 ? 1 : -1;
        press.dark.push(path(smooth([[lx, ly], [lx + side * unit * 0.05, ly - unit * 0.045], [lx + side * unit * 0.1, ly - unit * 0.035], [lx + side * unit * 0.05, ly + unit * 0.002]], true), ink.dark));
      }
    }
  }
  const w = unit * chance.between(0.11, 0.14);
  press.dark.push(path(smooth([[x - w * 0.42, neck], [x - w * 0.5, neck + unit * 0.05], [x - w, neck + unit * 0.19], [x - w * 0.6, table + unit * 0.03], [x + w * 0.6, table + unit * 0.03], [x + w, neck + unit * 0.19], [x + w * 0.5, neck + unit * 0.05], [x + w * 0.42, neck]], true), 'url(#half-dark)'));
  press.light.push(path(smooth([[x - w * 0.8, neck + unit * 0.12], [x, neck + unit * 0.15], [x + w * 0.8, neck + unit * 0.12], [x + w, neck + unit * 0.2], [x, neck + unit * 0.24], [x - w, neck + unit * 0.2]], true), ink.light));
}

function bridge(canvas: Canvas): void {
  const { width, height, unit, chance, ink, press } = canvas;
  const deck = height * chance.between(0.5, 0.56);
  press.light.push(path(disc(chance, width * chance.pick([0.25, 0.72]), deck - unit * 0.2, unit * 0.16), ink.light));
  press.light.push(path(straight([[-10, deck + unit * 0.16], [width + 10, deck + unit * 0.15], [width + 10, height + 10], [-10, height + 10]]), ink.light));
  for (let i = 0; i < 16; i++) {
    const y = deck + unit * 0.2 + (height - deck) * 0.8 * chance.unit();
    const x = chance.between(-0.1, 0.9) * width;
    press.dark.push(stroke(smooth(handLine(chance, [x, y], [x + unit * chance.between(0.1, 0.3), y], unit * 0.014)), ink.dark, unit * 0.007));
  }
  press.dark.push(path(straight([[-10, deck], [width + 10, deck], [width + 10, deck + unit * 0.032], [-10, deck + unit * 0.032]]), ink.dark));
  for (const t of [0.24, 0.76]) {
    const x = width * t;
    const top = deck - unit * 0.34;
    press.dark.push(path(straight([[x - unit * 0.024, top], [x + unit * 0.024, top], [x + unit * 0.034, deck + unit * 0.2], [x - unit * 0.034, deck + unit * 0.2]]), ink.dark));
    for (const side of [-1, 1]) {
      for (let k = 1; k <= 6; k++) press.dark.push(stroke(`M${x} ${top + unit * 0.02}L${x + side * unit * 0.062 * k} ${deck}`, ink.dark, unit * 0.004));
    }
  }
  press.dark.push(path(ground(ridge(width, deck + unit * 0.02, unit * 0.06, chance.seed(), { waves: 2, octaves: 2, steps: 30 }), deck + unit * 0.16), 'url(#half-dark)'));
}

function fruit(canvas: Canvas): void {
  const { width, height, unit, chance, ink, press } = canvas;
  const table = height * 0.66;
  press.light.push(path(straight([[-10, table], [width + 10, table], [width + 10, height + 10], [-10, height + 10]]), 'url(#half-light)'));
  const count = chance.whole(5, 7);
  for (let i = 0; i < count; i++) {
    const row = i < 4 ? 0 : 1;
    const x = width / 2 + (i - (row === 0 ? 1.5 : 4 + (count - 5) / 2)) * unit * 0.19 + chance.around(0, unit * 0.01);
    const y = table - unit * (0.06 + 0.15 * row);
    const r = unit * chance.between(0.09, 0.105);
    const shape = chance.yes(0.7) ? disc(chance, x, y, r) : blob(chance, x, y, r * 0.84, r * 1.18, 0.02, 16);
    press.light.push(path(shape, ink.light));
    if (i % 3 !== 1) press.dark.push(path(blob(chance, x + r * 0.26, y + r * 0.2, r * 0.74, r * 0.78, 0.02, 14), i % 2 === 0 ? 'url(#half-dark)' : ink.dark));
    press.dark.push(stroke(smooth([[x, y - r * 0.86], [x + r * 0.1, y - r * 1.15], [x + r * 0.24, y - r * 1.32]]), ink.dark, unit * 0.01));
    press.dark.push(path(smooth([[x + r * 0.2, y - r * 1.25], [x + r * 0.55, y - r * 1.55], [x + r * 0.95, y - r * 1.4], [x + r * 0.55, y - r * 1.15]], true), ink.dark));
  }
  const by = table + unit * 0.03;
  press.dark.push(path(`M${width / 2 - unit * 0.4} ${by - unit * 0.03}H${width / 2 + unit * 0.4}C${width / 2 + unit * 0.34} ${by + unit * 0.22} ${width / 2 - unit * 0.34} ${by + unit * 0.22} ${width / 2 - unit * 0.4} ${by - unit * 0.03}Z`, ink.dark));
}

function swimmer(canvas: Canvas): void {
  const { width, height, unit, chance, ink, press } = canvas;
  press.light.push(path(straight([[-10, height * 0.2], [width + 10, height * 0.18], [width + 10, height + 10], [-10, height + 10]]), 'url(#half-light)'));
  for (let i = 0; i < 30; i++) {
    const y = height * (0.22 + 0.76 * ((i + chance.unit()) / 30));
    const x = chance.between(-0.1, 0.95) * width;
    const long = unit * chance.between(0.08, 0.2);
    press.dark.push(stroke(smooth([[x, y], [x + long * 0.25, y - unit * 0.012], [x + long * 0.5, y], [x + long * 0.75, y + unit * 0.012], [x + long, y]]), ink.dark, unit * 0.006));
  }
  const x = width * chance.between(0.42, 0.58);
  const y = height * chance.between(0.46, 0.6);
  const s = unit * chance.between(0.3, 0.36);
  const d = chance.yes() ? 1 : -1;
  press.light.push(path(smooth([[x - d * s * 0.2, y - s * 0.12], [x + d * s * 0.6, y - s * 0.02], [x + d * s * 1.25, y + s * 0.2], [x + d * s * 0.6, y + s * 0.22], [x - d * s * 0.1, y + s * 0.16]], true), ink.light));
  press.light.push(path(smooth([[x - d * s * 0.1, y - s * 0.05], [x - d * s * 0.6, y - s * 0.42], [x - d * s * 1.05, y - s * 0.2], [x - d * s * 0.98, y - s * 0.1], [x - d * s * 0.58, y - s * 0.26], [x - d * s * 0.12, y + s * 0.1]], true), ink.light));
  press.light.push(path(disc(chance, x - d * s * 0.42, y, s * 0.19), ink.light));
  press.dark.push(path(`M${x - d * s * 0.42 - s * 0.2} ${y}A${s * 0.2} ${s * 0.2} 0 0 1 ${x - d * s * 0.42 + s * 0.2} ${y}Z`, ink.dark));
  press.dark.push(path(smooth([[x + d * s * 0.05, y - s * 0.09], [x + d * s * 0.5, y - s * 0.03], [x + d * s * 0.5, y + s * 0.2], [x + d * s * 0.02, y + s * 0.16]], true), ink.dark));
}

const SUBJECTS = ['hills', 'vase', 'bridge', 'fruit', 'swimmer'] as const;
const TAGS: Record<string, string[]> = {
  hills: ['hills', 'mountain', 'sun'],
  vase: ['flowers', 'vase', 'still life'],
  bridge: ['bridge', 'river', 'sun'],
  fruit: ['fruit', 'bowl', 'still life'],
  swimmer: ['swimmer', 'sea', 'person'],
};
const DRAW: Record<string, (canvas: Canvas) => void> = { hills, vase, bridge, fruit, swimmer };

function draw(subject: string, seed: number, size: Size): Drawing {
  const chance = new Chance(seed * 23 + 5);
  const unit = Math.min(size.width, size.height);
  const ink = cycle(PAIRS, Math.floor(seed / SUBJECTS.length) + seed);
  const press = new Press();
  const canvas: Canvas = { ...size, unit, chance, ink, press };
  (DRAW[subject] ?? hills)(canvas);
  const off = (spread: number) => chance.around(0, unit * spread).toFixed(1);
  const body =
    `<rect width="100%" height="100%" fill="${ink.paper}"/>` +
    group(press.light.join(''), `style="mix-blend-mode:multiply" transform="translate(${off(0.006)} ${off(0.006)})"`) +
    group(press.dark.join(''), `style="mix-blend-mode:multiply" transform="translate(${off(0.006)} ${off(0.006)})" opacity="0.95"`);
  return {
    svg: sheet(size, dots(canvas, 'half-dark', ink.dark, 0.38) + dots(canvas, 'half-light', ink.light, 0.36), body),
    tags: [...new Set(['print', ...(TAGS[subject] ?? []), ...ink.tags])],
    finish: { seed, wander: 2.5, fray: 1.6, pigment: 0.3, relief: 0.16, grain: 0.9 },
  };
}

export const twoInks: Hand = { id: 'two-inks', title: 'Two Inks', subjects: SUBJECTS, draw };
