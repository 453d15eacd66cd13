// How long a force of a file that is overwritten takes (a journal), while another file is written beside it.
//
//   cc -O2 -pthread -o force-beside bench/force-beside.c
//   force-beside SECONDS MODE...        in a directory on the disk in question; leaves four files of 16 MiB, one of 64
//
//   none           nothing beside it                  append         a new file, forced every 512 KiB
//   append:9       the same, with rests nine times as long as the work (usual: once)
//   appendsmall    forced every 64 KiB                appendbig      every 4 MiB
//   appendlazy     forced at its end, 16 MiB          appendrange    pushed with sync_file_range, forced at its end
//   over           a file that has its blocks, forced every 512 KiB      overrange: pushed as above
//   directappend, directover: past the page cache     directfalloc   past the page cache, room reserved before
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FILE_BYTES = 16 << 20, LIVE_BYTES = 64 << 20, BATCH_BYTES = 20000, FORCES_MAX = 1 << 20 };

static volatile int stop;
static const char *mode;
static double rests, written;
static int forces;
static char *bytes;
static double took[FORCES_MAX];

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void rest(double seconds) {
    struct timespec t = {(time_t)seconds, (long)((seconds - (time_t)seconds) * 1e9)};
    nanosleep(&t, NULL);
}

static int has(const char *word) { return strstr(mode, word) != NULL; }

static void *beside(void *unused) {
    int piece = has("small") ? 64 << 10 : has("big") ? 4 << 20 : 512 << 10;
    for (int n = 0; !stop && !has("none"); n++) {
        char name[16];
        snprintf(name, sizeof name, "beside-%d", n % 4);
        if (!has("over")) unlink(name);
        int fd = open(name, O_RDWR | O_CREAT | (has("direct") ? O_DIRECT : 0), 0644);
        if (fd < 0 || (has("falloc") && posix_fallocate(fd, 0, FILE_BYTES))) { perror(name); exit(1); }
        for (long at = 0; at < FILE_BYTES && !stop; at += piece) {
            double start = now();
            if (pwrite(fd, bytes, piece, at) != piece) { perror(name); exit(1); }
            if (has("range")) {
                sync_file_range(fd, at, piece,
                    SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
            } else if (!has("direct") && !has("lazy")) {
                fdatasync(fd);
                forces++;
            }
            written += piece;
            rest((now() - start) * rests);
        }
        double start = now();
        fdatasync(fd);
        forces++;
        close(fd);
        rest((now() - start) * rests);
    }
    return unused;
}

static int ascending(const void *a, const void *b) {
    double d = *(const double *)a - *(const double *)b;
    return d < 0 ? -1 : d > 0;
}

int main(int count, char **words) {
    if (count < 3) { fprintf(stderr, "force-beside SECONDS MODE...\n"); return 2; }
    bytes = aligned_alloc(4096, 8 << 20);
    memset(bytes, 7, 8 << 20);
    int live = open("live", O_RDWR | O_CREAT, 0644);
    for (long at = 0; at < LIVE_BYTES; at += 1 << 20) {
        if (pwrite(live, bytes, 1 << 20, at) != 1 << 20) { perror("live"); return 1; }
    }
    fsync(live);
    for (int i = 2; i < count; i++) {
        char *colon = strchr(words[i], ':');
        rests = colon ? atof(colon + 1) : 1;
        mode = words[i];
        stop = forces = written = 0;
        pthread_t other;
        pthread_create(&other, NULL, beside, NULL);
        rest(0.3);
        int n = 0;
        long at = 0;
        double start = now(), before = written;
        while (now() - start < atof(words[1]) && n < FORCES_MAX) {
            double begun = now();
            if (pwrite(live, bytes, BATCH_BYTES, at) != BATCH_BYTES || fdatasync(live)) { perror("live"); return 1; }
            took[n++] = (now() - begun) * 1e3;
            at = (at + BATCH_BYTES) % (LIVE_BYTES - 2 * BATCH_BYTES) / 4096 * 4096;
            rest(0.003);
        }
        double rate = (written - before) / (now() - start) / 1e6;
        stop = 1;
        pthread_join(other, NULL);
        qsort(took, n, sizeof *took, ascending);
        printf("%-14s %5d forces: p50 %5.2f  p90 %5.2f  p99 %5.2f  p99.9 %5.2f ms; beside it %5.1f MB/s, %4d forces\n",
            words[i], n, took[n / 2], took[n * 9 / 10], took[n * 99 / 100], took[n * 999L / 1000], rate, forces);
        fflush(stdout);
    }
}
