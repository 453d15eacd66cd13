// Answers 204 to every HTTP/1.1 request, from one thread and one epoll: what this kernel and this machine
// let a server do that does nothing. For bench/compare.
//
//   cc -O2 -o noop bench/noop.c && ./noop PORT
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS = 65536, BUFFER = 16384, EVENTS = 1024 };

static const char ANSWER[] =
    "HTTP/1.1 204 No Content\r\n"
    "stream-next-offset: 0000000000000001_0000000000000100\r\n"
    "date: Sat, 01 Jan 2000 00:00:00 GMT\r\n"
    "access-control-allow-origin: *\r\n"
    "x-content-type-options: nosniff\r\n"
    "cross-origin-resource-policy: cross-origin\r\n\r\n";

typedef struct {
    int length;
    char bytes[BUFFER];
} Input;

static Input *inputs[CONNECTIONS];

static void die(const char *what) {
    fprintf(stderr, "noop: %s: %s\n", what, strerror(errno));
    exit(1);
}

// The bytes of the first request in the buffer, 0 if it is not there in full.
static int request_length(const char *bytes, int length) {
    const char *end = memmem(bytes, length, "\r\n\r\n", 4);
    if (!end) return 0;
    int head = end - bytes + 4, body = 0;
    for (const char *line = bytes; line < end; line = memchr(line, '\n', end + 2 - line) + 1)
        if (!strncasecmp(line, "content-length:", 15)) body = atoi(line + 15);
    return head + body <= length ? head + body : 0;
}

static void forget(int fd) {
    free(inputs[fd]);
    inputs[fd] = NULL;
    close(fd);
}

static void serve(int fd) {
    Input *in = inputs[fd];
    int count = read(fd, in->bytes + in->length, BUFFER - in->length);
    if (count <= 0) {
        if (count == 0 || errno != EAGAIN) forget(fd);
        return;
    }
    in->length += count;
    int at = 0, size;
    while ((size = request_length(in->bytes + at, in->length - at)) > 0) {
        if (send(fd, ANSWER, sizeof ANSWER - 1, MSG_NOSIGNAL) != sizeof ANSWER - 1) return forget(fd);
        at += size;
    }
    in->length -= at;
    memmove(in->bytes, in->bytes + at, in->length);
    if (in->length == BUFFER) forget(fd); // a request larger than any of ours
}

int main(int count, char **arguments) {
    if (count != 2) return fprintf(stderr, "usage: noop PORT\n"), 2;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(atoi(arguments[1])),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), epoll = epoll_create1(0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) die("listen");
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[EVENTS];
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int ready = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd != listener) {
                serve(fd);
                continue;
            }
            int next;
            while ((next = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                if (next >= CONNECTIONS || !(inputs[next] = calloc(1, sizeof(Input)))) {
                    close(next);
                    continue;
                }
                setsockopt(next, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                struct epoll_event added = {.events = EPOLLIN, .data.fd = next};
                epoll_ctl(epoll, EPOLL_CTL_ADD, next, &added);
            }
        }
    }
}
