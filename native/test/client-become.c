/* systemd-run --scope: what a client makes of itself before it is the command. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../client.h"
#include "../wire.h"
#include "tap.h"

static uint8_t bytes[1024];
static struct wire_writer writer;

static void begin(void) {
    wire_begin(&writer, bytes, sizeof bytes, WIRE_ERRAND, 0, 0);
}

/* Becomes the command in a process of its own: what that writes, or why it could not. */
static const char *become(const char *script) {
    static char text[512];
    const size_t length = wire_end(&writer);
    int output[2];
    if (pipe2(output, O_CLOEXEC) < 0)
        exit(1);
    fflush(stdout);
    const pid_t pid = fork();
    if (pid == 0) {
        struct wire_frame frame;
        dup2(output[1], STDOUT_FILENO);
        if (wire_open(&frame, bytes, length) != NULL)
            _exit(1);
        char *words[] = {(char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c", (char *)(uintptr_t)script, NULL};
        char *nothing[] = {(char *)(uintptr_t) "/nowhere/at/all", NULL};
        const char *failed = client_become(&frame, script == NULL ? nothing : words);
        dprintf(STDOUT_FILENO, "%s: %s", failed, strerror(errno));
        _exit(1);
    }
    close(output[1]);
    size_t got = 0;
    for (ssize_t some; (some = read(output[0], text + got, sizeof text - 1 - got)) > 0;)
        got += (size_t)some;
    text[got] = '\0';
    close(output[0]);
    waitpid(pid, NULL, 0);
    return text;
}

static void same(const char *found, const char *wanted, const char *title) {
    if (!check(strcmp(found, wanted) == 0, "%s", title))
        printf("# '%s'\n", found);
}

int main(void) {
    setenv("CLIENT_BECOME", "of the caller", 1);
    begin();
    same(become("echo $CLIENT_BECOME"), "of the caller\n", "without a wish it is as the caller");

    begin();
    wire_put_text(&writer, WIRE_ERRAND_DIRECTORY, "/usr");
    wire_put_u32(&writer, WIRE_ERRAND_NICE_PLUS21, 7 + 21);
    wire_put_texts(&writer, WIRE_ERRAND_SET, (const char *const[]){"CLIENT_BECOME=set", "OTHER=a b", NULL});
    same(become("pwd; nice; echo $CLIENT_BECOME $OTHER"), "/usr\n7\nset a b\n",
        "directory, nice level and environment are what was asked for");

    begin();
    wire_put_text(&writer, WIRE_ERRAND_DIRECTORY, "/nowhere");
    same(become("pwd"), "/nowhere: No such file or directory", "a directory that is not there is told");

    begin();
    same(become(NULL), "Failed to execute: No such file or directory", "and so is a program that is not there");

    if (geteuid() != 0) {
        skip("users and groups", "needs root");
        return tap_end();
    }
    begin();
    wire_put_u32(&writer, WIRE_ERRAND_UID_PLUS1, 65534 + 1);
    wire_put_u32(&writer, WIRE_ERRAND_GID_PLUS1, 12 + 1);
    const uint32_t groups[] = {12, 77};
    wire_put_u32s(&writer, WIRE_ERRAND_GROUPS, groups, 2);
    same(become("id -u; id -g; id -G; grep -c '^Uid:.65534.65534.65534' /proc/self/status"), "65534\n12\n12 77\n1\n",
        "user and groups, of which no way leads back");
    return tap_end();
}
