/* What the journal gets goes on to a syslog daemon, where one listens at journald's place for it: rsyslog of Debian
 * writes /var/log/syslog of it. In keepers, and in the manager for its own words. */
#ifndef PIDONE_LOG_FORWARD_H
#define PIDONE_LOG_FORWARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Nothing is sent before this was said. */
void log_forward_begin(void);

/* One message; `priority` has the facility. Never waits: what a slow daemon does not take is not sent to it. */
void log_forward(unsigned priority, const char *identifier, size_t identifier_length, uint32_t pid, const char *message,
    size_t length);

#endif
