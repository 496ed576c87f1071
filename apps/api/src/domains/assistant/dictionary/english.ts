/** English words as they are compared: one form for singular and plural, for British and American spelling. */

const IRREGULAR: Record<string, string> = {
  children: 'child', people: 'person', men: 'man', women: 'woman', feet: 'foot', teeth: 'tooth', geese: 'goose', mice: 'mouse', leaves: 'leaf', wolves: 'wolf', knives: 'knife',
  lives: 'life', shelves: 'shelf', scarves: 'scarf', loaves: 'loaf', calves: 'calf', halves: 'half', elves: 'elf', dwarves: 'dwarf', thieves: 'thief', hooves: 'hoof', wives: 'wife',
  grey: 'gray', colour: 'color', colours: 'color', colourful: 'colorful', harbour: 'harbor', harbours: 'harbor', watercolour: 'watercolor', watercolours: 'watercolor',
  neighbour: 'neighbor', theatre: 'theater', centre: 'center', jewellery: 'jewelry', armour: 'armor', woollen: 'woolen', grandad: 'grandfather', grandpa: 'grandfather', grandma: 'grandmother',
  mum: 'mother', mom: 'mother', dad: 'father', kid: 'child', kids: 'child', fall: 'autumn', kitty: 'kitten', bunny: 'rabbit', doggy: 'dog', woods: 'forest', seaside: 'beach',
};
/** End in s and are one. */
const SINGULAR = /(?:ss|us|is|ous|dress|glass|grass|moss|cross|atlas|canvas|series|species|christmas|chess|lens|gas|bus)$/;

function lemmaOfWord(word: string): string {
  const plain = word.replace(/'s$/, '');
  const irregular = IRREGULAR[plain];
  if (irregular !== undefined) return irregular;
  if (plain.length < 4 || !plain.endsWith('s') || SINGULAR.test(plain)) return plain;
  if (plain.endsWith('ies')) return `${plain.slice(0, -3)}y`;
  if (/(?:sses|shes|ches|xes|zes|oes)$/.test(plain)) return plain.slice(0, -2);
  return plain.slice(0, -1);
}

/** Of a phrase: each word's. */
export const lemmaOf = (phrase: string): string => phrase.split(' ').map(lemmaOfWord).join(' ');

/** Other forms of a verb or adjective that a tag may have: walk, walks, walked → walking. */
export function relativesOf(word: string): string[] {
  const roots = [word, word.replace(/s$/, ''), word.replace(/ed$/, ''), word.replace(/d$/, ''), word.replace(/ing$/, ''), word.replace(/ly$/, ''), word.replace(/y$/, '')];
  const last = word.at(-1) ?? '';
  return [...new Set(roots.flatMap((root) => [root, `${root}ing`, `${root.replace(/e$/, '')}ing`, `${root}${last}ing`, `${root}y`, `${root}e`]))].filter((one) => one !== word && one.length > 2);
}

/** Say nothing of what a picture shows. */
export const STOP_WORDS: ReadonlySet<string> = new Set(`a an the and or nor but of in on at to by for from with into onto over under above below behind before between beside near next around through across along
 is are was were be been being am it its this that these those there here he she they them his her their our my your we i you me us as like so very really quite rather too just also some any each every
 one two three four five many few lot lots several more most much less least other another image images picture pictures painting-of photo photos photograph drawing-of art-of style styled in-the make draw paint create show
 shows showing showed please want would could should can will may might do does did have has had having get gets got let while when where which who whose what how all both up down out off about then than only own same such
 looking-like kind type sort scene view-of depicts depicting featuring made something someone nice good great`.split(/\s+/));
export const NEGATIONS: ReadonlySet<string> = new Set(['no', 'without', 'not', 'never', 'minus', 'excluding', 'except']);
