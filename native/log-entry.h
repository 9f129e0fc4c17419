/* What programs say through syslog(3) and sd_journal_send(3), as the payload of a journal record of class `e`:
 *
 *     MESSAGE <RS> NAME=VALUE <RS> NAME=VALUE …
 *
 * RS is the byte 0x1e; in the values a backslash, a newline and RS are written \\, \n and \e. */
#ifndef PIDONE_LOG_ENTRY_H
#define PIDONE_LOG_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* TASK_COMM_LEN */
enum { LOG_COMM_BYTES = 16 };

/* One datagram, with what the kernel says of its sender. */
struct log_datagram {
    const char *bytes;
    size_t length;
    bool native; /* the journal's own protocol, else syslog's */
    uint32_t pid, uid, gid;
    const char *comm; /* LOG_COMM_BYTES: what its program was called when it was last seen; may be NULL */
};

struct log_entry {
    int priority;        /* 0 to 7 */
    const char *message; /* as it was said, inside of the datagram; not ended by a NUL */
    size_t message_length;
    unsigned facility;      /* 0: not said, or kern */
    const char *identifier; /* as the message; NULL: none */
    size_t identifier_length;
    const char *payload; /* in the caller's buffer */
    size_t length;
};

/* The next entry of the datagram; false at its end. Start with *at = 0: syslog's has one, the journal's any number.
 * What does not fit into the buffer is cut. `capacity` is at least 512. */
bool log_entry_next(
    const struct log_datagram *datagram, size_t *at, char *buffer, size_t capacity, struct log_entry *entry);

/* A line of a stream as a payload: bytes of it, at most `capacity`, which is at least 1024. `priority` has the
 * facility. */
size_t log_entry_of_stream(char *buffer, size_t capacity, const char *line, size_t length,
    const struct log_datagram *sender, const char *identifier, unsigned priority);

/* What the process' program is called, if it is there. */
void log_read_comm(uint32_t pid, char comm[LOG_COMM_BYTES]);

/* A line as the journal has it: blanks at its end go, unless it has nothing else. */
size_t log_stripped(const char *line, size_t length);

/* `<4>`, `<030>`: reads a priority as syslog writes it and moves on. Facilities are only known where asked for. */
bool log_read_priority(const char **text, const char *end, bool with_facility, unsigned *priority);

#endif
