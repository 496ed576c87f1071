import "./app/theme.css";
import { bringProgram } from "./bring-program.ts";
import { keepEarlyActs, takeFirstActs } from "./early-acts.ts";
import { firstScreenShown, isWritten } from "./first-screen.ts";

// Schemas that a page brings along do without code made at run time: the page's own policy forbids it, and says so in every browser's console.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });

// A first screen that the server wrote is shown before the program behind it starts.
const firstActs = takeFirstActs();
const acts = isWritten() ? keepEarlyActs(firstActs) : undefined;
await firstScreenShown();
await bringProgram();
const { start } = await import("./app/start.ts");
await start(acts);
