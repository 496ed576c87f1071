/** Control characters and the marks that turn the direction of text: in a name they only deceive. */
const HIDDEN = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;
const HIDDEN_BUT_LINES = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** One line as a person meant it. */
export const cleanLine = (text: string): string => text.normalize('NFC').replaceAll(HIDDEN, ' ').replaceAll(/\s+/g, ' ').trim();

/** A paragraph or more; line breaks stay. */
export const cleanText = (text: string): string => text.normalize('NFC').replaceAll('\r\n', '\n').replaceAll(HIDDEN_BUT_LINES, '').trim();
