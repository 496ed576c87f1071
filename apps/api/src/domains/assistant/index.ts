/** The prompt assistant: a description in Korean or English to the English tags of an order, by a language model or the built-in dictionary. */
export { assistantRouter } from './assistant.router.ts';
export { thingsNamed } from './meanings.ts';
