import { Chance, cycle, fbm, ground, handLine, haze, mix, path, ridge, sheet, smooth, stroke, type Drawing, type Hand, type Point, type Size } from './svg.ts';

/** Photograph-like: no outlines, continuous tone, haze between distances, grain and a darker rim, as a camera sees land and water. */

interface Light {
  tags: string[];
  top: string;
  low: string;
  land: string;
  near: string;
  sun: string;
}
const LIGHTS: readonly Light[] = [
  { tags: ['evening', 'warm'], top: '#5b6f92', low: '#f0b27a', land: '#7d6a72', near: '#1d1a1e', sun: '#ffe3b0' },
  { tags: ['morning', 'mist'], top: '#9fb4c4', low: '#eee6da', land: '#93a2a6', near: '#2b3a38', sun: '#fff6e2' },
  { tags: ['overcast', 'grey'], top: '#8b949b', low: '#cfd2cf', land: '#6f7a7c', near: '#262c2d', sun: '#eceeec' },
  { tags: ['night', 'blue'], top: '#101c33', low: '#41597f', land: '#2b3c58', near: '#070b14', sun: '#dfe8f5' },
];
const SUBJECTS = ['ridges', 'shore', 'dunes', 'road'] as const;
const TAGS: Record<string, string[]> = { ridges: ['mountain', 'mist'], shore: ['sea', 'shore'], dunes: ['desert', 'dunes'], road: ['road', 'field'] };

function draw(subject: string, seed: number, size: Size): Drawing {
  const chance = new Chance(seed * 37 + 1);
  const { width, height } = size;
  const unit = Math.min(width, height);
  const light = cycle(LIGHTS, seed + Math.floor(seed / SUBJECTS.length));
  const horizon = height * (subject === 'ridges' ? 0.4 : chance.between(0.44, 0.56));
  const gradient = (id: string, stops: readonly (readonly [number, string])[]) => `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1">${stops.map(([at, colour]) => `<stop offset="${at}" stop-color="${colour}"/>`).join('')}</linearGradient>`;
  let defs = gradient('sky', [[0, light.top], [0.55, mix(light.top, light.low, 0.7)], [1, light.low]]) + gradient('water', [[0, mix(light.low, light.land, 0.25)], [1, mix(light.top, light.near, 0.55)]]);
  const sunX = width * chance.between(0.25, 0.75);
  let body = `<rect width="100%" height="${horizon + unit * 0.2}" fill="url(#sky)"/>${haze('sun', sunX, horizon - unit * chance.between(0.02, 0.2), unit * 0.6, unit * 0.42, light.sun, 0.85)}`;
  for (let i = 0; i < 9; i++) body += haze(`c${i}`, chance.between(-0.1, 1.1) * width, chance.between(0, 0.8) * horizon, unit * chance.between(0.15, 0.5), unit * chance.between(0.015, 0.05), chance.yes() ? mix(light.low, '#ffffff', 0.4) : mix(light.top, '#333333', 0.2), 0.45);
  const layers = subject === 'ridges' ? 6 : subject === 'dunes' ? 4 : 2;
  for (let i = 0; i < layers; i++) {
    const t = i / (layers - 1);
    const y = subject === 'ridges' || subject === 'dunes' ? horizon + (height * 0.94 - horizon) * t ** 1.2 : horizon - unit * 0.01 * (1 - i);
    const tall = subject === 'ridges' ? unit * (0.11 - 0.03 * t) : subject === 'dunes' ? unit * 0.09 : unit * 0.035;
    const line = ridge(width, y, tall, chance.seed(), { waves: subject === 'dunes' ? 0.9 : 1.8 + t, octaves: subject === 'dunes' ? 1 : 6, peaks: subject === 'ridges' ? 0.5 : 0, steps: 160 });
    const colour = subject === 'dunes' ? mix(mix(light.low, '#b5794a', 0.6), light.near, t * 0.5) : mix(mix(light.low, light.land, 0.35 + 0.3 * t), light.near, t ** 1.6);
    defs += gradient(`l${i}`, [[0, colour], [1, mix(colour, subject === 'dunes' ? light.near : light.low, subject === 'dunes' ? 0.45 : 0.25 * (1 - t))]]);
    body += path(ground(line, height + 20), `url(#l${i})`);
    if (subject === 'dunes') {
      for (let k = 0; k < 26; k++) {
        const off = unit * (0.012 + 0.011 * k);
        body += stroke(smooth(line.filter((_, n) => n % 8 === 0).map(([px, py]): Point => [px, py + off + fbm(px / (unit * 0.1) + k, seed, 2) * unit * 0.004])), mix(colour, light.near, 0.5), unit * 0.0025, `opacity="${(0.35 * (1 - k / 26)).toFixed(2)}"`);
      }
    }
  }
  if (subject === 'shore') {
    body += `<rect y="${horizon}" width="100%" height="${height - horizon}" fill="url(#water)"/>`;
    for (let i = 0; i < 130; i++) {
      const t = chance.unit() ** 0.8;
      const y = horizon + (height - horizon) * t;
      const x = Math.abs(chance.around(0, 1)) < 0.5 ? sunX + chance.around(0, unit * (0.05 + 0.16 * t)) : chance.unit() * width;
      const glint = Math.abs(x - sunX) < unit * (0.06 + 0.2 * t);
      body += stroke(smooth(handLine(chance, [x, y], [x + unit * (0.02 + 0.1 * t), y], unit * 0.004, 4)), glint ? light.sun : mix(light.near, light.top, 0.4), unit * (0.0015 + 0.005 * t), `opacity="${(glint ? 0.6 : 0.25).toFixed(2)}"`);
    }
  } else if (subject === 'road') {
    const field = mix(light.land, '#6f7a3a', 0.5);
    defs += gradient('field', [[0, mix(field, light.low, 0.35)], [1, mix(field, light.near, 0.6)]]);
    body += `<rect y="${horizon}" width="100%" height="${height - horizon}" fill="url(#field)"/>`;
    for (let i = 0; i < 500; i++) {
      const t = chance.unit() ** 0.6;
      const x = chance.unit() * width;
      const y = horizon + (height - horizon) * t;
      body += stroke(`M${x.toFixed(1)} ${y.toFixed(1)}l${chance.around(0, unit * 0.006).toFixed(1)} ${(-unit * (0.004 + 0.024 * t)).toFixed(1)}`, mix(field, chance.yes() ? light.low : light.near, 0.5), unit * (0.001 + 0.002 * t), 'opacity="0.5"');
    }
    const vx = width * chance.between(0.4, 0.6);
    const wide = unit * 0.34;
    body += path(`M${vx - 2} ${horizon}C${vx} ${horizon + (height - horizon) * 0.4} ${width / 2 - wide} ${height * 0.85} ${width / 2 - wide} ${height + 10}H${width / 2 + wide}C${width / 2 + wide} ${height * 0.85} ${vx + unit * 0.06} ${horizon + (height - horizon) * 0.4} ${vx + 2} ${horizon}Z`, mix('#6b6763', light.near, 0.35));
    for (let i = 0; i < 7; i++) {
      const t = ((i + 0.5) / 7) ** 1.7;
      const x = vx + (width / 2 - vx) * t;
      const y = horizon + (height - horizon) * t;
      body += path(`M${x - unit * 0.012 * t} ${y}h${unit * 0.024 * t}v${unit * 0.06 * t}h${-unit * 0.024 * t}Z`, mix('#efe8d8', light.near, 0.25));
    }
  }
  for (let i = 0; i < 3; i++) body += haze(`f${i}`, chance.unit() * width, horizon + unit * chance.between(0.02, 0.16), unit * 0.7, unit * 0.05, light.low, 0.35);
  body += `<radialGradient id="lens" cx=".5" cy=".5" r=".78"><stop offset=".55" stop-color="#000" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity=".34"/></radialGradient><rect width="100%" height="100%" fill="url(#lens)"/>`;
  return { svg: sheet(size, defs, body), tags: [...new Set(['photograph', ...(TAGS[subject] ?? []), ...light.tags])], finish: { seed, wander: 1.5, fray: 1.2, pigment: 0.05, relief: 0, grain: 0.9 } };
}

export const fieldNotes: Hand = { id: 'field-notes', title: 'Field Notes', subjects: SUBJECTS, draw };
