import { blackGrain } from './black-grain.ts';
import { Chance, type Drawing, type Hand, type Size } from './svg.ts';

/** Scan-like: pen drawings on a page laid a little askew on the glass, light falling off to one side, the gutter's shadow, foxed paper, noise. */
function draw(subject: string, seed: number, size: Size): Drawing {
  const chance = new Chance(seed * 41 + 9);
  const { width, height } = size;
  const drawing = blackGrain.draw(subject, seed + 100, size);
  const inner = drawing.svg.replace(/^<svg[^>]*>/, '').replace(/<\/svg>$/, '');
  const left = chance.yes();
  const stains = Array.from({ length: 5 }, (_, i) => `<radialGradient id="s${i}"><stop offset="0" stop-color="#8a6a35" stop-opacity=".22"/><stop offset=".8" stop-color="#8a6a35" stop-opacity=".12"/><stop offset="1" stop-color="#8a6a35" stop-opacity="0"/></radialGradient><circle cx="${chance.unit() * width}" cy="${chance.unit() * height}" r="${Math.min(width, height) * chance.between(0.02, 0.09)}" fill="url(#s${i})"/>`).join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><rect width="100%" height="100%" fill="#d8ccb2"/><g transform="rotate(${chance.around(0, 1.6).toFixed(2)} ${width / 2} ${height / 2}) translate(${width * 0.02} ${height * 0.02}) scale(0.96)">${inner}</g><rect width="100%" height="100%" fill="#c9a96a" opacity=".14"/>${stains}<linearGradient id="light" x1="${left ? 0 : 1}" y1="0" x2="${left ? 1 : 0}" y2=".35"><stop offset="0" stop-color="#2a1d0c" stop-opacity=".5"/><stop offset=".09" stop-color="#2a1d0c" stop-opacity=".16"/><stop offset=".3" stop-color="#2a1d0c" stop-opacity=".03"/><stop offset="1" stop-color="#1a1710" stop-opacity=".2"/></linearGradient><rect width="100%" height="100%" fill="url(#light)"/></svg>`;
  return { svg, tags: [...new Set(['sketchbook', ...drawing.tags])], finish: { seed, wander: 2, fray: 1.6, pigment: 0.5, relief: 0.4, grain: 1 } };
}

export const sketchbook: Hand = { id: 'sketchbook', title: 'Sketchbook, scanned', subjects: blackGrain.subjects, draw };
