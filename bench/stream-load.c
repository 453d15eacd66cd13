// A cheap client for bench/settling: appends to many streams, or reads one stream over many connections, from one
// thread and one epoll, so that the server has the rest of the machine. Prints one line of JSON.
//
//   cc -O2 -o stream-load bench/stream-load.c
//   stream-load create PORT STREAMS                   streams /v1/stream/s/0 and on, empty ones
//   stream-load append PORT STREAMS ...               appends, round and round
//   stream-load read   PORT PATH CONNECTIONS          each connection reads the stream from beginning to tail
//
//   -c CONNECTIONS  of create and append (64)         -b BYTES  per message (100); of create: first content
//   -n COUNT  or  -t SECONDS  of append               -r RATE   appends a second, measured from when they were due
//   -f PARTS  stream 0 gets so many of 100 appends    -x        appends go to the streams in no order
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 16384, HEAD_MAX = 8192, EVENTS = 1024 };
static const int64_t REFUSED_WAIT = 20 * 1000 * 1000, NANOS = 1000 * 1000 * 1000;

typedef struct {
    int fd, busy, ended, length, status;
    int64_t stream, due, again, body_left; // again: when a refused request is repeated, 0 if none is
    char head[HEAD_MAX], offset[64];
    int up_to_date;
    char *out;
    size_t out_length, out_at;
} Connection;

static Connection *connections;
static enum { CREATE, APPEND, READ } mode;
static int port, count_connections = 64, bytes = 100, first_parts, shuffled, epoll;
static int64_t streams = 1, count, rate;
static double seconds;
static const char *path;
static int64_t begun, sent, answered, refused, body_bytes, hottest, next_stream = 1;
static uint32_t *latencies; // microseconds
static int64_t latencies_max = 1 << 24, latency_count;

static void die(const char *what) {
    fprintf(stderr, "stream-load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * NANOS + t.tv_nsec;
}

static uint64_t mixed(uint64_t x) { // splitmix64: the same streams in every run
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static void watch(Connection *c, int out) {
    struct epoll_event event = {.events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = c};
    if (epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &event)) die("epoll_ctl");
}

static void put(Connection *c) {
    while (c->out_at < c->out_length) {
        ssize_t done = send(c->fd, c->out + c->out_at, c->out_length - c->out_at, MSG_NOSIGNAL);
        if (done < 0 && errno == EAGAIN) return watch(c, 1);
        if (done < 0) die("send");
        c->out_at += done;
    }
    watch(c, 0);
}

static void send_request(Connection *c) {
    if (mode == READ) {
        c->out_length = sprintf(c->out, "GET %s?offset=%s HTTP/1.1\r\nHost: a\r\n\r\n", path, c->offset);
    } else {
        int head = sprintf(c->out, "%s /v1/stream/s/%ld HTTP/1.1\r\nHost: a\r\nContent-Type: application/octet-stream\r\n"
                           "Content-Length: %d\r\n\r\n", mode == CREATE ? "PUT" : "POST", (long)c->stream, bytes);
        memset(c->out + head, 'x', bytes);
        c->out_length = head + bytes;
    }
    c->out_at = 0;
    c->busy = 1;
    c->again = 0;
    c->length = 0;
    c->body_left = -1;
    put(c);
}

static int64_t choose(void) {
    if (mode == CREATE) return sent;
    if (first_parts && hottest * 100 < sent * first_parts) {
        hottest++;
        return 0;
    }
    int64_t first = first_parts ? 1 : 0, others = streams - first;
    return first + (shuffled ? mixed(sent) % others : next_stream++ % others);
}

// Has a free connection send what is due; says whether there is anything left to send.
static int go_on(Connection *c) {
    int64_t at = now();
    if (c->ended || c->busy) return 1;
    if (c->again) {
        if (at >= c->again) send_request(c);
        return 1;
    }
    if (mode == READ) {
        send_request(c);
        return 1;
    }
    if (count && sent >= count) return 0;
    if (seconds > 0 && at - begun > seconds * NANOS) return 0;
    c->due = at;
    if (rate) {
        c->due = begun + (int64_t)((double)sent / rate * NANOS);
        if (c->due > at) return 1;
    }
    c->stream = choose();
    sent++;
    send_request(c);
    return 1;
}

static void field(Connection *c, const char *line, const char *end) {
    if (!strncasecmp(line, "content-length:", 15)) c->body_left = atoll(line + 15);
    if (!strncasecmp(line, "stream-up-to-date:", 18)) c->up_to_date = 1;
    if (!strncasecmp(line, "stream-next-offset:", 19)) {
        const char *from = line + 19 + strspn(line + 19, " ");
        int length = end - from < 63 ? end - from : 63;
        memcpy(c->offset, from, length);
        c->offset[length] = 0;
    }
}

static void done(Connection *c) {
    c->busy = 0;
    if (c->status == 503) {
        refused++;
        c->again = now() + REFUSED_WAIT;
        return;
    }
    if (c->status < 200 || c->status > 204) {
        fprintf(stderr, "stream-load: answered %d\n", c->status);
        exit(1);
    }
    if (mode == READ && !c->up_to_date) return send_request(c);
    if (mode == READ) c->ended = 1;
    answered++;
    if (latency_count < latencies_max) latencies[latency_count++] = (now() - c->due) / 1000;
}

static void take_head(Connection *c) {
    int got = recv(c->fd, c->head + c->length, HEAD_MAX - c->length, 0);
    if (got <= 0) {
        if (got < 0 && errno == EAGAIN) return;
        errno = got ? errno : ECONNRESET;
        die("recv");
    }
    c->length += got;
    char *end = memmem(c->head, c->length, "\r\n\r\n", 4);
    if (!end) {
        if (c->length == HEAD_MAX) die("head too long");
        return;
    }
    c->status = atoi(c->head + 9);
    c->body_left = 0;
    c->up_to_date = 0;
    for (char *line = c->head; line < end;) {
        char *next = memmem(line, end + 2 - line, "\r\n", 2);
        field(c, line, next);
        line = next + 2;
    }
    int rest = c->head + c->length - (end + 4);
    body_bytes += c->status == 200 ? c->body_left : 0;
    c->body_left -= rest;
    c->length = 0;
    if (c->body_left == 0) done(c);
}

static void take_body(Connection *c) {
    ssize_t got = recv(c->fd, NULL, c->body_left, MSG_TRUNC); // dropped by the kernel, not copied
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) die("recv");
    c->body_left -= got;
    if (c->body_left == 0) done(c);
}

static void connect_to_server(Connection *c) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1;
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address)) die("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    c->out = malloc(1024 + bytes);
    c->due = now();
    c->body_left = -1;
    strcpy(c->offset, "-1");
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event)) die("epoll_ctl");
    if (fcntl(c->fd, F_SETFL, O_NONBLOCK)) die("fcntl");
}

static int compare(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static uint32_t quantile(double q) {
    if (!latency_count) return 0;
    int64_t at = latency_count * q;
    return latencies[at < latency_count ? at : latency_count - 1];
}

static void report(void) {
    double took = (now() - begun) / 1e9;
    qsort(latencies, latency_count, sizeof *latencies, compare);
    printf("{\"answered\": %ld, \"refused\": %ld, \"seconds\": %.3f, \"rate\": %.1f, \"bytes\": %ld, \"p50\": %u, "
           "\"p99\": %u, \"p999\": %u, \"max\": %u}\n",
           (long)answered, (long)refused, took, answered / took, (long)body_bytes, quantile(.5), quantile(.99),
           quantile(.999), quantile(1));
}

int main(int argc, char **argv) {
    if (argc < 4) return fprintf(stderr, "usage: stream-load create|append|read PORT ...\n"), 2;
    mode = !strcmp(argv[1], "create") ? CREATE : !strcmp(argv[1], "read") ? READ : APPEND;
    port = atoi(argv[2]);
    int at = 4;
    if (mode == READ) {
        path = argv[3];
        count_connections = atoi(argv[at++]);
    } else {
        streams = atoll(argv[3]);
    }
    for (; at < argc; at++) {
        if (!strcmp(argv[at], "-x")) shuffled = 1;
        else if (at + 1 == argc) return fprintf(stderr, "stream-load: %s what?\n", argv[at]), 2;
        else if (!strcmp(argv[at], "-c")) count_connections = atoi(argv[++at]);
        else if (!strcmp(argv[at], "-b")) bytes = atoi(argv[++at]);
        else if (!strcmp(argv[at], "-n")) count = atoll(argv[++at]);
        else if (!strcmp(argv[at], "-t")) seconds = atof(argv[++at]);
        else if (!strcmp(argv[at], "-r")) rate = atoll(argv[++at]);
        else if (!strcmp(argv[at], "-f")) first_parts = atoi(argv[++at]);
        else return fprintf(stderr, "stream-load: what is %s?\n", argv[at]), 2;
    }
    if (mode == CREATE) count = streams;
    if (count_connections > CONNECTIONS_MAX) return fprintf(stderr, "stream-load: too many connections\n"), 2;
    epoll = epoll_create1(0);
    latencies = malloc(latencies_max * sizeof *latencies);
    connections = calloc(count_connections, sizeof *connections);
    for (int i = 0; i < count_connections; i++) connect_to_server(&connections[i]);
    begun = now();
    struct epoll_event events[EVENTS];
    for (int i = 0; i < count_connections; i++) go_on(&connections[i]);
    for (int64_t sweep = 0;;) {
        int got = epoll_wait(epoll, events, EVENTS, 1);
        for (int i = 0; i < got; i++) {
            Connection *c = events[i].data.ptr;
            if (events[i].events & EPOLLOUT) put(c);
            if (events[i].events & ~EPOLLOUT) {
                if (c->body_left > 0) take_body(c);
                else take_head(c);
                if (!c->busy) go_on(c);
            }
        }
        if (got && !rate && now() < sweep) continue;
        sweep = now() + 1000000; // free connections: what is due, or is repeated
        int left = 0;
        for (int i = 0; i < count_connections; i++) {
            left |= go_on(&connections[i]) && !connections[i].ended;
            left |= connections[i].busy;
        }
        if (!left) break;
    }
    report();
    return 0;
}
