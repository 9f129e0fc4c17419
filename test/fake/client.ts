/** A client as native/client.c is one: asks again, with its id and cursor, whenever the manager is gone before it has answered. */
import { encodeFrame, type TextCodec } from '../../src/wire/codec.ts';
import type { Frame } from '../../src/wire/schema.ts';

export class FakeClient {
  readonly id: string;
  readonly words: readonly string[];
  status: number | undefined;
  /** What was let out. */
  stdout = '';
  stderr = '';
  private cursor: Uint8Array = new Uint8Array(0);
  /** What will be said again if the request must be asked again. */
  private held: { readonly to: 'stdout' | 'stderr'; readonly text: string }[] = [];
  private asked = 0;

  constructor(id: string, words: readonly string[]) {
    this.id = id;
    this.words = words;
  }

  request(text: TextCodec): Uint8Array {
    const [program = '', ...words] = this.words;
    this.held = [];
    const again = this.asked > 0 ? 1 : 0;
    this.asked += 1;
    return encodeFrame(text, 'request', {
      id: this.id,
      again,
      cursor: this.cursor,
      program,
      arguments: words,
      directory: '/',
      columns: 80,
    });
  }

  take(frame: Frame, text: TextCodec): void {
    switch (frame.name) {
      case 'stdout':
      case 'stderr':
        this.held.push({ to: frame.name, text: text.decode(frame.body.data, 0, frame.body.data.length) });
        break;
      case 'cursor':
        this.cursor = frame.body.data;
        this.letOut();
        break;
      case 'status':
        this.status = frame.body.status;
        this.letOut();
        break;
      default:
        throw new Error(`a client got ${frame.name}`);
    }
  }

  private letOut(): void {
    for (const { to, text } of this.held) this[to] += text;
    this.held = [];
  }
}
