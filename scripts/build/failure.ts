/** A failure that the person who builds can do something about: shown as its message, without a stack. */
export class BuildFailure extends Error {
  override readonly name = 'BuildFailure';
}
