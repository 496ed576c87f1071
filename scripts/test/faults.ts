/** Names of what failed and of what was slow, read off the reports that vitest and Playwright write, so that `npm test` can end with them. */
import { stripVTControlCharacters } from 'node:util';

/** What is read of vitest's `JsonTestResults`. A file that could not be loaded has no tests but a message. */
export interface VitestReport {
  testResults: { name: string; status: string; message?: string; /** Milliseconds since 1970. */ startTime: number; endTime: number; assertionResults: { status: string; fullName: string; failureMessages?: string[] | null }[] }[];
}
interface Suite {
  file: string;
  specs: { title: string; ok: boolean; tests: { projectName: string; results: { status?: string; error?: { message?: string } }[] }[] }[];
  suites?: Suite[];
}
/** What is read of Playwright's `JSONReport`. Faults of the run itself (a spec that does not load, say) stand apart. */
export interface PlaywrightReport {
  suites: Suite[];
  errors: { message?: string }[];
}

const firstLines = (text: string | undefined): string => stripVTControlCharacters(text ?? '').split('\n').map((line) => line.trim()).filter(Boolean).slice(0, 3).join(' · ').slice(0, 300);

/** One line per failed test, and per file that did not load: `file › test: first words of the error`. */
export function vitestFaults({ testResults }: VitestReport): string[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((result) => result.status === 'failed');
    if (failed.length === 0) return status === 'failed' ? [`${name}: ${firstLines(message)}`] : [];
    return failed.map(({ fullName, failureMessages }) => `${name} › ${fullName}: ${firstLines(failureMessages?.[0])}`);
  });
}

/** The files that took longest, the slowest first, as `seconds file`: where to look when the whole takes too long. */
export function vitestSlowest({ testResults }: VitestReport, count: number): string[] {
  return testResults.map(({ name, startTime, endTime }) => ({ name, seconds: (endTime - startTime) / 1_000 })).toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, count).map(({ name, seconds }) => `${seconds.toFixed(0).padStart(5)} s  ${name}`);
}

/** One line per failed spec: `[project] file › test: first words of the error`; and what went wrong outside of any spec. */
export function playwrightFaults({ suites, errors }: PlaywrightReport): string[] {
  const inSuite = ({ file, specs, suites: inner = [] }: Suite): string[] => [
    ...specs.filter(({ ok }) => !ok).flatMap(({ title, tests }) => tests.map(({ projectName, results }) => `[${projectName}] ${file} › ${title}: ${firstLines(results.at(-1)?.error?.message)}`)),
    ...inner.flatMap(inSuite),
  ];
  return [...errors.map(({ message }) => firstLines(message)), ...suites.flatMap(inSuite)];
}
