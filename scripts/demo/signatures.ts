/**
 * The demo artists' signatures as transparent PNGs: seals and monograms, each with a ground of its own, so that it can be read
 * on any image.
 */
import sharp from 'sharp';
import { LETTERS } from './letters.ts';

const RED = '#c8321f';
const PAPER = '#fffdf9';

interface Signature { width: number; height: number; body: string }

/** A worn edge and grain, as of a cut stone pressed by hand: the outline wanders, and some ink is missing. */
function worn(seed: number, body: string, wander = 7): string {
  return `
    <filter id="worn" x="-5%" y="-5%" width="110%" height="110%">
      <feTurbulence type="fractalNoise" baseFrequency="0.035" numOctaves="3" seed="${seed}" result="wave"/>
      <feDisplacementMap in="SourceGraphic" in2="wave" scale="${wander}" xChannelSelector="R" yChannelSelector="G" result="cut"/>
      <feTurbulence type="fractalNoise" baseFrequency="0.11" numOctaves="3" seed="${seed + 7}" result="dust"/>
      <feColorMatrix in="dust" type="matrix" values="0 0 0 0 0  0 0 0 0 0  0 0 0 0 0  0 0 0 -11 8.1" result="holes"/>
      <feComposite in="cut" in2="holes" operator="in"/>
    </filter>
    <g filter="url(#worn)">${body}</g>`;
}

const letter = (name: keyof typeof LETTERS, x: number, y: number, size: number, colour: string, more = ''): string =>
  `<path d="${LETTERS[name]}" fill="${colour}" transform="translate(${x} ${y}) scale(${size / 1000}) ${more}"/>`;

/** Carved: paper letters, one under the other, in a red block. */
const haneul: Signature = {
  width: 190, height: 352,
  body: worn(3, `<rect x="10" y="10" width="170" height="332" rx="7" fill="${RED}"/>${letter('하', 18, 18, 154, PAPER)}${letter('늘', 18, 176, 154, PAPER)}`),
};
/** Raised: red letters in a red frame on paper. */
const ilseok: Signature = {
  width: 300, height: 350,
  body: worn(11, `<rect x="12" y="12" width="276" height="326" fill="${PAPER}" stroke="${RED}" stroke-width="12"/>${letter('일', 80, 26, 142, RED)}${letter('석', 80, 176, 142, RED)}`, 6),
};
const sori: Signature = {
  width: 330, height: 330,
  body: worn(5, `<circle cx="165" cy="165" r="152" fill="${RED}"/>${letter('소', 92, 22, 146, PAPER)}${letter('리', 92, 160, 146, PAPER)}`),
};
/** Straight cuts of a knife, light in a dark block. */
const mk: Signature = {
  width: 430, height: 260,
  body: worn(2, `<rect x="8" y="8" width="414" height="244" fill="#1d1b19"/><path d="M62 208V54L128 140L194 54V208M262 50V210M372 52L266 138L376 208" fill="none" stroke="${PAPER}" stroke-width="29" stroke-linejoin="miter"/>`, 6),
};
/** Two overprinted rounds, no letter at all. */
const twoRounds: Signature = {
  width: 400, height: 280,
  body: `
    <circle cx="140" cy="140" r="122" fill="#e0705f"/><circle cx="260" cy="140" r="122" fill="#24564b"/>
    <clipPath id="first"><circle cx="140" cy="140" r="122"/></clipPath><circle cx="260" cy="140" r="122" fill="#211d1b" clip-path="url(#first)"/>`,
};
/** A painter's hand, light on a blue stroke. */
const lea: Signature = {
  width: 610, height: 232,
  body: worn(9, `<rect x="8" y="10" width="594" height="212" fill="#28427a"/>${letter('Léa M.', 44, 168, 176, PAPER, 'skewX(-12)')}`, 6),
};

export const SIGNATURES = { haneul, ilseok, sori, mk, twoRounds, lea } as const;
export type SignatureName = keyof typeof SIGNATURES;

export async function drawSignature(name: SignatureName): Promise<Buffer> {
  const { width, height, body } = SIGNATURES[name];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${body}</svg>`;
  return await sharp(Buffer.from(svg), { density: 144 }).png().toBuffer();
}
