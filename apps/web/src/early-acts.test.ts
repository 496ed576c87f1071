import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { keepEarlyActs, takeFirstActs, type EarlyActs } from "./early-acts.ts";

let acts: EarlyActs;
const pressed = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = `<a href="#x">link</a><button type="button"><b>like</b></button><form><button>send</button></form>`;
  acts = keepEarlyActs();
});
afterEach(() => {
  acts.drop();
  pressed.mockReset();
  vi.useRealTimers();
});
const button = () => document.querySelector("button")!;

it("a button that is pressed before the program answers is pressed again once it does, and once only", () => {
  document.querySelector("b")!.click();
  button().click();
  acts.handOver(() => false);
  button().addEventListener("click", pressed);
  vi.advanceTimersByTime(500);
  expect(pressed).not.toHaveBeenCalled();
  acts.handOver(() => true);
  vi.advanceTimersByTime(500);
  expect(pressed).toHaveBeenCalledOnce();
  button().click();
  expect(pressed).toHaveBeenCalledTimes(2);
});

it("one that was pressed before the first file came is pressed again too, and the page keeps nothing any more", () => {
  acts.drop();
  globalThis.firstActs = [];
  globalThis.keepFirstAct = (event) => void globalThis.firstActs!.push(event);
  addEventListener("click", globalThis.keepFirstAct, { capture: true });
  button().click();
  const first = takeFirstActs();
  acts = keepEarlyActs(first);
  button().addEventListener("click", pressed);
  acts.handOver(() => true);
  vi.advanceTimersByTime(100);
  expect(pressed).toHaveBeenCalledOnce();
  button().click();
  expect([first.length, globalThis.firstActs]).toEqual([1, []]);
});

it("one that is pressed while the page is taken over part by part waits for its own part", () => {
  let taken = false;
  acts.handOver(() => taken);
  button().addEventListener("click", pressed);
  vi.advanceTimersByTime(100);
  button().click();
  vi.advanceTimersByTime(100);
  expect(pressed).not.toHaveBeenCalled();
  taken = true;
  vi.advanceTimersByTime(100);
  expect(pressed).toHaveBeenCalledOnce();
});

it("asks for nothing while nothing was pressed", () => {
  acts.handOver(() => true);
  expect(vi.getTimerCount()).toBe(0);
  button().click();
  expect(vi.getTimerCount()).toBe(0);
});

it("asks no longer when all that was pressed is done", () => {
  button().click();
  acts.handOver(() => true);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(100);
  expect(vi.getTimerCount()).toBe(0);
});

it("links work without the program", () => {
  const left = vi.fn((event: Event) => event.preventDefault());
  document.querySelector("a")!.addEventListener("click", left);
  document.querySelector("a")!.click();
  expect(left).toHaveBeenCalledOnce();
});

it("a form is not sent to the address of its page", () => {
  const form = document.querySelector("form")!;
  const sent = new Event("submit", { bubbles: true, cancelable: true });
  form.dispatchEvent(sent);
  expect(sent.defaultPrevented).toBe(true);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    pressed();
  });
  acts.handOver(() => true);
  vi.advanceTimersByTime(100);
  expect(pressed).toHaveBeenCalledOnce();
});

it("what was pressed long ago, or is gone, is not done any more", () => {
  button().addEventListener("click", pressed);
  button().click();
  acts.handOver(() => false);
  vi.advanceTimersByTime(11_000);
  acts.handOver(() => true);
  vi.advanceTimersByTime(100);
  expect(pressed).not.toHaveBeenCalled();
});
