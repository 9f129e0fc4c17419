/* Takes apart what deflate has packed (RFC 1951): parts of the program that few boots need lie packed in the binary. */
#ifndef PIDONE_INFLATE_H
#define PIDONE_INFLATE_H

#include <stdbool.h>
#include <stddef.h>

/* Fills `out` exactly. False: the bytes are torn or are no such stream, or it has another length; `out` holds anything.
 */
bool inflate_into(unsigned char *out, size_t length, const unsigned char *packed, size_t packed_length);

#endif
