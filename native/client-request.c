/* What the manager is asked: the words, where they were said, and what decides how an answer looks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <unistd.h>

#include "client.h"
#include "pidone.h"

static uint8_t request_buffer[WIRE_INLINE_MAX];
static uint8_t *cursor;
static size_t cursor_length;

bool client_runs_commands(const char *name) {
    return strcmp(name, "systemd-run") == 0;
}

/* What decides how an answer looks. */
static const char *const variables[] = {
    "TERM",
    "NO_COLOR",
    "SYSTEMD_COLORS",
    "SYSTEMD_PAGER",
    "SYSTEMD_OFFLINE",
    "SYSTEMD_EDITOR",
    "EDITOR",
    "VISUAL",
    "LANG",
    "LC_ALL",
    "LC_MESSAGES",
    "TZ",
};
enum { VARIABLES = sizeof variables / sizeof variables[0] };

static size_t pick_environment(const char **picked) {
    size_t count = 0;
    for (char **entry = program.environment; *entry != NULL && count < VARIABLES; entry++)
        for (size_t i = 0; i < VARIABLES; i++) {
            size_t length = strlen(variables[i]);
            if (strncmp(*entry, variables[i], length) == 0 && (*entry)[length] == '=')
                picked[count++] = *entry;
        }
    picked[count] = NULL;
    return count;
}

static void measure_terminal(uint32_t *columns, uint32_t *rows, uint32_t *terminals) {
    struct winsize size;
    *columns = *rows = *terminals = 0;
    for (int descriptor = 0; descriptor <= 2; descriptor++)
        if (isatty(descriptor))
            *terminals |= 1u << descriptor;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
        *columns = size.ws_col;
        *rows = size.ws_row;
    }
    const char *given = getenv("COLUMNS");
    long wanted = given == NULL ? 0 : strtol(given, NULL, 10);
    if (wanted > 0 && wanted <= UINT16_MAX)
        *columns = (uint32_t)wanted;
}

static void make_id(char id[33]) {
    uint8_t bytes[16];
    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
        memset(bytes, getpid() & 0xff, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(id + 2 * i, 3, "%02x", bytes[i]);
}

bool client_make_request(struct request *request, bool again) {
    const char *slash = strrchr(program.argv[0], '/');
    const char *picked[VARIABLES + 1];
    char directory[4096];
    uint32_t columns, rows, terminals;
    if (request->frame == NULL) {
        request->frame = request_buffer;
        request->capacity = sizeof request_buffer;
    }
    if (!again)
        make_id(request->id);
    const char *name = slash == NULL ? program.argv[0] : slash + 1;
    pick_environment(picked);
    measure_terminal(&columns, &rows, &terminals);
    if (getcwd(directory, sizeof directory) == NULL)
        strcpy(directory, "/");
    for (;;) {
        struct wire_writer writer;
        wire_begin(&writer, request->frame, request->capacity, WIRE_REQUEST, 0, 0);
        wire_put_text(&writer, WIRE_REQUEST_ID, request->id);
        wire_put_u32(&writer, WIRE_REQUEST_AGAIN, again);
        if (cursor_length > 0)
            wire_put_bytes(&writer, WIRE_REQUEST_CURSOR, cursor, cursor_length);
        wire_put_text(&writer, WIRE_REQUEST_PROGRAM, name);
        wire_put_texts(&writer, WIRE_REQUEST_ARGUMENTS, (const char *const *)(program.argv + (program.argc > 0)));
        wire_put_text(&writer, WIRE_REQUEST_DIRECTORY, directory);
        wire_put_u32(&writer, WIRE_REQUEST_COLUMNS, columns);
        wire_put_u32(&writer, WIRE_REQUEST_ROWS, rows);
        wire_put_u32(&writer, WIRE_REQUEST_TERMINALS, terminals);
        /* What a command line of systemd-run names may be any of them. */
        wire_put_texts(&writer, WIRE_REQUEST_ENVIRONMENT,
            client_runs_commands(name) ? (const char *const *)program.environment : (const char *const *)picked);
        request->length = wire_end(&writer);
        if (request->length > 0)
            return true;
        /* More words than usual. */
        uint8_t *larger = malloc(request->capacity * 4);
        if (larger == NULL)
            return false;
        if (request->frame != request_buffer)
            free(request->frame);
        request->frame = larger;
        request->capacity *= 4;
    }
}

void client_set_cursor(struct wire_field data, const char *tail) {
    size_t tail_length = strlen(tail);
    free(cursor);
    cursor = malloc(data.length + tail_length + 1);
    cursor_length = cursor == NULL ? 0 : data.length + tail_length;
    if (cursor_length == 0)
        return;
    if (data.length > 0)
        memcpy(cursor, data.bytes, data.length);
    memcpy(cursor + data.length, tail, tail_length);
}
