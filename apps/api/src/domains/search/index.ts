/**
 * Search. Glossary: a *word* is kept as the keys that type it, a Korean one with a mark before them (search_keys in the database);
 * a *hit* is a style or an artist that has all words of a text, each as the beginning of one of its own; words *alike* differ by a few
 * keys, and are looked for only when nothing is spelt as typed: what they find is *forgiven*.
 */
export { searchRouter } from './search.router.ts';
