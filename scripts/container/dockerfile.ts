/** One stage of a Dockerfile. */
export interface Stage {
  readonly name: string;
  /** An image, an earlier stage, or `scratch`. */
  readonly from: string;
  readonly instructions: readonly Instruction[];
}

export type Instruction =
  | { readonly kind: 'run'; readonly command: string }
  | {
      readonly kind: 'copy';
      readonly from: string | undefined;
      readonly sources: readonly string[];
      readonly to: string;
    }
  | { readonly kind: 'env'; readonly variables: Readonly<Record<string, string>> }
  | { readonly kind: 'label' }
  | { readonly kind: 'entrypoint'; readonly words: readonly string[] }
  | { readonly kind: 'cmd'; readonly words: readonly string[] };

/**
 * Reads the small part of Dockerfile's language that our own files use: FROM … AS, RUN with a shell command, COPY with
 * --from, ENV with plain values, LABEL (which nothing of ours needs), ENTRYPOINT and CMD as JSON.
 *
 * @throws on anything else: such a file needs docker or podman.
 */
export function parseDockerfile(text: string): Stage[] {
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  const lines = text.replaceAll(/^\s*#.*\n/gm, '').replaceAll(/\\\n/g, ' ');
  for (const line of lines.split('\n')) {
    const [, keyword = '', rest = ''] = /^\s*(\w+)\s+(.*?)\s*$/.exec(line) ?? [];
    if (keyword === '') continue;
    if (keyword === 'FROM') {
      const [, from = '', name = ''] = /^(\S+)(?:\s+AS\s+(\S+))?$/.exec(rest) ?? [];
      stages.push({ name, from, instructions: [] });
    } else {
      const stage = stages.at(-1);
      if (stage === undefined) throw new Error(`Dockerfile: ${keyword} before FROM`);
      stage.instructions.push(parseInstruction(keyword, rest));
    }
  }
  return stages;
}

function parseInstruction(keyword: string, rest: string): Instruction {
  switch (keyword) {
    case 'RUN':
      return { kind: 'run', command: rest };
    case 'COPY': {
      const words = rest.split(/\s+/);
      const from = words[0]?.startsWith('--from=') === true ? words.shift()?.slice('--from='.length) : undefined;
      const to = words.pop() ?? '';
      return { kind: 'copy', from, sources: words, to };
    }
    case 'ENV': {
      const pairs = rest.split(/\s+/).map((pair) => pair.split('=') as [string, string]);
      return { kind: 'env', variables: Object.fromEntries(pairs) };
    }
    case 'LABEL':
      return { kind: 'label' };
    case 'ENTRYPOINT':
      return { kind: 'entrypoint', words: JSON.parse(rest) as string[] };
    case 'CMD':
      return { kind: 'cmd', words: JSON.parse(rest) as string[] };
    default:
      throw new Error(`Dockerfile: ${keyword} needs docker or podman`);
  }
}
