package dev.siltstone.layer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// A set of packs; written as runs of numbers for each session, since packs come and go together.
///
/// | field | meaning |
/// |---|---|
/// | varint | number of sessions; for each, in their order: |
/// | u64, 16 bytes | `began`, the random bits |
/// | varint | number of runs, at least 1; for each: |
/// | varint, varint | numbers left out before the run (but in the first, one at least); its length, at least 1 |
///
/// Immutable.
record PackSet(NavigableSet<PackKey> keys) implements Iterable<PackKey> {
    static final int PACKS_MAX = 10_000_000;
    static final PackSet EMPTY = new PackSet(new TreeSet<>());

    PackSet {
        keys = Collections.unmodifiableNavigableSet(keys);
    }

    static PackSet of(Collection<PackKey> keys) {
        return new PackSet(new TreeSet<>(keys));
    }

    boolean isEmpty() {
        return keys.isEmpty();
    }

    int size() {
        return keys.size();
    }

    boolean contains(PackKey key) {
        return keys.contains(key);
    }

    PackSet plus(Collection<PackKey> more) {
        NavigableSet<PackKey> all = new TreeSet<>(keys);
        return all.addAll(more) ? new PackSet(all) : this;
    }

    PackSet without(Predicate<PackKey> unwanted) {
        NavigableSet<PackKey> rest = new TreeSet<>(keys);
        return rest.removeIf(unwanted) ? new PackSet(rest) : this;
    }

    @Override
    public Iterator<PackKey> iterator() {
        return keys.iterator();
    }

    void write(FieldWriter out) {
        TreeMap<Session, List<Integer>> sessions = new TreeMap<>();
        keys.forEach(key ->
                sessions.computeIfAbsent(key.session(), s -> new ArrayList<>()).add(key.number()));
        out.varint(sessions.size());
        sessions.forEach((session, numbers) -> writeSession(out, session, numbers));
    }

    private static void writeSession(FieldWriter out, Session session, List<Integer> numbers) {
        out.u64(session.began()).u64(session.high()).u64(session.low());
        FieldWriter runs = new FieldWriter();
        int count = 0;
        int end = 0;
        for (int i = 0; i < numbers.size(); count++) {
            int start = numbers.get(i);
            int length = 1;
            while (++i < numbers.size() && numbers.get(i) == start + length) {
                length++;
            }
            runs.varint(start - end).varint(length);
            end = start + length;
        }
        out.varint(count).raw(runs.toBytes());
    }

    static PackSet read(FieldReader in) throws LayerDamagedException {
        TreeSet<PackKey> keys = new TreeSet<>();
        int sessions = in.count("number of sessions", 0, PACKS_MAX);
        for (int i = 0; i < sessions; i++) {
            long began = in.u64();
            if (began < 0) {
                throw in.damaged("session", "began at 0 or later", began);
            }
            Session session = new Session(began, in.u64(), in.u64());
            if (!keys.isEmpty() && keys.last().session().compareTo(session) >= 0) {
                throw in.damaged("session", "one after " + keys.last().session(), session);
            }
            readSession(in, session, keys);
        }
        return new PackSet(keys);
    }

    private static void readSession(FieldReader in, Session session, TreeSet<PackKey> keys)
            throws LayerDamagedException {
        int runs = in.count("number of runs", 1, PACKS_MAX);
        long end = 0;
        for (int run = 0; run < runs; run++) {
            long start = end + in.number("numbers left out", run == 0 ? 0 : 1, PackKey.NUMBER_MAX);
            long length = in.number("length of a run", 1, PACKS_MAX - keys.size());
            end = start + length;
            if (end > PackKey.NUMBER_MAX + 1L) {
                throw in.damaged("pack number", "at most " + PackKey.NUMBER_MAX, end - 1);
            }
            for (long number = start; number < end; number++) {
                keys.add(new PackKey(session, (int) number));
            }
        }
    }
}
