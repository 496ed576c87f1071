import { QueryClient } from "@tanstack/vue-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { pause } from "@/pause.ts";
import { readError } from "./errors.ts";
import { whenSessionEnds } from "./session-end.ts";
import { trpc } from "./trpc.ts";
import { readWritten, writtenTaken } from "./written.ts";

/** Answers of a server, one call after another. */
function serve(...answers: { status: number; body: unknown }[]) {
  const fetch = vi.fn(() => {
    const { status, body } = answers.shift()!;
    return Promise.resolve(new Response(JSON.stringify([body]), { status, headers: { "content-type": "application/json" } }));
  });
  vi.stubGlobal("fetch", fetch);
  return fetch;
}
const refused = { status: 401, body: { error: { message: "UNAUTHORIZED", code: -32001, data: { code: "UNAUTHORIZED", httpStatus: 401, coded: { code: "UNAUTHORIZED", details: {} } } } } };
const balance = { available: 7 };
const good = { status: 200, body: { result: { data: balance } } };

beforeEach(() => whenSessionEnds(null));
afterEach(() => vi.unstubAllGlobals());

describe("a call from a page that the server wrote", () => {
  afterEach(() => (document.body.innerHTML = ""));

  it("is made when all of it is taken over, in one request with the others", async () => {
    document.body.innerHTML = '<style id="written-for" data-unless="print"></style><script type="application/json" id="answers">[]</script>';
    readWritten(new QueryClient());
    const fetch = vi.fn(() => Promise.resolve(Response.json([good.body, good.body])));
    vi.stubGlobal("fetch", fetch);
    const asked = Promise.all([trpc.tokens.balance.query(), trpc.tokens.balance.query()]);
    await pause(10);
    expect(fetch).not.toHaveBeenCalled();
    writtenTaken();
    expect(await asked).toEqual([balance, balance]);
    expect(fetch).toHaveBeenCalledOnce();
  });
});

describe("a call that is refused because the session ended", () => {
  it("is made again when the person has signed in", async () => {
    const fetch = serve(refused, good);
    whenSessionEnds(() => Promise.resolve(true));
    expect(await trpc.tokens.balance.query()).toEqual(balance);
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it("is refused when they have not, and is not made for ever", async () => {
    serve(refused);
    whenSessionEnds(() => Promise.resolve(false));
    expect(readError(await trpc.tokens.balance.query().catch((error: unknown) => error)).code).toBe("UNAUTHORIZED");
    const fetch = serve(refused, refused, refused);
    whenSessionEnds(() => Promise.resolve(true));
    expect(readError(await trpc.tokens.balance.query().catch((error: unknown) => error)).code).toBe("UNAUTHORIZED");
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it("is just refused for a visitor, and other refusals ask nobody", async () => {
    serve(refused);
    expect(readError(await trpc.tokens.balance.query().catch((error: unknown) => error)).code).toBe("UNAUTHORIZED");
    const ask = vi.fn(() => Promise.resolve(true));
    whenSessionEnds(ask);
    serve({ status: 404, body: { error: { message: "x", code: -32004, data: { httpStatus: 404, coded: { code: "NOT_FOUND", details: {} } } } } });
    expect(readError(await trpc.tokens.balance.query().catch((error: unknown) => error)).code).toBe("NOT_FOUND");
    expect(ask).not.toHaveBeenCalled();
  });
});
