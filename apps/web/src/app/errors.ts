/** Errors as a person reads them: a stable code, its words in their language, and a number to quote for the unexpected ones. */
import { useI18n } from "vue-i18n";
import type { ErrorCode, ErrorDetails, WireError } from "@style-license/shared";
import { i18n } from "./i18n.ts";
import { createFormat } from "./format.ts";

/** Codes that arise in the browser itself. */
export type PageErrorCode = ErrorCode | "OFFLINE";

export interface PageError {
  code: PageErrorCode;
  details: ErrorDetails;
  reference: string;
}

interface WithCoded {
  data?: { coded?: WireError; httpStatus?: number } | null;
}

/** What went wrong, from whatever was thrown: a coded answer, an answer without a code, or no answer at all. */
export function readError(thrown: unknown): PageError {
  const coded = (thrown as WithCoded | null)?.data?.coded;
  if (coded) return { code: coded.code, details: coded.details ?? {}, reference: coded.reference ?? "" };
  const status = (thrown as WithCoded | null)?.data?.httpStatus;
  if (status !== undefined) return { code: codeOfStatus(status), details: {}, reference: "" };
  if (isPageError(thrown)) return thrown;
  return { code: "OFFLINE", details: {}, reference: "" };
}

function isPageError(thrown: unknown): thrown is PageError {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && "details" in thrown && "reference" in thrown;
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return "UNAUTHORIZED";
  if (status === 403) return "FORBIDDEN";
  if (status === 404) return "NOT_FOUND";
  if (status === 413) return "PAYLOAD_TOO_LARGE";
  if (status === 429) return "RATE_LIMITED";
  if (status === 503 || status === 502 || status === 504) return "UNAVAILABLE";
  if (status < 500) return "BAD_REQUEST";
  return "INTERNAL";
}

/** The words for an error in the language of the page. Figures stand in the form of that language. */
export function errorMessage(error: PageError): string {
  const { t, te, locale } = i18n.global;
  const language = locale.value;
  const format = createFormat(language, (key, values, plural) => t(key, values, plural));
  const values = Object.fromEntries(
    Object.entries(error.details).map(([name, value]) => [
      name,
      typeof value === "number" ? (/seconds/i.test(name) ? format.duration(value) : format.number(value)) : Array.isArray(value) ? value.join(", ") : String(value ?? ""),
    ]),
  );
  if (error.code === "INSUFFICIENT_TOKENS") {
    values.missing = format.number(Math.max(0, Number(error.details.required ?? 0) - Number(error.details.available ?? 0)));
  }
  const key = `error.${error.code}`;
  return te(key, "en") || te(key) ? t(key, values) : t("error.INTERNAL");
}

/** For components: reads and words what was thrown. */
export function useErrors() {
  // Asking for the composer ties the words to the language shown.
  useI18n();
  return { read: readError, words: errorMessage, say: (thrown: unknown) => errorMessage(readError(thrown)) };
}
