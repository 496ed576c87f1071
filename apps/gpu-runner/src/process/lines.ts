/**
 * Cuts a byte stream into lines. Programs end lines in \n, \r\n or, when they redraw a progress bar, in \r alone; a chunk
 * may end in the middle of a UTF-8 character or between \r and \n.
 */
const MAX_LINE_CHARS = 64 * 1024;

export class LineSplitter {
  private readonly decoder = new TextDecoder('utf-8');
  private rest = '';
  private skipLineFeed = false;
  private readonly onLine: (line: string) => void;

  constructor(onLine: (line: string) => void) {
    this.onLine = onLine;
  }

  write(chunk: Uint8Array): void {
    this.take(this.decoder.decode(chunk, { stream: true }));
  }

  /** The stream has ended: what is left without an end of line is a line too. */
  end(): void {
    this.take(this.decoder.decode());
    if (this.rest !== '') this.emit(this.rest);
    this.rest = '';
  }

  private take(text: string): void {
    if (text === '') return;
    let from = 0;
    // The \r before this chunk has ended its line already; its \n belongs to it.
    if (this.skipLineFeed && text.startsWith('\n')) from = 1;
    this.skipLineFeed = text.endsWith('\r');
    for (let at = from; at < text.length; at++) {
      const char = text[at];
      if (char !== '\n' && char !== '\r') continue;
      this.emit(this.rest + text.slice(from, at));
      this.rest = '';
      if (char === '\r' && text[at + 1] === '\n') at++;
      from = at + 1;
    }
    this.rest += text.slice(from);
    // A program that never ends its line must not eat the runner's memory.
    if (this.rest.length > MAX_LINE_CHARS) {
      this.emit(this.rest);
      this.rest = '';
    }
  }

  private emit(line: string): void {
    if (line !== '') this.onLine(line.length > MAX_LINE_CHARS ? line.slice(0, MAX_LINE_CHARS) : line);
  }
}

/** Keeps the last characters of a log. */
export class Tail {
  private text = '';
  private readonly maxChars: number;
  constructor(maxChars: number) {
    this.maxChars = maxChars;
  }
  add(line: string): void {
    this.text = `${this.text}${line}\n`;
    if (this.text.length > this.maxChars) this.text = this.text.slice(-this.maxChars);
  }
  toString(): string {
    return this.text;
  }
}
