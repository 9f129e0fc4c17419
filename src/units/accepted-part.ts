import type { AcceptedKinds, makeAcceptedKinds } from './accepted-kinds.ts';
import type { PartsPort } from './files.ts';

/** The kinds of settings that are not carried out: a part of the program that many containers never need. */
export function acceptedKindsOf(host: PartsPort): () => AcceptedKinds {
  return () => {
    const part = host.load('units/accepted-kinds.ts') as { readonly makeAcceptedKinds: typeof makeAcceptedKinds };
    return part.makeAcceptedKinds(host);
  };
}
