/* What the host's functions of files share. */
#ifndef PIDONE_HOST_FILES_H
#define PIDONE_HOST_FILES_H

#include "host.h"

void host_add_reading(JSContext *context, JSValueConst object);
void host_add_writing(JSContext *context, JSValueConst object);

/* A path argument; engine_text_free it whatever came. 0, an errno, or -1 with an exception pending. */
int host_take_path(JSContext *context, JSValueConst value, struct engine_text *path);
/* What a function returns for an errno; for -1 the exception. */
JSValue host_failure(JSContext *context, int error);
/* The same, and undefined for 0. */
JSValue host_outcome(JSContext *context, int error);

#endif
