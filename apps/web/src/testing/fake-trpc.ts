/**
 * Stands in for `@/app/trpc.ts` in component tests: `vi.mock("@/app/trpc.ts", () => import("@/testing/fake-trpc.ts"))`. A test says what
 * each procedure answers; a procedure nobody spoke of fails the test by name.
 */
import type { ErrorCode, ErrorDetails } from "@style-license/shared";

type Answer = (input: never) => unknown;
const answers = new Map<string, Answer>();
export const calls: { procedure: string; input: unknown }[] = [];

export function answer(procedure: string, how: Answer): void {
  answers.set(procedure, how);
}
export function resetFake(): void {
  answers.clear();
  calls.length = 0;
}
export const callsOf = (procedure: string): unknown[] => calls.filter((call) => call.procedure === procedure).map((call) => call.input);

/** A refusal as the client throws it. */
export function refusal(code: ErrorCode, details: ErrorDetails = {}, reference?: string): Error {
  return Object.assign(new Error(code), { data: { httpStatus: 400, coded: { code, details, ...(reference ? { reference } : {}) } } });
}

async function call(procedure: string, input: unknown): Promise<unknown> {
  calls.push({ procedure, input });
  const how = answers.get(procedure);
  if (!how) throw new Error(`the test says nothing about ${procedure}`);
  return await how(input as never);
}

function branch(path: string): unknown {
  return new Proxy(() => {}, {
    get: (_target, key) => (key === "query" || key === "mutate" ? (input: unknown) => call(path, input) : branch(path ? `${path}.${String(key)}` : String(key))),
  });
}
export const trpc = branch("");
