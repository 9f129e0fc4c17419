/** Many unit files in one text: what stands between two inputs is in no unit file. */
const separator = '\n\x1e\x1e\x1e\x1e\n';

export function joinCorpus(inputs: readonly string[]): string {
  return inputs.join(separator);
}

export function splitCorpus(text: string): readonly string[] {
  return text.split(separator);
}
