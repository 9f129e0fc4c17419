/* Files for TypeScript: HostFiles of src/host.d.ts, in host-read.c and host-write.c. Nothing there blocks on what a
 * path may turn out to be, and nothing reads more than it was allowed to. Each function returns its value or an errno;
 * a path that holds a NUL or is not absolute is EINVAL. */
#include "host-files.h"

#include <errno.h>
#include <string.h>

void host_add_files(JSContext *context, JSValueConst object) {
    host_add_reading(context, object);
    host_add_writing(context, object);
}

int host_take_path(JSContext *c, JSValueConst value, struct engine_text *path) {
    *path = engine_text_out(c, value);
    if (path->bytes == NULL)
        return -1;
    if (path->length == 0)
        return ENOENT;
    return path->bytes[0] != '/' || memchr(path->bytes, '\0', path->length) != NULL ? EINVAL : 0;
}

JSValue host_failure(JSContext *c, int error) {
    return error < 0 ? JS_EXCEPTION : JS_NewInt32(c, error);
}

JSValue host_outcome(JSContext *c, int error) {
    return error == 0 ? JS_UNDEFINED : host_failure(c, error);
}
