import type { AdapterImage } from './adapter.ts';

/** Words that carry no picture. */
const STOP_WORDS = new Set(
  'a an the of in on at with and or to for from by over under near into onto is are as it its this that style painting drawing picture image art artwork'.split(' '),
);

/** Colour words in English and Korean, each a test on a pixel's hue, saturation and lightness. */
interface ColourTest {
  words: string[];
  test: (hue: number, saturation: number, value: number) => boolean;
}
const between = (hue: number, low: number, high: number) => (low <= high ? hue >= low && hue < high : hue >= low || hue < high);
const vivid = (low: number, high: number) => (h: number, s: number, v: number) => s > 0.28 && v > 0.22 && between(h, low, high);
const COLOURS: Record<string, ColourTest> = {
  red: { words: ['red', 'crimson', 'scarlet', '빨강', '빨간', '붉은'], test: vivid(345, 16) },
  orange: { words: ['orange', '주황', '주황색'], test: vivid(16, 42) },
  yellow: { words: ['yellow', 'golden', 'gold', '노랑', '노란', '금빛'], test: vivid(42, 68) },
  green: { words: ['green', '초록', '초록색', '녹색'], test: (h, s, v) => s > 0.18 && v > 0.15 && between(h, 68, 165) },
  teal: { words: ['teal', 'cyan', 'turquoise', '청록', '청록색'], test: (h, s, v) => s > 0.2 && v > 0.2 && between(h, 160, 200) },
  blue: { words: ['blue', 'navy', 'indigo', '파랑', '파란', '푸른', '남색'], test: (h, s, v) => s > 0.2 && v > 0.12 && between(h, 195, 255) },
  purple: { words: ['purple', 'violet', 'lilac', '보라', '보라색'], test: (h, s, v) => s > 0.14 && v > 0.15 && between(h, 250, 310) },
  pink: { words: ['pink', 'rose', '분홍', '분홍색'], test: (h, s, v) => s > 0.12 && v > 0.55 && between(h, 300, 12) },
  brown: { words: ['brown', 'sepia', '갈색'], test: (h, s, v) => s > 0.25 && v > 0.15 && v < 0.66 && between(h, 8, 45) },
  black: { words: ['black', 'dark', '검정', '검은', '어두운'], test: (_h, _s, v) => v < 0.22 },
  white: { words: ['white', '하양', '하얀', '흰'], test: (_h, s, v) => v > 0.86 && s < 0.16 },
  gray: { words: ['gray', 'grey', '회색'], test: (_h, s, v) => s < 0.12 && v >= 0.22 && v <= 0.86 },
};
const COLOUR_OF_WORD = new Map(Object.entries(COLOURS).flatMap(([name, { words }]) => words.map((word) => [word, name] as const)));

/** The singular of an English word, near enough that both sides of a comparison meet. */
export function stem(word: string): string {
  if (/^[a-z]+ies$/.test(word) && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/^[a-z]+(?:sses|shes|ches|xes|zes)$/.test(word)) return word.slice(0, -2);
  if (/^[a-z]+s$/.test(word) && word.length > 3 && !/(?:ss|us|is)$/.test(word)) return word.slice(0, -1);
  return word;
}

/** Words of a text in any script, lower case, singular. */
export function tokenise(text: string): string[] {
  return (text.normalize('NFC').toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).map(stem);
}

const isHangul = (text: string) => /^[가-힣]+$/.test(text);
/** Korean words carry their particles with them: 노을이, 바다에서. */
const means = (token: string, word: string) =>
  token === word || (isHangul(word) && word.length >= 2 && isHangul(token) && token.startsWith(word) && token.length - word.length <= 3);

export interface PromptMatch {
  /** One score per image, the best is 1. */
  scores: number[];
  /** Tags of the artist that the words name. */
  tags: string[];
  matched: string[];
  unmatched: string[];
  avoided: string[];
}

/** Share of pixels of each colour in a small picture (interleaved RGB, 0..255). */
export function colourShare(rgb: ArrayLike<number>, colour: string): number {
  const rule = COLOURS[colour];
  if (rule === undefined) return 0;
  let hits = 0;
  for (let i = 0; i < rgb.length; i += 3) {
    const r = rgb[i] / 255;
    const g = rgb[i + 1] / 255;
    const b = rgb[i + 2] / 255;
    const max = Math.max(r, g, b);
    const range = max - Math.min(r, g, b);
    let hue = 0;
    if (range > 0) {
      if (max === r) hue = 60 * ((g - b) / range);
      else if (max === g) hue = 60 * (2 + (b - r) / range);
      else hue = 60 * (4 + (r - g) / range);
      if (hue < 0) hue += 360;
    }
    if (rule.test(hue, max === 0 ? 0 : range / max, max)) hits++;
  }
  return hits / (rgb.length / 3);
}

/** Share of a picture's tags that a text names, weighed by how rare the tags are. */
function tagShares(images: readonly AdapterImage[], matched: readonly string[]): number[] {
  const rarity = matched.map((tag) => Math.log(1 + images.length / Math.max(1, images.filter((image) => image.tags.includes(tag)).length)));
  const all = rarity.reduce((a, b) => a + b, 0);
  return images.map((image) => matched.reduce((sum, tag, i) => sum + (image.tags.includes(tag) ? rarity[i] : 0), 0) / (all || 1));
}

function matchTags(tokens: readonly string[], vocabulary: readonly string[]): { tags: string[]; used: Set<string> } {
  const used = new Set<string>();
  const tags = vocabulary.filter((tag) => {
    const words = tokenise(tag);
    const found = words.map((word) => tokens.find((token) => means(token, word)));
    if (words.length === 0 || found.includes(undefined)) return false;
    for (const token of found) if (token !== undefined) used.add(token);
    return true;
  });
  return { tags, used };
}

/** How well each artwork answers the words, and which words no artwork answers. `thumbnails` are small RGB pictures for the colour words. */
export function matchPrompt(
  prompt: string,
  negative: string,
  images: readonly AdapterImage[],
  vocabulary: readonly string[],
  thumbnails: readonly ArrayLike<number>[],
): PromptMatch {
  const tokens = [...new Set(tokenise(prompt))];
  const { tags, used } = matchTags(tokens, vocabulary);
  const scores = tags.length === 0 ? images.map(() => 1) : tagShares(images, tags);
  const matched = [...tags];
  const shareOf = (colour: string) => thumbnails.map((thumbnail) => colourShare(thumbnail, colour));
  for (const token of tokens) {
    const colour = COLOUR_OF_WORD.get(token);
    if (colour === undefined) continue;
    const shares = shareOf(colour);
    const best = Math.max(...shares);
    // A colour that nobody used is not answered by pretending.
    if (best < 0.005) continue;
    used.add(token);
    if (!matched.includes(token)) matched.push(token);
    shares.forEach((share, n) => {
      scores[n] *= 0.35 + 0.65 * (share / best);
    });
  }
  const refused = [...new Set(tokenise(negative))];
  const avoid = matchTags(refused, vocabulary);
  const avoided = [...avoid.tags];
  if (avoid.tags.length > 0) {
    images.forEach((image, n) => {
      // One refused tag is enough: the artwork would bring it in whole.
      if (image.tags.some((tag) => avoid.tags.includes(tag))) scores[n] *= 0.1;
    });
  }
  for (const token of refused) {
    const colour = COLOUR_OF_WORD.get(token);
    if (colour === undefined) continue;
    if (!avoided.includes(token)) avoided.push(token);
    const shares = shareOf(colour);
    shares.forEach((share, n) => {
      scores[n] *= 1 - 0.85 * Math.min(1, share / 0.25);
    });
  }
  const best = Math.max(...scores);
  return {
    scores: scores.map((score) => (best > 0 ? score / best : 1)),
    tags,
    matched,
    unmatched: tokens.filter((token) => !used.has(token) && !STOP_WORDS.has(token)),
    avoided,
  };
}
