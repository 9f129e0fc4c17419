import test from 'ava';

import { sipHash } from '../../../src/units/values/siphash.ts';

test('SipHash-2-4 gives what its authors print for it, of bytes as of a text', (t) => {
  const key = [0x0706050403020100n, 0x0f0e0d0c0b0a0908n] as const;
  const message = Uint8Array.from({ length: 15 }, (_, index) => index);
  t.is(sipHash(message, key), 0xa129ca6149be45e5n);
  t.is(sipHash(String.fromCharCode(...message), key), 0xa129ca6149be45e5n);
});
