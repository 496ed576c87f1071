import { LIMITS } from "@style-license/shared";

/** Enough to catch a slip; whether it is real, the mail to it shows. */
export const looksLikeEmail = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim());
export const passwordLongEnough = (password: string): boolean => Array.from(password).length >= LIMITS.passwordMinChars;
