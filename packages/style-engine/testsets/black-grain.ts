import { brush, Chance, cycle, fbm, handLine, heightAt, mix, path, ridge, sheet, smooth, stroke, type Drawing, type Hand, type Point, type Size } from './svg.ts';

/** Pen and ink: everything is made of lines that drift, cross and thicken; one spot of colour. */

interface Canvas extends Size {
  unit: number;
  chance: Chance;
  ink: string;
  paper: string;
  spot: string;
}
const SPOTS = [
  { colour: '#9c2f28', tag: 'red' },
  { colour: '#25507f', tag: 'blue' },
  { colour: '#a8812b', tag: 'yellow' },
] as const;

/** Parallel drifting lines in a region (a clip path), at an angle. */
function hatch(canvas: Canvas, clip: string, box: readonly [number, number, number, number], angle: number, gap: number, weight: number, options: { colour?: string; drift?: number; broken?: number } = {}): string {
  const { chance, ink } = canvas;
  const { colour = ink, drift = gap * 0.9, broken = 0.12 } = options;
  const [x, y, w, h] = box;
  const cx = x + w / 2;
  const cy = y + h / 2;
  const reach = Math.hypot(w, h) / 2 + gap;
  const id = `c${chance.seed()}${chance.seed()}`;
  const field = chance.seed();
  let lines = '';
  for (let d = -reach; d < reach; d += gap * chance.between(0.82, 1.18)) {
    const points: Point[] = [];
    const steps = Math.max(6, Math.round(reach / (gap * 2.2)));
    for (let i = 0; i <= steps; i++) {
      const along = -reach + (2 * reach * i) / steps;
      // Neighbouring lines drift together, as a hand repeats its own curve.
      const off = fbm(along / (reach * 0.5) + field, field, 2) * drift * 2.2 + fbm(along / (gap * 5) + d, field + 3, 2) * drift * 0.45;
      points.push([cx + Math.cos(angle) * along - Math.sin(angle) * (d + off), cy + Math.sin(angle) * along + Math.cos(angle) * (d + off)]);
    }
    const dash = chance.yes(broken) ? `stroke-dasharray="${(reach * chance.between(0.25, 0.7)).toFixed(0)} ${(gap * chance.between(1, 3)).toFixed(0)}"` : '';
    lines += stroke(smooth(points), colour, weight * chance.between(0.75, 1.25), dash);
  }
  return `<clipPath id="${id}">${clip}</clipPath><g clip-path="url(#${id})">${lines}</g>`;
}
const area = (d: string): string => `<path d="${d}"/>`;
const frame = ({ width, height }: Canvas): readonly [number, number, number, number] => [0, 0, width, height];

/** A contour drawn twice, not quite the same. */
function contour(canvas: Canvas, points: readonly Point[], weight: number, closed = false): string {
  const { chance, ink, unit } = canvas;
  const again = points.map(([x, y]): Point => [x + chance.around(0, unit * 0.0016), y + chance.around(0, unit * 0.0016)]);
  return stroke(smooth(points, closed), ink, weight) + stroke(smooth(again, closed), ink, weight * 0.6);
}
function ellipse(chance: Chance, cx: number, cy: number, rx: number, ry: number, wobble = 0.01): Point[] {
  return Array.from({ length: 20 }, (_, i): Point => {
    const a = (i / 20) * 2 * Math.PI;
    const k = 1 + chance.around(0, wobble);
    return [cx + Math.cos(a) * rx * k, cy + Math.sin(a) * ry * k];
  });
}

function spotDisc(canvas: Canvas, x: number, y: number, r: number): string {
  const { chance, spot, paper, unit } = canvas;
  const d = smooth(ellipse(chance, x, y, r, r, 0.012), true);
  return path(smooth(ellipse(chance, x, y, r + unit * 0.014, r + unit * 0.014, 0.012), true), paper) + path(d, spot) + hatch(canvas, area(d), [x - r, y - r, 2 * r, 2 * r], 0.6, unit * 0.014, unit * 0.002, { colour: mix(spot, '#000000', 0.35) });
}

function eye(canvas: Canvas, x: number, y: number, w: number): string {
  const { chance, ink, paper, unit } = canvas;
  const top: Point[] = [[x - w, y], [x - w * 0.4, y - w * 0.52], [x + w * 0.4, y - w * 0.52], [x + w, y]];
  const low: Point[] = [[x + w, y], [x + w * 0.3, y + w * 0.42], [x - w * 0.4, y + w * 0.4], [x - w, y]];
  const lid: Point[] = top.map(([px, py]): Point => [px, py - w * 0.3]);
  return (
    path(smooth([...top, ...low.slice(1, -1)], true), paper) +
    path(smooth(ellipse(chance, x, y - w * 0.04, w * 0.42, w * 0.42), true), ink) +
    `<circle cx="${x + w * 0.13}" cy="${y - w * 0.18}" r="${w * 0.12}" fill="${paper}"/>` +
    stroke(smooth(top), ink, unit * 0.0055) +
    stroke(smooth(low), ink, unit * 0.003) +
    stroke(smooth(lid), ink, unit * 0.0026)
  );
}

function portrait(canvas: Canvas, who: 'man' | 'woman'): string {
  const { width, height, unit, chance, ink, paper, spot } = canvas;
  const cx = width * chance.between(0.46, 0.54);
  const cy = height * 0.43;
  const w = unit * chance.between(0.165, 0.185);
  const h = unit * chance.between(0.225, 0.25);
  const woman = who === 'woman';
  let out = hatch(canvas, area(`M0 0H${width}V${height}H0Z`), frame(canvas), chance.between(-0.5, 0.5) + (chance.yes(0.3) ? 1.4 : 0), unit * 0.017, unit * 0.0023);
  if (woman) {
    const hair: Point[] = [[cx - w * 1.32, cy + h * 1.15], [cx - w * 1.5, cy - h * 0.2], [cx - w * 0.95, cy - h * 1.22], [cx, cy - h * 1.42], [cx + w * 0.95, cy - h * 1.22], [cx + w * 1.5, cy - h * 0.2], [cx + w * 1.32, cy + h * 1.15], [cx, cy + h * 1.32]];
    out += path(smooth(hair, true), ink) + hatch(canvas, area(smooth(hair, true)), [cx - w * 1.6, cy - h * 1.5, w * 3.2, h * 3], 1.5, unit * 0.019, unit * 0.0022, { colour: mix(paper, ink, 0.25) });
  }
  const body = `M${cx - unit * 0.4} ${height + 10}C${cx - unit * 0.38} ${height - unit * 0.17} ${cx - unit * 0.2} ${cy + h * 1.36} ${cx - w * 0.5} ${cy + h * 1.3}L${cx + w * 0.5} ${cy + h * 1.3}C${cx + unit * 0.2} ${cy + h * 1.36} ${cx + unit * 0.38} ${height - unit * 0.17} ${cx + unit * 0.4} ${height + 10}Z`;
  const bodyBox = [cx - unit * 0.42, cy + h * 1.2, unit * 0.84, height - cy - h * 1.1] as const;
  out += path(body, paper) + hatch(canvas, area(body), bodyBox, 0.85, unit * 0.017, unit * 0.003, { colour: spot }) + hatch(canvas, area(body), bodyBox, -0.75, unit * 0.02, unit * 0.0024) + stroke(body, ink, unit * 0.006);
  const neck = `M${cx - w * 0.44} ${cy + h * 0.7}L${cx - w * 0.5} ${cy + h * 1.36}Q${cx} ${cy + h * 1.56} ${cx + w * 0.5} ${cy + h * 1.36}L${cx + w * 0.44} ${cy + h * 0.7}Z`;
  out += path(neck, paper) + hatch(canvas, area(neck), [cx - w, cy + h * 0.6, 2 * w, h], 1.55, unit * 0.011, unit * 0.0024) + stroke(neck, ink, unit * 0.004);
  const head = ellipse(chance, cx, cy, w, h, 0.006).map(([x, y]): Point => [x - (y > cy ? ((x - cx) * (y - cy) * 0.22) / h : 0), y]);
  out += path(smooth(head, true), paper);
  const side = chance.yes() ? 1 : -1;
  const shade = `M${cx + side * w * 0.3} ${cy - h}L${cx + side * w * 1.1} ${cy - h}L${cx + side * w * 1.1} ${cy + h}L${cx + side * w * 0.1} ${cy + h}L${cx + side * w * 0.42} ${cy + h * 0.3}Z`;
  const id = `h${chance.seed()}`;
  out += `<clipPath id="${id}"><path d="${smooth(head, true)}"/></clipPath><g clip-path="url(#${id})">${hatch(canvas, area(shade), [cx - w, cy - h, 2 * w, 2 * h], side * 0.9, unit * 0.0125, unit * 0.002)}</g>`;
  out += hatch(canvas, area(smooth(ellipse(chance, cx - side * w * 0.52, cy + h * 0.3, w * 0.24, h * 0.13), true)), [cx - w, cy, 2 * w, h * 0.6], -0.8, unit * 0.01, unit * 0.0018);
  if (!woman) {
    const beard = `M${cx - w * 1.02} ${cy + h * 0.18}Q${cx - w * 0.5} ${cy + h * 0.34} ${cx} ${cy + h * 0.36}Q${cx + w * 0.5} ${cy + h * 0.34} ${cx + w * 1.02} ${cy + h * 0.18}L${cx + w} ${cy + h * 1.1}L${cx - w} ${cy + h * 1.1}Z`;
    out += `<g clip-path="url(#${id})">${hatch(canvas, area(beard), [cx - w, cy, 2 * w, h * 1.2], 1.57, unit * 0.0085, unit * 0.0027, { drift: unit * 0.004 })}</g>`;
  }
  out += contour(canvas, head, unit * 0.006, true);
  const ey = cy - h * 0.08;
  for (const s of [-1, 1]) {
    out += eye(canvas, cx + s * w * 0.42, ey, w * 0.21);
    out += path(brush(chance, [[cx + s * w * 0.66, ey - h * 0.2], [cx + s * w * 0.42, ey - h * 0.26], [cx + s * w * 0.2, ey - h * 0.21]], unit * (woman ? 0.007 : 0.013)), ink);
  }
  out += stroke(smooth([[cx + side * w * 0.06, ey + h * 0.02], [cx + side * w * 0.12, cy + h * 0.2], [cx + side * w * 0.17, cy + h * 0.31], [cx - side * w * 0.03, cy + h * 0.33]]), ink, unit * 0.004);
  const my = cy + h * 0.56;
  out += path(`M${cx - w * 0.3} ${my - h * 0.02}Q${cx} ${my - h * 0.05} ${cx + w * 0.3} ${my - h * 0.02}Q${cx} ${my + h * 0.12} ${cx - w * 0.3} ${my - h * 0.02}Z`, woman ? spot : paper) + stroke(smooth([[cx - w * 0.32, my - h * 0.02], [cx, my + h * 0.02], [cx + w * 0.32, my - h * 0.03]]), ink, unit * 0.0045);
  if (!woman) {
    const hair: Point[] = [[cx - w * 1.03, cy - h * 0.22], [cx - w * 1.06, cy - h * 0.8], [cx - w * 0.5, cy - h * 1.24], [cx + w * 0.4, cy - h * 1.26], [cx + w * 1.06, cy - h * 0.84], [cx + w * 1.03, cy - h * 0.22], [cx + w * 0.84, cy - h * 0.56], [cx, cy - h * 0.68], [cx - w * 0.84, cy - h * 0.56]];
    out += path(smooth(hair, true), ink) + hatch(canvas, area(smooth(hair, true)), [cx - w * 1.1, cy - h * 1.3, w * 2.2, h * 1.2], 1.2, unit * 0.017, unit * 0.0022, { colour: mix(paper, ink, 0.25) });
  } else {
    const fringe: Point[] = [[cx - w * 1.04, cy + h * 0.1], [cx - w * 0.9, cy - h * 0.62], [cx - w * 0.1, cy - h * 0.96], [cx + w * 0.8, cy - h * 0.72], [cx + w * 1.04, cy + h * 0.1], [cx + w * 1.02, cy - h * 0.9], [cx, cy - h * 1.25], [cx - w * 1.02, cy - h * 0.9]];
    out += path(smooth(fringe, true), ink);
  }
  return out;
}

/** A bare tree: branches fork until they are hairs. */
function branches(canvas: Canvas, from: Point, angle: number, length: number, weight: number, depth: number): string {
  const { chance, ink } = canvas;
  const to: Point = [from[0] + Math.cos(angle) * length, from[1] + Math.sin(angle) * length];
  let out = path(brush(chance, handLine(chance, from, to, length * 0.14, 5), weight, { start: 1, end: 0.7, uneven: 0.1 }), ink);
  if (depth === 0) return out;
  const forks = depth > 3 ? 2 : chance.whole(2, 3);
  for (let i = 0; i < forks; i++) {
    const t = forks === 1 ? 0 : i / (forks - 1) - 0.5;
    out += branches(canvas, to, angle + t * chance.between(0.8, 1.3) + chance.around(0, 0.2), length * chance.between(0.66, 0.82), weight * 0.66, depth - 1);
  }
  return out;
}

function trees(canvas: Canvas): string {
  const { width, height, unit, chance } = canvas;
  const horizon = height * chance.between(0.68, 0.78);
  let out = hatch(canvas, area(`M0 0H${width}V${horizon * 0.62}H0Z`), [0, 0, width, horizon * 0.62], chance.around(0, 0.03), unit * 0.026, unit * 0.002, { broken: 0.5, drift: unit * 0.012 });
  out += spotDisc(canvas, width * chance.between(0.28, 0.72), height * chance.between(0.2, 0.3), unit * chance.between(0.07, 0.09));
  const ground = `M0 ${horizon}H${width}V${height}H0Z`;
  out += hatch(canvas, area(ground), [0, horizon, width, height - horizon], 0.05, unit * 0.0125, unit * 0.003, { drift: unit * 0.014 }) + hatch(canvas, area(ground), [0, horizon, width, height - horizon], -0.14, unit * 0.026, unit * 0.0024, { drift: unit * 0.014 });
  const count = chance.whole(1, 2) + Math.floor(width / unit / 1.8);
  for (let i = 0; i < count; i++) {
    const x = width * ((i + 0.5) / count) + chance.around(0, unit * 0.1);
    const root: Point = [x, horizon + (height - horizon) * chance.between(0.2, 0.6)];
    out += branches(canvas, root, -Math.PI / 2 + chance.around(0, 0.12), unit * chance.between(0.24, 0.32), unit * 0.032, 6);
  }
  return out;
}

function mountains(canvas: Canvas): string {
  const { width, height, unit, chance, ink, paper } = canvas;
  const lake = height * chance.between(0.76, 0.82);
  const night = chance.yes(0.55);
  let out = night ? `<rect width="${width}" height="${lake}" fill="${ink}"/>` + hatch(canvas, area(`M0 0H${width}V${lake}H0Z`), [0, 0, width, lake], 0.01, unit * 0.024, unit * 0.0026, { colour: paper, broken: 0.3, drift: unit * 0.012 }) : hatch(canvas, area(`M0 0H${width}V${lake * 0.7}H0Z`), [0, 0, width, lake * 0.7], 0.02, unit * 0.022, unit * 0.0021, { broken: 0.5, drift: unit * 0.012 });
  out += spotDisc(canvas, width * chance.between(0.25, 0.75), height * chance.between(0.16, 0.26), unit * chance.between(0.065, 0.085));
  const count = Math.round((3 * width) / unit) + 1;
  const order = Array.from({ length: count }, (_, i) => i).sort(() => chance.unit() - 0.5);
  for (const i of order) {
    const x = (width * (i + 0.5)) / count + chance.around(0, unit * 0.05);
    const high = unit * chance.between(0.26, 0.46) * Math.min(1.5, height / unit);
    const half = unit * chance.between(0.2, 0.28);
    const peak: Point = [x, lake - high];
    const foot: Point = [x + chance.around(0, half * 0.3), lake];
    const lit = handLine(chance, peak, [x - half, lake], unit * 0.03, 9);
    const dark = handLine(chance, peak, [x + half, lake], unit * 0.03, 9);
    const crest = handLine(chance, peak, foot, unit * 0.07, 9);
    const left = `${smooth(lit)}L${foot[0]} ${foot[1]}${smooth([...crest].reverse()).replace('M', 'L')}Z`;
    const right = `${smooth(dark)}L${foot[0]} ${foot[1]}${smooth([...crest].reverse()).replace('M', 'L')}Z`;
    const box = [x - half, lake - high, half * 2, high] as const;
    out += path(left, paper) + path(right, paper);
    out += hatch(canvas, area(left), box, 2.05, unit * 0.021, unit * 0.0019, { broken: 0.5 });
    out += hatch(canvas, area(right), box, 1.05, unit * 0.0105, unit * 0.0031);
    out += contour(canvas, lit, unit * 0.0055) + contour(canvas, dark, unit * 0.0055) + contour(canvas, crest, unit * 0.004);
  }
  const water = `M0 ${lake}H${width}V${height}H0Z`;
  return out + path(water, paper) + hatch(canvas, area(water), [0, lake, width, height - lake], 0, unit * 0.015, unit * 0.0026, { broken: 0.4, drift: unit * 0.008 }) + contour(canvas, handLine(chance, [0, lake], [width, lake], unit * 0.005), unit * 0.005);
}

function village(canvas: Canvas): string {
  const { width, height, unit, chance, ink, paper, spot } = canvas;
  let out = hatch(canvas, area(`M0 0H${width}V${height * 0.5}H0Z`), [0, 0, width, height * 0.5], chance.around(0, 0.25), unit * 0.027, unit * 0.002, { broken: 0.5, drift: unit * 0.016 });
  out += spotDisc(canvas, width * chance.between(0.2, 0.8), height * 0.17, unit * 0.06);
  const hill = ridge(width, height * 0.66, unit * 0.07, chance.seed(), { waves: 1.4, octaves: 2, steps: 20 });
  const slope = `${smooth(hill)}L${width + 20} ${height}L-20 ${height}Z`;
  out += path(slope, paper) + hatch(canvas, area(slope), [0, height * 0.5, width, height * 0.5], 0.12, unit * 0.017, unit * 0.0024, { drift: unit * 0.022 }) + contour(canvas, hill, unit * 0.005);
  const count = Math.round((4 * width) / unit);
  for (let i = 0; i < count; i++) {
    const w = unit * chance.between(0.13, 0.18);
    const x = width * ((i + 0.5) / count) - w / 2 + chance.around(0, unit * 0.02);
    const foot = heightAt(hill, x + w / 2) + unit * chance.between(0.06, 0.16);
    const h = w * chance.between(0.8, 1.5);
    const roof = w * chance.between(0.45, 0.7);
    const wall = `M${x} ${foot}V${foot - h}H${x + w}V${foot}Z`;
    const gable: Point[] = [[x - w * 0.1, foot - h], [x + w / 2, foot - h - roof], [x + w * 1.1, foot - h]];
    const roofPath = `M${gable.map(([px, py]) => `${px} ${py}`).join('L')}Z`;
    out += path(wall, paper) + hatch(canvas, area(`M${x + w * 0.62} ${foot}V${foot - h}H${x + w}V${foot}Z`), [x, foot - h, w, h], 0.8, unit * 0.011, unit * 0.0022) + stroke(wall, ink, unit * 0.0042);
    out += path(roofPath, i % 3 === 1 ? spot : paper) + hatch(canvas, area(roofPath), [x - w * 0.1, foot - h - roof, w * 1.2, roof], i % 2 === 0 ? 1.2 : 0.05, unit * 0.009, unit * 0.003) + stroke(roofPath, ink, unit * 0.005);
    const win = w * 0.2;
    for (let r = 0; r < Math.floor(h / (w * 0.42)); r++) for (const c of [0.16, 0.5]) out += path(`M${x + w * c} ${foot - h + w * (0.14 + 0.4 * r)}h${win}v${win * 1.2}h${-win}Z`, ink);
  }
  return out;
}

function wave(canvas: Canvas): string {
  const { width, height, unit, chance, ink, paper } = canvas;
  let out = hatch(canvas, area(`M0 0H${width}V${height}H0Z`), [0, 0, width, height * 0.7], 0.02, unit * 0.026, unit * 0.002, { broken: 0.5, drift: unit * 0.01 });
  out += spotDisc(canvas, width * chance.between(0.25, 0.75), height * 0.2, unit * 0.085);
  const rows = Math.round((7 * height) / unit);
  for (let r = 0; r < rows; r++) {
    const t = r / (rows - 1);
    const y = height * (0.42 + 0.52 * t);
    const size = unit * (0.09 + 0.1 * t);
    const count = Math.ceil(width / size / 1.6) + 1;
    for (let k = -1; k <= count; k++) {
      const x = (k + (r % 2) * 0.5) * size * 1.6 + chance.around(0, size * 0.1);
      const crest: Point[] = [[x - size * 1.1, y + size * 0.62], [x - size * 0.6, y + size * 0.12], [x - size * 0.1, y - size * 0.3], [x + size * 0.42, y - size * 0.3], [x + size * 0.58, y - size * 0.02], [x + size * 0.34, y + size * 0.08]];
      const back: Point[] = [[x + size * 0.34, y + size * 0.08], [x + size * 0.3, y + size * 0.34], [x + size * 1.1, y + size * 0.7]];
      const d = `${smooth(crest)}${smooth(back).replace('M', 'L')}L${x + size * 1.2} ${y + size * 2}L${x - size * 1.2} ${y + size * 2}Z`;
      out += path(d, paper) + hatch(canvas, area(d), [x - size * 1.2, y - size * 0.3, size * 2.4, size * 1.4], 0.62, size * 0.085, unit * 0.0023, { drift: size * 0.05 });
      out += stroke(smooth(crest), ink, unit * 0.0052) + stroke(smooth(back), ink, unit * 0.004);
    }
  }
  return out;
}

function cat(canvas: Canvas): string {
  const { width, height, unit, chance, ink, paper, spot } = canvas;
  const floor = height * 0.82;
  let out = hatch(canvas, area(`M0 0H${width}V${floor}H0Z`), [0, 0, width, floor], 1.55 + chance.around(0, 0.1), unit * 0.022, unit * 0.0021) + hatch(canvas, area(`M0 ${floor}H${width}V${height}H0Z`), [0, floor, width, height - floor], 0.04, unit * 0.012, unit * 0.0028);
  const x = width * chance.between(0.44, 0.56);
  const s = unit * chance.between(0.32, 0.36);
  const side = chance.yes() ? 1 : -1;
  const at = (px: number, py: number): Point => [x + side * px * s, floor + unit * 0.05 + py * s];
  const tail = [at(-0.5, -0.06), at(-0.95, -0.02), at(-1.12, -0.3), at(-1.0, -0.62)];
  out += path(brush(chance, tail, s * 0.17, { start: 0.9, end: 0.6, uneven: 0.06 }), ink);
  const body = smooth([at(-0.55, 0), at(-0.62, -0.4), at(-0.42, -0.85), at(-0.1, -1.12), at(0.3, -1.1), at(0.42, -0.7), at(0.44, -0.3), at(0.5, 0), at(0, 0.03)], true);
  const head = smooth([at(-0.22, -1.2), at(-0.28, -1.62), at(-0.2, -1.78), at(0.0, -1.64), at(0.26, -1.64), at(0.47, -1.8), at(0.54, -1.6), at(0.5, -1.22), at(0.14, -1.0)], true);
  const dark = chance.yes(0.6);
  for (const shape of [body, head]) {
    out += path(shape, dark ? ink : paper) + hatch(canvas, area(shape), [x - s * 1.2, floor - s * 1.9, s * 2.4, s * 2.1], side * 1.15, unit * (dark ? 0.019 : 0.0115), unit * 0.0023, { colour: dark ? mix(paper, ink, 0.25) : ink }) + stroke(shape, ink, unit * 0.0055);
  }
  const face = dark ? paper : ink;
  for (const ex of [-0.04, 0.31]) {
    const [px, py] = at(ex, -1.4);
    out += path(`M${px - s * 0.1} ${py}Q${px} ${py - s * 0.13} ${px + s * 0.1} ${py}Q${px} ${py + s * 0.1} ${px - s * 0.1} ${py}Z`, spot) + `<ellipse cx="${px}" cy="${py}" rx="${s * 0.022}" ry="${s * 0.06}" fill="${ink}"/>` + stroke(`M${px - s * 0.1} ${py}Q${px} ${py - s * 0.13} ${px + s * 0.1} ${py}`, face, unit * 0.003);
  }
  const [nx, ny] = at(0.14, -1.22);
  out += path(`M${nx - s * 0.04} ${ny - s * 0.03}h${s * 0.08}l${-s * 0.04} ${s * 0.05}Z`, face);
  for (const w of [-1, 1]) for (const k of [-0.08, 0, 0.08]) out += stroke(`M${nx + w * s * 0.1} ${ny + s * 0.02}l${w * s * 0.42} ${s * k}`, face, unit * 0.0018);
  return out;
}

const SUBJECTS = ['man', 'trees', 'woman', 'mountains', 'village', 'cat', 'wave'] as const;
const TAGS: Record<string, string[]> = {
  man: ['portrait', 'man', 'face'],
  woman: ['portrait', 'woman', 'face'],
  trees: ['tree', 'winter', 'sky'],
  mountains: ['mountain', 'lake', 'sky'],
  village: ['village', 'house', 'hills'],
  cat: ['cat', 'animal'],
  wave: ['sea', 'wave'],
};
const DRAW: Record<string, (canvas: Canvas) => string> = { man: (c) => portrait(c, 'man'), woman: (c) => portrait(c, 'woman'), trees, mountains, village, cat, wave };

function draw(subject: string, seed: number, size: Size): Drawing {
  const chance = new Chance(seed * 13 + 7);
  const unit = Math.min(size.width, size.height);
  const spot = cycle(SPOTS, seed + Math.floor(seed / SUBJECTS.length));
  const canvas: Canvas = { ...size, unit, chance, ink: '#16140f', paper: '#f4efdf', spot: spot.colour };
  const body = (DRAW[subject] ?? trees)(canvas);
  return {
    svg: sheet(size, '', `<rect width="100%" height="100%" fill="${canvas.paper}"/>${body}`),
    tags: [...new Set(['ink', 'line', ...(TAGS[subject] ?? []), spot.tag])],
    finish: { seed, wander: 2, fray: 2, pigment: 0.06, relief: 0.26, grain: 0.25 },
  };
}

export const blackGrain: Hand = { id: 'black-grain', title: 'Black Grain', subjects: SUBJECTS, draw };
