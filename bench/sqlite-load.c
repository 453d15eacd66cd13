// Load for bench/sqlite-compare: a writer that costs little itself, on the system's SQLite.
//
//   sqlite-load write DB RATE SECONDS      transactions of one insert with an index; RATE per second, 0: all it can
//   sqlite-load checkpoint DB MILLIS SECONDS   wal_checkpoint(TRUNCATE) every MILLIS
//   sqlite-load trickle DB COUNT MIN MAX   one transaction every MIN to MAX ms; prints the time of each commit
//   sqlite-load fill DB MEGABYTES          a database of that size, about 60 % of it incompressible
//
// Prints one JSON object (trickle: one number of ns since 1970 a line). Latencies are in microseconds. The busy
// handler looks again every 50 us, so that a wait for the write lock is measured and not SQLite's own back-off.
// Exit code 1, with the reason on standard error, if a statement fails.

#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LATENCIES_MAX (4 << 20)

static sqlite3 *db;
static int64_t busy_nanos_max = 20000000000LL;
static uint64_t chance = 0x9E3779B97F4A7C15;

static uint64_t next(void) { // xorshift64*
    chance ^= chance >> 12;
    chance ^= chance << 25;
    chance ^= chance >> 27;
    return chance * 0x2545F4914F6CDD1D;
}

static int64_t now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void sleep_until(int64_t nanos) {
    struct timespec t = {nanos / 1000000000, nanos % 1000000000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static void fail(const char *what) {
    fprintf(stderr, "sqlite-load: %s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

static void run(const char *sql) {
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) fail(sql);
}

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *s;
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK) fail(sql);
    return s;
}

static void step(sqlite3_stmt *s) {
    if (sqlite3_step(s) != SQLITE_DONE) fail(sqlite3_sql(s));
    sqlite3_reset(s);
}

static int wait_busy(void *unused, int count) {
    static int64_t since;
    (void)unused;
    if (count == 0) since = now(CLOCK_MONOTONIC);
    if (now(CLOCK_MONOTONIC) - since > busy_nanos_max) return 0;
    usleep(50);
    return 1;
}

static void open_database(const char *path) {
    if (sqlite3_open(path, &db) != SQLITE_OK) fail(path);
    sqlite3_busy_handler(db, wait_busy, NULL);
    run("PRAGMA journal_mode=WAL");
    run("PRAGMA synchronous=NORMAL");
    run("CREATE TABLE IF NOT EXISTS entry(id INTEGER PRIMARY KEY, k INTEGER, body BLOB)");
    run("CREATE INDEX IF NOT EXISTS entry_by_k ON entry(k)");
}

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static uint32_t at(uint32_t *sorted, int64_t n, double share) {
    return n ? sorted[(int64_t)(share * (n - 1) + 0.5)] : 0;
}

static void fill_body(unsigned char *body, int bytes) {
    for (int i = 0; i + 8 <= bytes; i += 8) {
        uint64_t v = next();
        memcpy(body + i, &v, 8);
    }
}

static int64_t changed_bytes(void) { // pages that this connection wrote to the WAL
    int pages = 0, highest = 0;
    sqlite3_db_status(db, SQLITE_DBSTATUS_CACHE_WRITE, &pages, &highest, 0);
    sqlite3_stmt *size = prepare("PRAGMA page_size");
    sqlite3_step(size);
    int64_t bytes = (int64_t)pages * sqlite3_column_int(size, 0);
    sqlite3_finalize(size);
    return bytes;
}

static void write_rows(const char *path, double rate, double seconds) {
    static uint32_t all[LATENCIES_MAX], begins[LATENCIES_MAX];
    unsigned char body[100];
    char wal[4096];
    sqlite3_stmt *begin = prepare("BEGIN IMMEDIATE"), *commit = prepare("COMMIT");
    sqlite3_stmt *insert = prepare("INSERT INTO entry(k, body) VALUES (?, ?)");
    snprintf(wal, sizeof wal, "%s-wal", path);
    int64_t count = 0, wal_max = 0, start = now(CLOCK_MONOTONIC);
    int64_t end = start + (int64_t)(seconds * 1e9);
    while (count < LATENCIES_MAX) {
        if (rate > 0) sleep_until(start + (int64_t)(count * 1e9 / rate));
        int64_t t0 = now(CLOCK_MONOTONIC);
        if (t0 >= end) break;
        fill_body(body, sizeof body);
        step(begin);
        int64_t t1 = now(CLOCK_MONOTONIC);
        sqlite3_bind_int64(insert, 1, (int64_t)(next() >> 1));
        sqlite3_bind_blob(insert, 2, body, sizeof body, SQLITE_STATIC);
        step(insert);
        step(commit);
        all[count] = (uint32_t)((now(CLOCK_MONOTONIC) - t0) / 1000);
        begins[count] = (uint32_t)((t1 - t0) / 1000);
        if (count++ % 64 == 0) {
            struct stat s;
            if (stat(wal, &s) == 0 && s.st_size > wal_max) wal_max = s.st_size;
        }
    }
    double took = (now(CLOCK_MONOTONIC) - start) / 1e9;
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    double cpu = used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    qsort(all, count, sizeof *all, by_value);
    qsort(begins, count, sizeof *begins, by_value);
    printf("{\"transactions\": %lld, \"seconds\": %.3f, \"rate\": %.1f, \"p50\": %u, \"p99\": %u, \"p999\": %u, "
           "\"max\": %u, \"lock_p99\": %u, \"lock_p999\": %u, \"lock_max\": %u, \"wal_max\": %lld, \"cpu\": %.3f, \"changed_bytes\": %lld}\n",
           (long long)count, took, count / took, at(all, count, .5), at(all, count, .99), at(all, count, .999),
           at(all, count, 1), at(begins, count, .99), at(begins, count, .999), at(begins, count, 1),
           (long long)wal_max, cpu, (long long)changed_bytes());
}

static void checkpoint(int millis, double seconds) {
    static uint32_t all[LATENCIES_MAX];
    busy_nanos_max = 2000000000LL; // waits with the write lock held, so writers stand still meanwhile
    int64_t count = 0, busy = 0, start = now(CLOCK_MONOTONIC), end = start + (int64_t)(seconds * 1e9);
    while (count < LATENCIES_MAX) {
        int64_t t0 = now(CLOCK_MONOTONIC);
        if (t0 >= end) break;
        int r = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        if (r == SQLITE_BUSY) busy++;
        else if (r != SQLITE_OK) fail("wal_checkpoint");
        int64_t t1 = now(CLOCK_MONOTONIC);
        all[count++] = (uint32_t)((t1 - t0) / 1000);
        sleep_until(t1 + millis * 1000000LL);
    }
    qsort(all, count, sizeof *all, by_value);
    printf("{\"checkpoints\": %lld, \"busy\": %lld, \"p50\": %u, \"p99\": %u, \"max\": %u}\n", (long long)count,
           (long long)busy, at(all, count, .5), at(all, count, .99), at(all, count, 1));
}

static void trickle(int count, int min, int max) {
    sqlite3_stmt *insert = prepare("INSERT INTO entry(k, body) VALUES (?, zeroblob(100))");
    for (int i = 0; i < count; i++) {
        sleep_until(now(CLOCK_MONOTONIC) + (min + next() % (max - min + 1)) * 1000000LL);
        sqlite3_bind_int64(insert, 1, i);
        step(insert);
        printf("%lld\n", (long long)now(CLOCK_REALTIME));
        fflush(stdout);
    }
}

static void fill(double megabytes) {
    unsigned char body[3000] = {0};
    run("PRAGMA synchronous=OFF");
    sqlite3_stmt *insert = prepare("INSERT INTO entry(k, body) VALUES (?, ?)");
    int64_t rows = (int64_t)(megabytes * 1e6 / 4096); // such a row takes a page
    for (int64_t i = 0; i < rows; i++) {
        if (i % 10000 == 0) run(i ? "COMMIT; BEGIN" : "BEGIN");
        fill_body(body, 2400);
        sqlite3_bind_int64(insert, 1, i);
        sqlite3_bind_blob(insert, 2, body, sizeof body, SQLITE_STATIC);
        step(insert);
    }
    run("COMMIT");
    run("PRAGMA wal_checkpoint(TRUNCATE)");
    printf("{\"rows\": %lld}\n", (long long)rows);
}

int main(int n, char **a) {
    if (n < 4) {
        fprintf(stderr, "usage: sqlite-load write|checkpoint|trickle|fill DB NUMBER...; see its source\n");
        return 64;
    }
    open_database(a[2]);
    if (!strcmp(a[1], "write") && n == 5) write_rows(a[2], atof(a[3]), atof(a[4]));
    else if (!strcmp(a[1], "checkpoint") && n == 5) checkpoint(atoi(a[3]), atof(a[4]));
    else if (!strcmp(a[1], "trickle") && n == 6) trickle(atoi(a[3]), atoi(a[4]), atoi(a[5]));
    else if (!strcmp(a[1], "fill") && n == 4) fill(atof(a[3]));
    else return 64;
    return sqlite3_close_v2(db) == SQLITE_OK ? 0 : 1;
}
