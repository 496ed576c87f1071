/** A tag or comment as a browser would begin to read one. A lone `<` (a < b) is none. */
const MARKUP = /<(?:!--[\s\S]*?(?:-->|$)|[a-z!/?][^>]*(?:>|$))/gi;
/** What text fields never hold: controls but tab and line feed, and direction overrides that disguise text. */
const CONTROLS = /[[\p{Cc}--[\t\n]]\u202a-\u202e\u2066-\u2069]/gv;

/** Plain text out of what a person typed. Repeated until nothing changes: taking one tag out may join another's halves. */
export function stripHtml(typed: string): string {
  let text = typed.normalize('NFC').replaceAll(CONTROLS, '');
  for (let before = ''; before !== text;) {
    before = text;
    text = text.replaceAll(MARKUP, '');
  }
  return text.replaceAll(/[ \t]+/g, ' ').trim();
}
