/** Feeds a recorded run through a reader as its program's pipes would: cut anywhere, both streams. */
import { transcript } from '@style-license/testkit/transcript';
import type { EngineEvent } from '../engines/engine.ts';
import type { OutputReader, Stream } from '../engines/process-adapter.ts';
import { LineSplitter } from '../process/lines.ts';

/** `cutBytes`: length of the chunks; a prime cuts lines, characters and line ends in two. */
export function linesOf(name: string, cutBytes = 61): { text: string; stream: Stream }[] {
  const { stdout, stderr } = transcript(name);
  const lines: { text: string; stream: Stream }[] = [];
  for (const [stream, bytes] of [['out', stdout], ['err', stderr]] as const) {
    const splitter = new LineSplitter((text) => lines.push({ text, stream }));
    for (let at = 0; at < bytes.length; at += cutBytes) splitter.write(bytes.subarray(at, at + cutBytes));
    splitter.end();
  }
  return lines;
}

export function readAll(reader: OutputReader, name: string, cutBytes?: number): EngineEvent[] {
  const events = linesOf(name, cutBytes).flatMap(({ text, stream }) => reader.line(text, stream));
  return [...events, ...reader.end(transcript(name).exit === 0)];
}
