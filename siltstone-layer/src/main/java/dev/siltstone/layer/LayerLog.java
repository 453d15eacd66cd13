package dev.siltstone.layer;

import dev.siltstone.objectstore.BoundedTasks;
import dev.siltstone.objectstore.EffectUnknownException;
import dev.siltstone.objectstore.ListedObject;
import dev.siltstone.objectstore.NoSuchObjectException;
import dev.siltstone.objectstore.ObjectBody;
import dev.siltstone.objectstore.ObjectContent;
import dev.siltstone.objectstore.ObjectKey;
import dev.siltstone.objectstore.ObjectPage;
import dev.siltstone.objectstore.ObjectStore;
import dev.siltstone.objectstore.PutOptions;
import dev.siltstone.objectstore.PutOutcome;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The numbered log of a store: the only thing that its writers share. Records are put if absent, never changed,
/// never deleted (a number that came free could be taken twice), and there are no gaps.
///
/// | method | requests |
/// |---|---|
/// | read | one listing (log₂ n more if there are more than a page), the last record, those back to its state |
/// | follow | one listing, one per new record |
/// | append | one put; after a lost answer or a lost race one more |
///
/// Thread-safe.
final class LayerLog {
    private static final int READS_AT_ONCE = 16;
    private static final int STATE_BYTES_ALWAYS = 1 << 14;

    /// So many records may come between two that a listing has: more is damage, and is not asked for one by one.
    private static final int UNLISTED_MAX = 100;

    private final ObjectStore store;
    private final InstantSource clock;
    private final RandomGenerator random;
    private volatile @Nullable LogRecord newest;

    /// @param random for marks of records: not seeded alike in two processes
    LayerLog(ObjectStore store, InstantSource clock, RandomGenerator random) {
        this.store = store;
        this.clock = clock;
        this.random = random;
    }

    /// Reads the log as it is now.
    LogView read() throws IOException {
        long last = lastNumber();
        if (last == 0) {
            return LogView.EMPTY;
        }
        byte[] bytes = get(last);
        LogRecord record = RecordFormat.decode(bytes, last);
        newest = record;
        if (record.base() == last) {
            return begin(record, bytes);
        }
        LogView view = LogView.EMPTY;
        for (byte[] each : get(Math.max(1, record.base()), last)) {
            long number = view.number() == 0 ? Math.max(1, record.base()) : view.number() + 1;
            LogRecord read = RecordFormat.decode(each, number);
            view =
                    read.base() == number && number == record.base()
                            ? begin(read, each)
                            : view.plus(read, each);
        }
        return view.plus(record, bytes);
    }

    private static LogView begin(LogRecord record, byte[] bytes) {
        LogState state = Objects.requireNonNull(record.state());
        return new LogView(state, RecordFormat.checksum(bytes), record.number(), 0);
    }

    /// Reads what was appended since.
    LogView follow(LogView view) throws IOException {
        LogView after = view;
        while (true) {
            ObjectPage page =
                    store.list(RecordFormat.PREFIX, RecordFormat.key(after.number()).value());
            long last = after.number();
            for (ListedObject listed : page.objects()) {
                last = requireLater(last, listed.key());
            }
            for (byte[] bytes : get(after.number() + 1, last + 1)) {
                after = after.plus(RecordFormat.decode(bytes, after.number() + 1), bytes);
            }
            if (page.next() == null) {
                return after;
            }
        }
    }

    /// Returns the number of a listed record. A listing is no snapshot: it may have one record and not yet the one
    /// before, if both came while it was made. That one is asked for by its number then, and is damage if it is not
    /// there.
    private static long requireLater(long last, ObjectKey key) throws LayerDamagedException {
        OptionalLong number = RecordFormat.number(key);
        if (number.isEmpty() || number.getAsLong() <= last) {
            throw new LayerDamagedException(
                    key.value(), 0, "no record of the log", "numbers after " + last, "" + key);
        }
        if (number.getAsLong() - last > UNLISTED_MAX) {
            throw new LayerDamagedException(
                    RecordFormat.key(last + 1).value(),
                    0,
                    "no such record",
                    "every number up to the last",
                    "" + key + " is the next one listed");
        }
        return number.getAsLong();
    }

    /// Finds the last number: there are no gaps, so what lies between need not be listed.
    private long lastNumber() throws IOException {
        long last = 0;
        ObjectPage page = store.list(RecordFormat.PREFIX, null);
        for (ListedObject listed : page.objects()) {
            last = requireLater(last, listed.key());
        }
        if (page.next() == null) {
            return last;
        }
        for (long step = 1024; step > 0; ) {
            Optional<Long> further = lastAfter(last + step);
            if (further.isPresent()) {
                last = further.get();
                step *= 2;
            } else {
                step = step == 1 ? 0 : step / 2;
            }
        }
        return lastAfter(last).orElse(last);
    }

    private Optional<Long> lastAfter(long number) throws IOException {
        ObjectPage page = store.list(RecordFormat.PREFIX, RecordFormat.key(number).value());
        long last = number;
        for (ListedObject listed : page.objects()) {
            last = requireLater(last, listed.key());
        }
        return last == number ? Optional.empty() : Optional.of(last);
    }

    /// Reads the commit of a layer; the last record that [#read()] read needs no request.
    RecordBody.Commit commit(NamedLayer layer) throws IOException {
        LogRecord last = newest;
        long number = layer.number();
        LogRecord record =
                last != null && last.number() == number
                        ? last
                        : RecordFormat.decode(get(number), number);
        if (record.body() instanceof RecordBody.Commit commit
                && commit.name().equals(layer.name())
                && commit.identity().equals(layer.identity())) {
            return commit;
        }
        throw new LayerDamagedException(
                RecordFormat.key(number).value(),
                RecordFormat.BODY_OFFSET,
                "another record than the state tells of",
                "commit of " + layer.name(),
                record.body().getClass().getSimpleName());
    }

    private byte[] get(long number) throws IOException {
        try (ObjectContent content = store.get(RecordFormat.key(number))) {
            if (content.bytes() > RecordFormat.BYTES_MAX) {
                throw new LayerDamagedException(
                        RecordFormat.key(number).value(),
                        0,
                        "too long for a record",
                        "at most " + RecordFormat.BYTES_MAX,
                        "" + content.bytes());
            }
            return content.stream().readAllBytes();
        } catch (NoSuchObjectException e) {
            throw new LayerDamagedException(
                    RecordFormat.key(number).value(),
                    0,
                    "no such record",
                    "every number up to the last",
                    "" + e.getMessage());
        }
    }

    private List<byte[]> get(long start, long end) throws IOException {
        ConcurrentHashMap<Long, byte[]> read = new ConcurrentHashMap<>();
        List<BoundedTasks.Task> tasks = new ArrayList<>();
        for (long number = start; number < end; number++) {
            long each = number;
            tasks.add(() -> read.put(each, get(each)));
        }
        BoundedTasks.run(READS_AT_ONCE, tasks);
        return read.keySet().stream().sorted().map(read::get).toList();
    }

    /// Appends a record after those of `view`.
    ///
    /// @return the log with it, or nothing if another took its number: then follow the log and decide anew
    /// @throws EffectUnknownException if the answer was lost and a look found nothing: it may come yet
    Optional<LogView> append(LogView view, RecordBody body) throws IOException {
        LogRecord record = next(view, body);
        byte[] bytes = RecordFormat.encode(record);
        return put(RecordFormat.key(record.number()), bytes)
                ? Optional.of(view.plus(record, bytes))
                : Optional.empty();
    }

    private LogRecord next(LogView view, RecordBody body) {
        long number = view.number() + 1;
        Instant time = Instant.ofEpochMilli(clock.millis());
        LogState state = view.state().apply(number, time, body);
        long stateBytes = StateFormat.encode(state).length;
        boolean carries =
                stateBytes <= Math.max(STATE_BYTES_ALWAYS, view.bytesSinceBase())
                        || number - view.base() >= LogRecord.BASE_RECORDS_MAX;
        return new LogRecord(
                number,
                time,
                mark(),
                view.checksum(),
                carries ? number : view.base(),
                body,
                carries ? state : null);
    }

    private Digest mark() {
        synchronized (random) {
            return new Digest(
                    random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
        }
    }

    private boolean put(ObjectKey key, byte[] bytes) throws IOException {
        try {
            return store.putIfAbsent(key, ObjectBody.of(bytes), PutOptions.NONE)
                            instanceof PutOutcome.Created
                    || isThere(key, bytes);
        } catch (EffectUnknownException e) {
            try {
                return isThere(key, bytes);
            } catch (NoSuchObjectException none) {
                throw e;
            }
        }
    }

    /// A taken number may be our own: the answer of an earlier attempt was lost.
    private boolean isThere(ObjectKey key, byte[] bytes) throws IOException {
        try (ObjectContent content = store.get(key)) {
            return content.bytes() == bytes.length
                    && Arrays.equals(content.stream().readAllBytes(), bytes);
        }
    }
}
