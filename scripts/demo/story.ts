import { styleText } from 'node:util';

/** What the demo tells, and whether all was as it should be. */
export class Story {
  readonly #out: NodeJS.WriteStream;
  #failures = 0;
  #closed = false;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  get failures(): number {
    return this.#failures;
  }

  title(text: string): void {
    this.#line(`\n${this.#style('bold', text)}`);
  }

  say(text: string): void {
    this.#line(text);
  }

  /** A command that is run in the container, or that starts it. */
  command(text: string): void {
    this.#line(`  ${this.#style('cyan', `$ ${text}`)}`);
  }

  /** What a program printed, as it is; the last so many lines of it. */
  output(text: string, lines = Infinity): void {
    const all = text.replaceAll('\r', '').replace(/\n+$/, '').split('\n');
    for (const line of all.slice(-lines)) this.#line(`  ${line}`.trimEnd());
  }

  check(holds: boolean, text: string): void {
    if (!holds) this.#failures += 1;
    this.#line(holds ? `  ${this.#style('green', '✔')} ${text}` : `  ${this.#style('red', '✘')} ${text}`);
  }

  /** Nothing that is told from now on is of interest. */
  close(): void {
    this.#closed = true;
  }

  /** @returns whether all checks held. */
  end(): boolean {
    if (this.#failures > 0) this.#line(`\n${this.#style('red', `${this.#failures} not as it should be.`)}`);
    return this.#failures === 0;
  }

  #line(text: string): void {
    if (!this.#closed) this.#out.write(`${text}\n`);
  }

  #style(style: 'bold' | 'cyan' | 'green' | 'red', text: string): string {
    return styleText(style, text, { stream: this.#out });
  }
}
