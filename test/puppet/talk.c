/* talk ADDRESS [TEXT…]: a client of a socket unit. Connects, sends the words as one line, and prints what comes back
 * until the other side closes. ADDRESS: a path, @NAME, or 127.0.0.1:PORT; `-d` before it: one datagram, and no answer.
 * Status 1: nobody listens there; 2: the connection was cut.
 *
 * talk --many COUNT FILE ADDRESS: one connection after the other, at least COUNT and until FILE is there: how many were
 * answered, closed without an answer, refused. talk --flood COUNT ADDRESS: so many at once, each held until all are
 * there, then closed. talk --serve: answers each connection of descriptor 3, one after the other; SIGTERM lets it
 * finish the one that it has. talk --loopback: brings the loopback interface up, where no package does. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int reach(const char *address, int type) {
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    struct sockaddr_in four = {.sin_family = AF_INET};
    const char *colon = strrchr(address, ':');
    if (*address == '/' || *address == '@' || colon == NULL) {
        snprintf(local.sun_path, sizeof local.sun_path, "%s", address);
        socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(local.sun_path) + 1);
        if (*address == '@') {
            local.sun_path[0] = '\0';
            length--;
        }
        int client = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
        return connect(client, (struct sockaddr *)&local, length) < 0 ? -1 : client;
    }
    char host[64];
    snprintf(host, sizeof host, "%.*s", (int)(colon - address), address);
    inet_pton(AF_INET, host, &four.sin_addr);
    four.sin_port = htons((uint16_t)atoi(colon + 1));
    int client = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    return connect(client, (struct sockaddr *)&four, sizeof four) < 0 ? -1 : client;
}

static int talk(char **words) {
    int type = SOCK_STREAM;
    if (*words != NULL && strcmp(*words, "-d") == 0) {
        type = SOCK_DGRAM;
        words++;
    }
    if (*words == NULL)
        return 99;
    alarm(20); /* whatever hangs is seen */
    int client = reach(*words, type);
    if (client < 0) {
        printf("%s\n", strerror(errno));
        return 1;
    }
    char line[4096] = "";
    for (words++; *words != NULL; words++) {
        strncat(line, *words, sizeof line - strlen(line) - 2);
        strcat(line, words[1] == NULL ? "\n" : " ");
    }
    if (*line != '\0' && send(client, line, strlen(line), MSG_NOSIGNAL) < 0)
        return 2;
    char buffer[4096];
    ssize_t got = 0;
    while (type == SOCK_STREAM && (got = read(client, buffer, sizeof buffer)) > 0) {
        fwrite(buffer, 1, (size_t)got, stdout);
        fflush(stdout);
    }
    return got < 0 ? 2 : 0;
}

static int many(long count, const char *file, const char *address) {
    long answered = 0, closed = 0, refused = 0;
    alarm(120);
    for (long i = 0; i < count || access(file, F_OK) < 0; i++) {
        char buffer[16];
        int client = reach(address, SOCK_STREAM);
        if (client < 0) {
            refused++;
            continue;
        }
        ssize_t sent = send(client, "hello\n", 6, MSG_NOSIGNAL);
        if (sent == 6 && read(client, buffer, sizeof buffer) > 0)
            answered++;
        else
            closed++;
        close(client);
    }
    printf("%s %ld answered, %ld closed, %ld refused\n", answered + closed >= count ? "enough:" : "few:", answered,
        closed, refused);
    return refused > 0;
}

static int flood(long count, const char *address) {
    long refused = 0;
    alarm(60);
    for (long i = 0; i < count; i++)
        refused += reach(address, SOCK_STREAM) < 0;
    printf("%ld refused\n", refused);
    return 0;
}

static void ask_to_end(int signal) {
    (void)signal;
}

static int serve(void) {
    sigset_t term, none;
    struct pollfd ready = {.fd = 3, .events = POLLIN};
    sigemptyset(&none);
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
    sigaction(SIGTERM, &(struct sigaction){.sa_handler = ask_to_end}, NULL);
    for (;;) {
        if (ppoll(&ready, 1, NULL, &none) < 0)
            return errno == EINTR ? 0 : 1;
        int client = accept(3, NULL, NULL);
        char buffer[64];
        if (client >= 0 && read(client, buffer, sizeof buffer) > 0)
            send(client, "yes\n", 4, MSG_NOSIGNAL);
        close(client);
    }
}

static int loopback(void) {
    struct ifreq request = {.ifr_name = "lo"};
    int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (ioctl(any, SIOCGIFFLAGS, &request) < 0)
        return 1;
    request.ifr_flags |= IFF_UP;
    return ioctl(any, SIOCSIFFLAGS, &request) < 0 ? 1 : 0;
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "--loopback") == 0)
        return loopback();
    if (argc > 1 && strcmp(argv[1], "--serve") == 0)
        return serve();
    if (argc > 4 && strcmp(argv[1], "--many") == 0)
        return many(atol(argv[2]), argv[3], argv[4]);
    if (argc > 3 && strcmp(argv[1], "--flood") == 0)
        return flood(atol(argv[2]), argv[3]);
    return talk(argv + 1);
}
