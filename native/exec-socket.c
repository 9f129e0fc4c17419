/* StandardInput=socket and its like: the one descriptor that was passed stands there, and nowhere else. */
#include <errno.h>
#include <fcntl.h>

#include "exec.h"
#include "keeper.h"

bool exec_has_socket_stream(const struct exec_request *request) {
    return wire_u32(wire_find(request->run, WIRE_RUN_STDIN)) == STREAM_SOCKET ||
           wire_u32(wire_find(request->run, WIRE_RUN_STDOUT)) == STREAM_SOCKET ||
           wire_u32(wire_find(request->run, WIRE_RUN_STDERR)) == STREAM_SOCKET;
}

int exec_socket_stream(void) {
    if (passed_count() != 1) {
        errno = EINVAL;
        return -1;
    }
    const int descriptor = passed_at(0)->descriptor;
    const int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) < 0)
        return -1;
    return descriptor;
}
