/* talk ADDRESS [TEXT…]: a client of a socket unit. Connects, sends the words as one line, and prints what comes back
 * until the other side closes. ADDRESS: a path, @NAME, or 127.0.0.1:PORT; `-d` before it: one datagram, and no answer.
 * Status 1: nobody listens there; 2: the connection was cut.
 *
 * talk --loopback: brings the loopback interface up, where no package does. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
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
    return talk(argv + 1);
}
